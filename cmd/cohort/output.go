package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"cohort/internal/fault"
	"cohort/join"
)

// staging holds files that come into place together, after everything has been
// written, or not at all. They are made before anything is read, so that a
// folder that cannot be written shows at once.
type staging struct {
	ctx    context.Context // ends a write that waits for a reader
	stdout io.Writer
	files  []*stagedFile
	// reads are the paths of files that are read, which no output replaces.
	reads []string
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
	f, err := s.prepare(flag, path)
	if f != nil {
		s.files = append(s.files, f)
	}
	return f, err
}

// createLast prepares the file that is there only when all it names is.
func (s *staging) createLast(flag, path string) (*stagedFile, error) {
	f, err := s.prepare(flag, path)
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

func (s *staging) prepare(flag, path string) (*stagedFile, error) {
	if path == "" {
		return nil, nil
	}
	if slices.ContainsFunc(s.reads, func(read string) bool { return isSameFile(read, path) }) {
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

// stagedFile is written beside its target, or directly where the target is a
// device, a pipe or standard output.
type stagedFile struct {
	ctx    context.Context
	path   string
	target string    // what the rename replaces; "" where there is none
	temp   *os.File  // beside the target
	direct io.Writer // standard output
	device *os.File  // opened at the first write, since opening a pipe waits
	// abandoned says that a write may still hold the device.
	abandoned bool
	hash      hash.Hash // of what is written; nil where nobody is told
	size      int64
}

func (f *stagedFile) open(stdout io.Writer) error {
	if f.path == "-" || f.path == "/dev/stdout" {
		f.direct = stdout
		return nil
	}
	info, err := os.Stat(f.path)
	switch {
	case err == nil && info.IsDir():
		return fmt.Errorf("%s is a directory", f.path)
	case err == nil && !info.Mode().IsRegular():
		return nil
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if f.target, err = resolveLinks(f.path); err != nil {
		return err
	}
	folder := filepath.Dir(f.target)
	f.temp, err = os.CreateTemp(folder, "."+filepath.Base(f.target)+".*.tmp")
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		// Its name says nothing to who never saw it.
		return fmt.Errorf("make a file in %s: %w", folder, path.Err)
	}
	return err
}

// isSame says whether both would be one file.
func (f *stagedFile) isSame(other *stagedFile) bool {
	return f.direct != nil && other.direct != nil || f.target != "" && f.target == other.target
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

// resolveLinks is the absolute path of the file that path means, through
// symbolic links, also of one that is not there yet.
func resolveLinks(path string) (string, error) {
	for range 40 { // as many as Linux follows
		folder, err := filepath.EvalSymlinks(filepath.Dir(path))
		if err == nil {
			folder, err = filepath.Abs(folder)
		}
		if errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("make a file in %s: no such file or directory", filepath.Dir(path))
		}
		if err != nil {
			return "", err
		}
		path = filepath.Join(folder, filepath.Base(path))
		target, err := os.Readlink(path)
		if err != nil {
			return path, nil //nolint:nilerr // not a link: this is the file
		}
		if path = target; !filepath.IsAbs(target) {
			// Not Join, which would take ".." away before links are followed.
			path = folder + string(filepath.Separator) + target
		}
	}
	return "", fmt.Errorf("%s: too many symbolic links", path)
}

// Write also counts, and hashes where that is told.
func (f *stagedFile) Write(p []byte) (int, error) {
	n, err := f.write(p)
	if f.hash != nil {
		f.hash.Write(p[:n])
	}
	f.size += int64(n)
	return n, f.failure(err)
}

// outputName is what to call an output to its user.
func outputName(path string) string {
	if path == "-" {
		return "standard output"
	}
	return path
}

// failure is an error under the name that the user gave the file, not that of
// the one beside it.
func (f *stagedFile) failure(err error) error {
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return fmt.Errorf("write %s: %w", outputName(f.path), path.Err)
	}
	if link, ok := errors.AsType[*os.LinkError](err); ok {
		return fmt.Errorf("write %s: %w", outputName(f.path), link.Err)
	}
	return err
}

func (f *stagedFile) write(p []byte) (int, error) {
	if f.temp != nil {
		return f.temp.Write(p)
	}
	// A pipe without a reader waits for ever, which an interrupt must end. The
	// copy is the goroutine's own, should it outlive this call.
	type result struct {
		n   int
		err error
	}
	written := make(chan result, 1)
	p = bytes.Clone(p)
	go func() {
		n, err := f.writeDirectly(p)
		written <- result{n, err}
	}()
	select {
	case r := <-written:
		return r.n, r.err
	case <-f.ctx.Done():
		f.abandoned = true
		return 0, f.ctx.Err()
	}
}

func (f *stagedFile) writeDirectly(p []byte) (int, error) {
	if f.direct != nil {
		n, err := f.direct.Write(p)
		if errors.Is(err, syscall.EPIPE) {
			err = errReaderGone
		}
		return n, err
	}
	if f.device == nil {
		device, err := os.OpenFile(f.path, os.O_WRONLY, 0)
		if err != nil {
			return 0, err
		}
		f.device = device
	}
	return f.device.Write(p)
}

// finish makes sure that the content is on the disk.
func (f *stagedFile) finish() error {
	if f.device != nil {
		return f.device.Close()
	}
	if f.temp == nil {
		return nil
	}
	if err := f.temp.Sync(); err != nil {
		return err
	}
	return f.temp.Close()
}

// rename puts the file in the target's place. The folder is synced too, where
// the system can, so that the new name survives a power cut.
func (f *stagedFile) rename() error {
	if f.temp == nil {
		return nil
	}
	if err := os.Rename(f.temp.Name(), f.target); err != nil {
		return err
	}
	f.temp = nil
	if folder, err := os.Open(filepath.Dir(f.target)); err == nil {
		_ = folder.Sync()
		_ = folder.Close()
	}
	return nil
}

func (f *stagedFile) remove() {
	if !f.abandoned && f.device != nil {
		_ = f.device.Close()
	}
	if f.temp == nil {
		return
	}
	_ = f.temp.Close()
	_ = os.Remove(f.temp.Name())
	f.temp = nil
}

// manifest is what the run's manifest says of the file.
func (f *stagedFile) manifest(role string, format join.Format, rows int) join.ManifestFile {
	file := join.ManifestFile{Role: role, Path: f.path, Format: format, Rows: rows, Bytes: f.size}
	if f.hash != nil {
		file.SHA256 = hex.EncodeToString(f.hash.Sum(nil))
	}
	return file
}
