package textfile

import (
	"context"
	"io"
	"os"
)

// until gives what input has, and from the end of ctx on its error: also where
// a read waits that nobody can end, as one of standard input does, and on some
// systems one of a named pipe. What such a read brings later is lost.
func until(ctx context.Context, input io.Reader) io.Reader {
	if file, ok := input.(*os.File); ok {
		if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
			return &prompt{ctx, file}
		}
	}
	return &waiting{ctx: ctx, input: input, block: make([]byte, 64<<10)}
}

// prompt is about a regular file, of which no read waits.
type prompt struct {
	ctx  context.Context
	file *os.File
}

// Read implements [io.Reader].
func (p *prompt) Read(into []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	return p.file.Read(into)
}

// waiting reads in a goroutine, which has the fields below while it runs; after
// the end of ctx nobody else looks at them.
type waiting struct {
	ctx   context.Context
	input io.Reader

	block []byte
	rest  []byte // of the block, what was not given yet
	err   error  // behind the rest
}

// Read implements [io.Reader].
func (w *waiting) Read(into []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	if len(w.rest) == 0 && w.err == nil {
		read := make(chan struct{})
		go func() {
			defer close(read)
			n, err := w.input.Read(w.block)
			w.rest, w.err = w.block[:n], err
		}()
		select {
		case <-read:
		case <-w.ctx.Done():
			return 0, w.ctx.Err()
		}
	}
	n := copy(into, w.rest)
	w.rest = w.rest[n:]
	if len(w.rest) == 0 {
		return n, w.err
	}
	return n, nil
}
