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
	direct io.Writer // standard output, or another stream that is open
	device *os.File  // opened at the first write, since opening a pipe waits
	// abandoned says that a write may still hold the device.
	abandoned bool
	// earlier is a second name of what was in the target's place, "" where
	// nothing was; existed says that something was.
	earlier string
	existed bool
	hash    hash.Hash // of what is written; nil where nobody is told
	size    int64
}

// longestName leaves room, in a name of 255 bytes, for what tells the file beside
// the target from others.
const longestName = 200

func (f *stagedFile) open() error {
	if f.direct != nil {
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
	name := filepath.Base(f.target)
	f.temp, err = os.CreateTemp(folder, "."+name[:min(len(name), longestName)]+".*.tmp")
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		// Its name says nothing to who never saw it.
		return fmt.Errorf("make a file in %s: %w", folder, path.Err)
	}
	return err
}

// mostLinks is how many symbolic links are followed, as many as Linux does.
const mostLinks = 40

// resolveLinks is the absolute path of the file that path means, through
// symbolic links, also of one that is not there yet.
func resolveLinks(path string) (string, error) {
	for range mostLinks {
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
		if errors.Is(err, syscall.EPIPE) && isStandardOutput(f.path) {
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

// keepEarlier gives what is in the target's place a second name, so that it can
// be put back. Not every system can.
func (f *stagedFile) keepEarlier() {
	if f.temp == nil {
		return
	}
	if _, err := os.Lstat(f.target); err != nil {
		return
	}
	f.existed = true
	if name := f.temp.Name() + ".earlier"; os.Link(f.target, name) == nil {
		f.earlier = name
	}
}

// takeBack undoes the rename, and says whether it could.
func (f *stagedFile) takeBack() bool {
	switch {
	case f.target == "":
		return false
	case !f.existed:
		return os.Remove(f.target) == nil
	case f.earlier == "":
		return false
	}
	return os.Rename(f.earlier, f.target) == nil
}

func (f *stagedFile) forgetEarlier() {
	if f.earlier != "" {
		_ = os.Remove(f.earlier)
	}
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
