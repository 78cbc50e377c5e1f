package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"cohort/join"
)

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
	if isStandardOutput(f.path) {
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

func isStandardOutput(path string) bool { return path == "-" || path == "/dev/stdout" }

// outputName is what to call an output to its user.
func outputName(path string) string {
	if isStandardOutput(path) {
		return "standard output"
	}
	return path
}
