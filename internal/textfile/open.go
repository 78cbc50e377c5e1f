package textfile

import (
	"context"
	"io"
	"io/fs"
	"os"
)

// Open opens a file for reading. A named pipe waits for who writes to it, and
// the end of ctx ends that wait with its error.
func Open(ctx context.Context, path string) (*os.File, error) {
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

// Until gives what r has, and from the end of ctx on its error: also where a
// read waits that nobody can end, as one of standard input does. What such a
// read brings later is lost.
func Until(ctx context.Context, r io.Reader) io.Reader {
	return &until{ctx: ctx, r: r, block: make([]byte, 64<<10)}
}

// until reads in a goroutine, which has the fields below while it runs; after
// the end of ctx nobody else looks at them.
type until struct {
	ctx context.Context
	r   io.Reader

	block []byte
	rest  []byte // of the block, what was not given yet
	err   error  // behind the rest
}

// Read implements [io.Reader].
func (u *until) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	if len(u.rest) == 0 && u.err == nil {
		read := make(chan struct{})
		go func() {
			defer close(read)
			n, err := u.r.Read(u.block)
			u.rest, u.err = u.block[:n], err
		}()
		select {
		case <-read:
		case <-u.ctx.Done():
			return 0, u.ctx.Err()
		}
	}
	n := copy(p, u.rest)
	u.rest = u.rest[n:]
	if len(u.rest) == 0 {
		return n, u.err
	}
	return n, nil
}

// Stamp tells whether a file changed while it was read. One that is still being
// written may end between two records, where nothing else shows that it is not
// whole.
type Stamp struct{ info fs.FileInfo }

// StampOf is that of an open file, to be taken before it is read.
func StampOf(file *os.File) (Stamp, error) {
	info, err := file.Stat()
	return Stamp{info}, err
}

// Changed says whether the file has another stamp now. A pipe has none.
func (s Stamp) Changed(file *os.File) (bool, error) {
	now, err := file.Stat()
	if err != nil {
		return false, err
	}
	return s.info.Mode().IsRegular() && (s.info.Size() != now.Size() || !s.info.ModTime().Equal(now.ModTime())), nil
}

// Size is the file's length in bytes; of a pipe it says nothing.
func (s Stamp) Size() int64 { return s.info.Size() }

// IsFolder says that it is no file.
func (s Stamp) IsFolder() bool { return s.info.IsDir() }
