package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"

	"cohort/internal/fault"
)

// staging holds files that come into place together, after everything has been
// written, or not at all. They are made before anything is read, so that a
// folder that cannot be written shows at once.
type staging struct {
	ctx   context.Context // ends a write that waits for a reader
	world world
	files []*stagedFile
	// reads are the files that are read, which no output replaces.
	reads inputs
	// told says that a manifest tells of what is written.
	told bool
	// planned says that nothing is written, and nothing opened for that.
	planned bool
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
	f := &stagedFile{ctx: s.ctx, path: path, direct: s.world.stream(path)}
	if s.told {
		f.hash = sha256.New()
	}
	output := f.info()
	for _, read := range reads {
		if isSameFile(s.world.inputInfo(read), output) {
			return nil, fault.New(fault.Usage, "give it a file of its own", "%s names a file that is read", flag)
		}
	}
	if f.direct == nil && isSameFile(infoOf(s.world.stderr), output) {
		return nil, fault.New(fault.Usage, "give it a file of its own", "%s names the file that gets what this program says", flag)
	}
	for _, other := range s.all() {
		if f.direct != nil && f.direct == other.direct || isSameFile(other.info(), output) {
			return nil, errSameOutput(flag)
		}
	}
	if s.planned {
		return f, nil
	}
	if err := f.open(); err != nil {
		return nil, fault.New(fault.Usage, "", "%s: %w", flag, err)
	}
	for _, other := range s.all() {
		// Neither is there yet, perhaps.
		if f.target != "" && f.target == other.target {
			f.remove()
			return nil, errSameOutput(flag)
		}
	}
	return f, nil
}

func errSameOutput(flag string) error {
	return fault.New(fault.Usage, "give each its own file", "%s names what another output is", flag)
}

// commit puts all files into place, one after the other. An interrupt after its
// start comes too late, and so does one after the first of the files was written
// directly: then it is out. Where one cannot come into place, those before it
// are taken back.
func (s *staging) commit() error {
	if err := s.ctx.Err(); err != nil && s.files[0].temp != nil {
		return err
	}
	all := s.all()
	for _, f := range all {
		if err := f.finish(); err != nil {
			return f.failure(err)
		}
	}
	for i, f := range all {
		if len(all) > 1 {
			f.keepEarlier()
		}
		if err := f.rename(); err != nil {
			err = f.failure(err)
			for _, done := range slices.Backward(all[:i]) {
				if !done.takeBack() {
					err = fmt.Errorf("%w; %s is written already", err, outputName(done.path))
				}
			}
			return err
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
		f.forgetEarlier()
	}
}
