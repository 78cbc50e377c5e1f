package transport

import (
	"bytes"
	"fmt"
	"io"
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
type whole struct{ layer }

func (w whole) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := w.layer.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	content, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close() // all that was wanted is read, or the reading failed
	if err != nil {
		return nil, &CutError{Cause: err}
	}
	resp.Body = io.NopCloser(bytes.NewReader(content))
	return resp, nil
}
