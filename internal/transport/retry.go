package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"time"
)

// retrying sends a request again when its failure looks passing and a second
// request cannot do harm. Each wait doubles and is varied, so that many clients
// do not come back at once.
type retrying struct {
	layer
	retries       int
	base, longest time.Duration
	announce      func(Retry)
}

// Retry is a wait before a request is sent again.
type Retry struct {
	Host, Reason string
	Until        time.Time
	Number, Of   int // which retry of how many
}

// String is a sentence without a full stop.
func (r Retry) String() string {
	return fmt.Sprintf("%s: %s, trying again in %s (%d of %d)", r.Host, r.Reason, time.Until(r.Until).Round(time.Millisecond), r.Number, r.Of)
}

func (r retrying) RoundTrip(req *http.Request) (*http.Response, error) {
	attempt := req
	for retry := 1; ; retry++ {
		resp, err := r.layer.RoundTrip(attempt)
		reason := passing(resp, err)
		if reason == "" || retry > r.retries || !repeatable(req) || req.Context().Err() != nil {
			return resp, err
		}
		wait, ok := r.wait(retry, resp)
		if !ok {
			return resp, err
		}
		next, cloneErr := again(req)
		if cloneErr != nil {
			// The server's answer says more than why the body is gone.
			return resp, err
		}
		attempt = next
		if resp != nil {
			discard(resp.Body)
		}
		r.announce(Retry{req.URL.Hostname(), reason, time.Now().Add(wait), retry, r.retries})
		if err := sleep(req.Context(), wait); err != nil {
			return nil, err
		}
	}
}

// passing gives the reason why a second attempt may go better, or nothing.
func passing(resp *http.Response, err error) string {
	if err != nil {
		if unfit, ok := errors.AsType[*PassingError](err); ok {
			return unfit.Error()
		}
		// A connection that was made and then lost shows as an end of file or
		// as a failed read or write. One that was never made does not pass by
		// waiting a second.
		var op *net.OpError
		lost := errors.As(err, &op) && (op.Op == "read" || op.Op == "write") && !op.Timeout()
		if lost || errors.As(err, new(streamError)) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return "the connection was lost"
		}
		return ""
	}
	switch resp.StatusCode {
	case http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusBadGateway,
		http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return strconv.Itoa(resp.StatusCode) + " " + http.StatusText(resp.StatusCode)
	}
	return ""
}

// streamError is how net/http tells that one exchange of an HTTP/2 connection
// was reset. Its own type has no name outside, and converts itself to any with
// these fields.
type streamError struct {
	StreamID uint32
	Code     uint32
	Cause    error
}

func (e streamError) Error() string {
	return fmt.Sprintf("the HTTP/2 stream was reset with code %d", e.Code)
}

// repeatable is what net/http itself holds idempotent when a connection dies
// under a request: methods that change nothing, and any request that carries
// the key Idempotency-Key (which is not sent when it has no value).
func repeatable(req *http.Request) bool {
	if req.Body != nil && req.Body != http.NoBody && req.GetBody == nil {
		return false
	}
	switch req.Method {
	case "", http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace:
		return true
	}
	_, promised := req.Header["Idempotency-Key"]
	return promised
}

// again is the request with its body from the start.
func again(req *http.Request) (*http.Request, error) {
	if req.GetBody == nil {
		return req, nil
	}
	body, err := req.GetBody()
	if err != nil {
		return nil, err
	}
	req = req.Clone(req.Context())
	req.Body = body
	return req, nil
}

// wait is how long to wait before a retry; false when the server asks for more
// than the bound.
func (r retrying) wait(retry int, resp *http.Response) (time.Duration, bool) {
	doubled := min(r.base<<min(retry-1, 16), r.longest)
	wait := doubled/2 + rand.N(doubled/2+1)
	if resp != nil {
		if asked := askedFor(resp, time.Now()); asked > 0 {
			// Never earlier than asked for.
			return asked + rand.N(r.base), asked <= r.longest
		}
	}
	return wait, true
}

// askedFor reads how long a server wants to be left alone: with a 429 until the
// second of Unix time at which its rate limit starts anew, as Okta and Coder
// give it, else for Retry-After (RFC 9110, section 10.2.3: seconds or a date).
// In this order, since Coder's Retry-After is the length of a whole minute,
// however little of it is left. Points in time are taken by the server's own
// clock where it tells.
func askedFor(resp *http.Response, now time.Time) time.Duration {
	if date, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		now = date
	}
	if resp.StatusCode == http.StatusTooManyRequests {
		for _, name := range []string{"X-Rate-Limit-Reset", "X-RateLimit-Reset"} {
			reset, err := strconv.ParseInt(resp.Header.Get(name), 10, 64)
			if left := time.Unix(reset, 0).Sub(now); err == nil && left > 0 {
				return left
			}
		}
	}
	after := resp.Header.Get("Retry-After")
	if seconds, err := strconv.Atoi(after); err == nil {
		return time.Duration(min(seconds, math.MaxInt32)) * time.Second
	}
	if date, err := http.ParseTime(after); err == nil {
		return date.Sub(now)
	}
	return 0
}

// discard lets the connection be used again when the rest is short.
func discard(body io.ReadCloser) {
	_, _ = io.CopyN(io.Discard, body, 64<<10)
	_ = body.Close()
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
