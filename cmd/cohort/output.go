package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"cohort/internal/fault"
)

// staging holds files that come into place together, after everything has been
// written, or not at all. They are made before anything is read, so that a
// folder that cannot be written shows at once.
type staging struct {
	stdout io.Writer
	files  []*stagedFile
}

// create prepares a file; flag is what named it, "-" is standard output. What
// was not named is nil.
func (s *staging) create(flag, path string) (*stagedFile, error) {
	if path == "" {
		return nil, nil
	}
	for _, other := range s.files {
		if other.path == path {
			return nil, fault.New(fault.Usage, "give each its own file", "%s names what another output is", flag)
		}
	}
	f := &stagedFile{path: path, hash: sha256.New()}
	if err := f.open(s.stdout); err != nil {
		return nil, fault.New(fault.Usage, "", "%s: %w", flag, err)
	}
	s.files = append(s.files, f)
	return f, nil
}

// commit puts all files into place, in the order in which they were created.
func (s *staging) commit() error {
	for _, f := range s.files {
		if err := f.finish(); err != nil {
			return fmt.Errorf("write %s: %w", f.path, err)
		}
	}
	for _, f := range s.files {
		if err := f.rename(); err != nil {
			return fmt.Errorf("write %s: %w", f.path, err)
		}
	}
	return nil
}

// discard removes what was not committed.
func (s *staging) discard() {
	for _, f := range s.files {
		f.remove()
	}
}

// stagedFile is written beside its target, or directly where the target is a
// device, a pipe or standard output.
type stagedFile struct {
	path   string
	target string   // what the rename replaces; "" where there is none
	temp   *os.File // beside the target
	direct io.Writer
	device *os.File // opened at the first write, since opening a pipe waits
	hash   hash.Hash
	size   int64
}

func (f *stagedFile) open(stdout io.Writer) error {
	if f.path == "-" {
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

// resolveLinks follows symbolic links also to a file that is not there yet.
func resolveLinks(path string) (string, error) {
	for range 40 { // as many as Linux follows
		target, err := os.Readlink(path)
		if err != nil {
			return path, nil //nolint:nilerr // not a link: this is the file
		}
		if !filepath.IsAbs(target) {
			target = filepath.Join(filepath.Dir(path), target)
		}
		path = target
	}
	return "", fmt.Errorf("%s: too many symbolic links", path)
}

// Write also counts and hashes.
func (f *stagedFile) Write(p []byte) (int, error) {
	n, err := f.write(p)
	f.hash.Write(p[:n])
	f.size += int64(n)
	return n, err
}

func (f *stagedFile) write(p []byte) (int, error) {
	switch {
	case f.direct != nil:
		return f.direct.Write(p)
	case f.temp != nil:
		return f.temp.Write(p)
	case f.device == nil:
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
	if f.device != nil {
		_ = f.device.Close()
	}
	if f.temp == nil {
		return
	}
	_ = f.temp.Close()
	_ = os.Remove(f.temp.Name())
	f.temp = nil
}

func (f *stagedFile) sha256() string { return hex.EncodeToString(f.hash.Sum(nil)) }
