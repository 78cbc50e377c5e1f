package textfile

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"

	"cohort/internal/fault"
)

// File is one to be read from its beginning to its end.
type File struct {
	// Path is the file, or "-" for Stdin where there is one.
	Path  string
	Stdin io.Reader
	// Doing begins the error about a file that cannot be opened, such as
	// "--coder", and Kind and Hint are that error's.
	Doing string
	Kind  fault.Kind
	Hint  string
}

// Name is the file in messages.
func (f File) Name() string {
	if f.isStdin() {
		return "standard input"
	}
	return f.Path
}

func (f File) isStdin() bool { return f.Path == "-" && f.Stdin != nil }

// Read opens the file and lets read have what is in it, and its length in
// bytes, which is 0 where nobody knows it, as of a pipe. The end of ctx ends
// every wait: for somebody who writes to a named pipe, and for what comes next
// out of it.
//
// The error is that of ctx where it is over, whatever else came of that; else
// it is about opening the file, or what read gave, or a [fault.Source] about a
// file that changed while it was read. One that is still being written may end
// between two records, where nothing else shows that it is not whole.
func (f File) Read(ctx context.Context, read func(input io.Reader, size int64) error) error {
	var err error
	if ctx.Err() == nil {
		err = f.read(ctx, read)
	}
	if ended := ctx.Err(); ended != nil {
		return fmt.Errorf("reading %s: %w", f.Name(), ended)
	}
	return err
}

func (f File) read(ctx context.Context, read func(input io.Reader, size int64) error) error {
	if f.isStdin() {
		return read(until(ctx, f.Stdin), 0)
	}
	file, err := open(ctx, f.Path)
	if err != nil {
		return f.unreadable(err)
	}
	defer func() { _ = file.Close() }() // nothing was written
	before, err := file.Stat()
	switch {
	case err != nil:
		return f.unreadable(err)
	case before.IsDir():
		return fault.New(f.Kind, "name the file in it", "%s: %s is a folder", f.Doing, f.Path)
	case !before.Mode().IsRegular():
		return read(until(ctx, file), 0)
	}
	if err := read(until(ctx, file), before.Size()); err != nil {
		return err
	}
	after, err := file.Stat()
	if err != nil {
		return f.unreadable(err)
	}
	if before.Size() != after.Size() || !before.ModTime().Equal(after.ModTime()) {
		return fault.New(fault.Source, "try again when it is written", "reading %s: the file changed while it was read", f.Name())
	}
	return nil
}

// ReadAll gives what is in the file: a list, a secret, whatever is small.
func (f File) ReadAll(ctx context.Context) ([]byte, error) {
	var content bytes.Buffer
	err := f.Read(ctx, func(input io.Reader, _ int64) error {
		if _, err := content.ReadFrom(input); err != nil {
			return f.unreadable(err)
		}
		return nil
	})
	return content.Bytes(), err
}

func (f File) unreadable(err error) error { return fault.New(f.Kind, f.Hint, "%s: %w", f.Doing, err) }

// open opens a file for reading. A named pipe waits for who writes to it, and
// the end of ctx ends that wait with its error.
func open(ctx context.Context, path string) (*os.File, error) {
	type result struct {
		file *os.File
		err  error
	}
	opened := make(chan result, 1)
	go func() {
		file, err := os.Open(path)
		opened <- result{file, err}
	}()
	select {
	case r := <-opened:
		return r.file, r.err
	case <-ctx.Done():
		go func() {
			if r := <-opened; r.err == nil {
				_ = r.file.Close() // nothing was written
			}
		}()
		return nil, ctx.Err()
	}
}
