package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"slices"

	"cohort/internal/fault"
)

// staging holds files that come into place together, after everything has been
// written, or not at all. They are made before anything is read, so that a
// folder that cannot be written shows at once.
type staging struct {
	ctx    context.Context // ends a write that waits for a reader
	stdout io.Writer
	files  []*stagedFile
	// reads are the files that are read, which no output replaces.
	reads inputs
	// told says that a manifest tells of what is written.
	told bool
	// last is put into place when all others are.
	last *stagedFile
}

// errReaderGone says that whoever read standard output has closed it.
var errReaderGone = errors.New("the reader of standard output is gone")

// create prepares a file; flag is what named it, "-" is standard output. What
// was not named is nil.
func (s *staging) create(flag, path string) (*stagedFile, error) {
	f, err := s.prepare(flag, path, slices.Concat(s.reads.paths, s.reads.earlier))
	if f != nil {
		s.files = append(s.files, f)
	}
	return f, err
}

// createLast prepares the file that is there only when all it names is.
func (s *staging) createLast(flag, path string) (*stagedFile, error) {
	f, err := s.prepare(flag, path, s.reads.paths)
	s.last = f
	return f, err
}

// all are the files in the order in which they come into place.
func (s *staging) all() []*stagedFile {
	if s.last == nil {
		return s.files
	}
	return append(slices.Clip(s.files), s.last)
}

func (s *staging) prepare(flag, path string, reads []string) (*stagedFile, error) {
	if path == "" {
		return nil, nil
	}
	if slices.ContainsFunc(reads, func(read string) bool { return isSameFile(read, path) }) {
		return nil, fault.New(fault.Usage, "give it a file of its own", "%s names a file that is read", flag)
	}
	f := &stagedFile{ctx: s.ctx, path: path}
	if s.told {
		f.hash = sha256.New()
	}
	if err := f.open(s.stdout); err != nil {
		return nil, fault.New(fault.Usage, "", "%s: %w", flag, err)
	}
	for _, other := range s.all() {
		if f.isSame(other) {
			f.remove()
			return nil, fault.New(fault.Usage, "give each its own file", "%s names what another output is", flag)
		}
	}
	return f, nil
}

// commit puts all files into place, one after the other. An interrupt after its
// start comes too late, and so does one after the first of the files was written
// directly: then it is out.
func (s *staging) commit() error {
	if err := s.ctx.Err(); err != nil && s.files[0].temp != nil {
		return err
	}
	for _, f := range s.all() {
		if err := f.finish(); err != nil {
			return f.failure(err)
		}
	}
	for _, f := range s.all() {
		if err := f.rename(); err != nil {
			return f.failure(err)
		}
	}
	return nil
}

// end removes what was not committed, and says what it means for the run's
// error that the reader of standard output is gone: it has seen what it wanted
// where that was all, but files that were asked for are missing where it was
// not.
func (s *staging) end(err *error) {
	s.discard()
	if errors.Is(*err, errReaderGone) && len(s.all()) > 1 {
		*err = fault.New(fault.Other, "so no file was written", "the reader of standard output closed it")
	}
}

// discard removes what was not committed.
func (s *staging) discard() {
	for _, f := range s.all() {
		f.remove()
	}
}

// isSameFile says whether an output would replace what is read.
func isSameFile(input, output string) bool {
	if input == "-" || output == "-" {
		return false
	}
	in, err := os.Stat(input)
	if err != nil || !in.Mode().IsRegular() {
		return false
	}
	out, err := os.Stat(output)
	return err == nil && os.SameFile(in, out)
}
