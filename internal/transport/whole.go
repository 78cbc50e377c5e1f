package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// CutError says that an answer broke off after it had begun.
type CutError struct {
	// Cause is what ended it.
	Cause error
}

// Error gives the cause.
func (e *CutError) Error() string { return fmt.Sprintf("the answer broke off: %v", e.Cause) }

// Unwrap gives the cause.
func (e *CutError) Unwrap() error { return e.Cause }

// EndlessError says that an answer went on beyond what any answer needs. It is
// not asked for again.
type EndlessError struct {
	// Bytes or Time is the bound that it went beyond; the other is 0.
	Bytes int64
	Time  time.Duration
}

// Error gives the bound.
func (e *EndlessError) Error() string {
	if e.Bytes > 0 {
		return fmt.Sprintf("the answer has no end: more than %d MiB came", e.Bytes>>20)
	}
	return fmt.Sprintf("the answer has no end: it went on for more than %s", e.Time)
}

// whole reads answers to their end before it hands them on, so that one that
// breaks off counts as a lost connection.
type whole struct {
	layer
	bytes int64
	time  time.Duration
}

func (w whole) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(req.Context())
	defer cancel(nil)
	resp, err := w.layer.RoundTrip(req.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	late := time.AfterFunc(w.time, func() { cancel(&EndlessError{Time: w.time}) })
	content, length, err := pieces(http.MaxBytesReader(nil, resp.Body, w.bytes))
	late.Stop()
	_ = resp.Body.Close() // all that was wanted is read, or the reading failed
	if err == nil {
		resp.Body, resp.ContentLength = io.NopCloser(&content), length
		return resp, nil
	}
	if _, tooLong := errors.AsType[*http.MaxBytesError](err); tooLong {
		return nil, &EndlessError{Bytes: w.bytes}
	}
	if endless, ok := errors.AsType[*EndlessError](context.Cause(ctx)); ok {
		return nil, endless
	}
	return nil, &CutError{Cause: err}
}

// pieces reads to the end. What came is not moved while there comes more.
func pieces(r io.Reader) (content net.Buffers, length int64, err error) {
	for size := 4 << 10; ; size = min(2*size, 1<<20) {
		piece := make([]byte, 0, size)
		for len(piece) < size && err == nil {
			var n int
			n, err = r.Read(piece[len(piece):size])
			piece = piece[:len(piece)+n]
		}
		content, length = append(content, piece), length+int64(len(piece))
		if errors.Is(err, io.EOF) {
			return content, length, nil
		}
		if err != nil {
			return nil, 0, err
		}
	}
}
