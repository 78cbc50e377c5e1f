package transport_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cohort/internal/transport"
)

// failing answers the first requests by fail and the others with the body that
// they bring, or "done".
func failing(t *testing.T, failures int32, fail http.HandlerFunc) (url string, requests *atomic.Int32) {
	t.Helper()
	requests = new(atomic.Int32)
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		if requests.Add(1) <= failures {
			fail(w, r)
			return
		}
		if n, _ := io.Copy(w, r.Body); n == 0 {
			_, _ = io.WriteString(w, "done")
		}
	}), requests
}

func status(code int, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
	}
}

func hangUp(http.ResponseWriter, *http.Request) {
	panic(http.ErrAbortHandler) //nolint:forbidigo // net/http's way to cut a connection
}

func TestPassingFailuresAreTriedAgain(t *testing.T) {
	past := strconv.FormatInt(time.Now().Add(-time.Hour).Unix(), 10)
	for name, fail := range map[string]http.HandlerFunc{
		"too many requests":                    status(429),
		"too many requests, reset in the past": status(429, "X-Rate-Limit-Reset", past),
		"an unreadable Retry-After":            status(503, "Retry-After", "soon"),
		"a failure inside":                     status(500),
		"a bad gateway":                        status(502),
		"service unavailable":                  status(503),
		"a gateway's time-out":                 status(504),
		"a lost connection":                    hangUp,
	} {
		t.Run(name, func(t *testing.T) {
			url, requests := failing(t, 3, fail)
			_, body, err := get(t, quick(t, transport.Config{}), url)
			if body != "done" || err != nil || requests.Load() != 4 {
				t.Errorf("body %q, error %v after %d requests; want done after 4", body, err, requests.Load())
			}
		})
	}
}

func TestRetriesStop(t *testing.T) {
	url, requests := failing(t, 1000, status(503))
	if code, _, err := get(t, quick(t, transport.Config{Retries: 2}), url); code != 503 || err != nil || requests.Load() != 3 {
		t.Errorf("status %d, error %v after %d requests; want 503 after 3", code, err, requests.Load())
	}
	url, requests = failing(t, 1000, hangUp)
	// net/http sends a GET once more by itself when a kept connection dies, but
	// none was kept here.
	if _, _, err := get(t, quick(t, transport.Config{Retries: 2}), url); err == nil || requests.Load() != 3 {
		t.Errorf("error %v after %d requests; want one after 3", err, requests.Load())
	}
}

func TestOtherAnswersAreFinal(t *testing.T) {
	for _, code := range []int{400, 401, 403, 404, 501} {
		url, requests := failing(t, 1000, status(code))
		if got, _, err := get(t, quick(t, transport.Config{}), url); got != code || err != nil || requests.Load() != 1 {
			t.Errorf("%d: status %d, error %v after %d requests; want it after 1", code, got, err, requests.Load())
		}
	}
}

func TestOnlyHarmlessRequestsAreRepeated(t *testing.T) {
	for _, c := range []struct {
		name     string
		body     io.Reader
		promised bool
		want     int32
	}{
		{"a POST is not", strings.NewReader("body"), false, 1},
		{"a POST whose sender promises is, with its body", strings.NewReader("body"), true, 2},
		{"a promise for a body that cannot be read twice is not believed", io.NopCloser(strings.NewReader("body")), true, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			url, requests := failing(t, 1, status(503))
			req := request(t, http.MethodPost, url, c.body)
			if c.promised {
				req.Header["Idempotency-Key"] = []string{}
			}
			code, body, err := send(t, quick(t, transport.Config{}), req)
			if err != nil || requests.Load() != c.want {
				t.Fatalf("error %v after %d requests; want %d", err, requests.Load(), c.want)
			}
			if c.want > 1 && (code != 200 || body != "body") {
				t.Errorf("status %d, body %q; want the same body again", code, body)
			}
		})
	}
}

func TestAServersWishForTimeIsBounded(t *testing.T) {
	in := func(d time.Duration) string { return time.Now().Add(d).UTC().Format(http.TimeFormat) }
	for name, fail := range map[string]http.HandlerFunc{
		"seconds":               status(429, "Retry-After", "60"),
		"more seconds than fit": status(503, "Retry-After", "9223372036854775807"),
		"a date":                status(503, "Retry-After", in(time.Minute)),
		"a date by a slow clock": status(503,
			"Date", in(-time.Hour), "Retry-After", in(-time.Hour+time.Minute)),
		"a rate limit's reset": status(429,
			"X-Rate-Limit-Reset", strconv.FormatInt(time.Now().Add(time.Minute).Unix(), 10)),
		"a rate limit's reset beside a shorter Retry-After": status(429, "Retry-After", "1",
			"X-RateLimit-Reset", strconv.FormatInt(time.Now().Add(time.Minute).Unix(), 10)),
		"Retry-After beside a reset in the past": status(429, "Retry-After", "60",
			"X-RateLimit-Reset", strconv.FormatInt(time.Now().Add(-time.Minute).Unix(), 10)),
		"Retry-After of an overload, whose reset says nothing": status(503, "Retry-After", "60",
			"X-RateLimit-Reset", strconv.FormatInt(time.Now().Add(time.Second).Unix(), 10)),
	} {
		t.Run(name, func(t *testing.T) {
			url, requests := failing(t, 1000, fail)
			if _, _, err := get(t, quick(t, transport.Config{MaxDelay: 30 * time.Second}), url); err != nil || requests.Load() != 1 {
				t.Errorf("error %v after %d requests; want no retry", err, requests.Load())
			}
		})
	}
}

func TestAServersWishForTimeIsGrantedUntilTheContextEnds(t *testing.T) {
	date := time.Now().UTC().Truncate(time.Second)
	for name, fail := range map[string]http.HandlerFunc{
		"Retry-After": status(429, "Retry-After", "30"),
		"a reset, though Retry-After is a whole minute": status(429, "Retry-After", "60",
			"Date", date.Format(http.TimeFormat), "X-RateLimit-Reset", strconv.FormatInt(date.Unix()+30, 10)),
	} {
		t.Run(name, func(t *testing.T) {
			url, requests := failing(t, 1, fail)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var notices []string
			client := quick(t, transport.Config{Notify: func(retry transport.Retry) {
				in := time.Until(retry.Until).Round(time.Second)
				notices = append(notices, fmt.Sprintf("%s: %s, %s (%d of %d)", retry.Host, retry.Reason, in, retry.Number, retry.Of))
				cancel()
			}})
			_, _, err := send(t, client, request(t, http.MethodGet, url, nil).WithContext(ctx))
			if !errors.Is(err, context.Canceled) || requests.Load() != 1 {
				t.Errorf("error %v after %d requests; want the cancellation after 1", err, requests.Load())
			}
			want := []string{"127.0.0.1: 429 Too Many Requests, 30s (1 of 4)"}
			if diff := cmp.Diff(want, notices); diff != "" {
				t.Errorf("notices (-want +got):\n%s", diff)
			}
		})
	}
}
