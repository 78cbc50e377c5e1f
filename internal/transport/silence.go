package transport

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"
)

// SilenceError says that a server fell silent in the middle of its answer.
type SilenceError struct {
	// Limit is how long it was waited for.
	Limit time.Duration
}

// Error gives the limit.
func (e *SilenceError) Error() string {
	return fmt.Sprintf("nothing came for %s in the middle of the answer", e.Limit)
}

// watching ends answers whose body falls silent. The silence before an answer
// is the business of [http.Transport].
type watching struct {
	layer
	silence time.Duration
}

func (w watching) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(req.Context())
	resp, err := w.layer.RoundTrip(req.WithContext(ctx))
	if err != nil {
		cancel(nil)
		return nil, err
	}
	silent := &SilenceError{Limit: w.silence}
	body := &watchedBody{ReadCloser: resp.Body, cancel: cancel, ctx: ctx, limit: w.silence}
	body.timer = time.AfterFunc(w.silence, func() { cancel(silent) })
	body.timer.Stop()
	resp.Body = body
	return resp, nil
}

type watchedBody struct {
	io.ReadCloser
	ctx    context.Context
	cancel context.CancelCauseFunc
	timer  *time.Timer
	limit  time.Duration
}

// Read is timed by itself, so that a slow reader is not taken for a slow server.
func (b *watchedBody) Read(p []byte) (int, error) {
	b.timer.Reset(b.limit)
	n, err := b.ReadCloser.Read(p)
	b.timer.Stop()
	if err != nil && err != io.EOF {
		if silent, ok := context.Cause(b.ctx).(*SilenceError); ok { //nolint:errorlint // a cause of ours, never wrapped
			return n, silent
		}
	}
	return n, err
}

func (b *watchedBody) Close() error {
	b.timer.Stop()
	b.cancel(nil)
	return b.ReadCloser.Close()
}
