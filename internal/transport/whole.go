package transport

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
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

// whole reads answers to their end before it hands them on, so that one that
// breaks off counts as a lost connection.
type whole struct {
	layer
	largest int64
}

func (w whole) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := w.layer.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	content, length, err := pieces(io.LimitReader(resp.Body, w.largest+1))
	_ = resp.Body.Close() // all that was wanted is read, or the reading failed
	switch {
	case err != nil:
		return nil, &CutError{Cause: err}
	case length > w.largest:
		return nil, fmt.Errorf("the answer is longer than %d bytes", w.largest)
	}
	resp.Body, resp.ContentLength = io.NopCloser(&content), length
	return resp, nil
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
