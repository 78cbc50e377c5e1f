package coder_test

import (
	"context"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cohort/coder"
	"cohort/fixtures"
	"cohort/internal/fault"
	"cohort/internal/transport"
)

// hangUp ends the connection in the middle of the list: half of it is out.
func hangUp(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Content-Length", strconv.Itoa(len(twoUsers)))
	_, _ = io.WriteString(w, twoUsers[:len(twoUsers)/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler) //nolint:forbidigo // net/http's way to cut a connection
}

// reset ends the connection before an answer, with RST instead of FIN.
func reset(w http.ResponseWriter, _ *http.Request) {
	connection, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	if tcp, ok := connection.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = connection.Close()
}

func limited(w http.ResponseWriter, r *http.Request) {
	now := time.Now().UTC().Truncate(time.Second)
	w.Header().Set("Date", now.Format(http.TimeFormat))
	w.Header().Set("Retry-After", "60")
	w.Header().Set("X-RateLimit-Limit", "512")
	w.Header().Set("X-RateLimit-Remaining", "0")
	w.Header().Set("X-RateLimit-Reset", strconv.FormatInt(now.Unix()+1, 10))
	reply(http.StatusTooManyRequests, mediaType, `{"message":"You've been rate limited."}`)(w, r)
}

func passingFaults() map[string]http.HandlerFunc {
	down := func(status int) http.HandlerFunc {
		return reply(status, mediaType, `{"message":"Internal error fetching users."}`)
	}
	return map[string]http.HandlerFunc{
		"cut in the middle":           hangUp,
		"reset":                       reset,
		"500":                         down(http.StatusInternalServerError),
		"502":                         reply(http.StatusBadGateway, "text/html", "<html>"),
		"503":                         down(http.StatusServiceUnavailable),
		"504":                         reply(http.StatusGatewayTimeout, "text/html", "<html>"),
		"429 without a wish for time": reply(http.StatusTooManyRequests, mediaType, `{}`),
	}
}

func TestAFaultThatPassesIsNotSeenInTheList(t *testing.T) {
	for name, broken := range passingFaults() {
		for path, well := range map[string]http.HandlerFunc{
			"POST /api/v2/authcheck": reply(http.StatusOK, mediaType, `{"read all users":true}`),
			"GET /api/v2/users":      reply(http.StatusOK, mediaType, twoUsers),
			"GET /api/v2/users/me":   reply(http.StatusOK, mediaType, adaOnly),
		} {
			t.Run(name+", "+path, func(t *testing.T) {
				var requests atomic.Int32
				url := serve(t, routes{path: func(w http.ResponseWriter, r *http.Request) {
					if requests.Add(1) <= 4 {
						broken(w, r)
						return
					}
					well(w, r)
				}})
				users, err := client(t, coder.Config{URL: url}).Users(t.Context())
				if err != nil || len(users) != 2 || requests.Load() != 5 {
					t.Errorf("%d users, error %v after %d requests; want 2 after 5", len(users), err, requests.Load())
				}
			})
		}
	}
}

func TestAFaultThatStaysIsAnErrorAfterAFewTries(t *testing.T) {
	faults := maps.Clone(passingFaults())
	faults["429 until the next second"] = limited
	for name, handler := range faults {
		t.Run(name, func(t *testing.T) {
			var requests atomic.Int32
			url := api(t, func(w http.ResponseWriter, r *http.Request) {
				requests.Add(1)
				handler(w, r)
			})
			config := coder.Config{URL: url, HTTP: transport.Config{Retries: 1}}
			users, err := client(t, config).Users(t.Context())
			// net/http sends a GET once more by itself when a kept connection dies.
			n := requests.Load()
			if users != nil || fault.KindOf(err) != fault.Source || n < 2 || n > 3 {
				t.Errorf("%d users, error %v after %d requests; want one of the source after 2 or 3", len(users), err, n)
			}
		})
	}
}

func TestTheRateLimitIsWaitedFor(t *testing.T) {
	var waits atomic.Int32
	d := deployment(t, accounts(), fixtures.CoderOptions{RateLimit: 1, RateWindow: time.Second})
	c := client(t, coder.Config{URL: d.URL, Token: d.Token, HTTP: transport.Config{Notify: func(transport.Retry) { waits.Add(1) }}})
	for range 2 {
		users, err := c.Users(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(accountsRead(), users); diff != "" {
			t.Errorf("users (-want +got):\n%s", diff)
		}
	}
	if waits.Load() == 0 {
		t.Error("nothing was waited for; want the limit to be met")
	}
}

func TestARateLimitThatLastsIsAnErrorOfTheSource(t *testing.T) {
	d := deployment(t, accounts(), fixtures.CoderOptions{RateLimit: 1, RateWindow: 24 * time.Hour})
	c := client(t, coder.Config{URL: d.URL, Token: d.Token})
	if _, err := c.Users(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, err := c.Users(t.Context())
	if fault.KindOf(err) != fault.Source || !strings.Contains(err.Error(), "429 Too Many Requests: You've been rate limited") {
		t.Errorf("error %v; want one of the source about the limit", err)
	}
}

func TestCancellingEndsARead(t *testing.T) {
	for name, begin := range map[string]string{"before an answer": "", "in an answer": `{"users":[`} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			url := api(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", mediaType)
				if begin != "" {
					_, _ = io.WriteString(w, begin)
					_ = http.NewResponseController(w).Flush()
				}
				cancel()
				<-r.Context().Done()
			})
			_, err := client(t, coder.Config{URL: url}).Users(ctx)
			if !errors.Is(err, context.Canceled) || fault.KindOf(err) != fault.Other {
				t.Errorf("error %v; want the cancellation, which is no fault of the source", err)
			}
		})
	}
}

func TestAServerThatFallsSilentIsLeft(t *testing.T) {
	for _, c := range []struct{ name, begin, says string }{
		{"before an answer", "", "timeout awaiting response headers"},
		{"in an answer", `{"users":[`, "the answer broke off: nothing came for 300ms"},
	} {
		t.Run(c.name, func(t *testing.T) {
			url := api(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", mediaType)
				if c.begin != "" {
					_, _ = io.WriteString(w, c.begin)
					_ = http.NewResponseController(w).Flush()
				}
				<-r.Context().Done()
			})
			_, err := client(t, coder.Config{URL: url, HTTP: transport.Config{ReadTimeout: 300 * time.Millisecond}}).Users(t.Context())
			if fault.KindOf(err) != fault.Source || !strings.Contains(err.Error(), c.says) {
				t.Errorf("error %v; want one of the source with %q", err, c.says)
			}
		})
	}
}

func TestAnAnswerWithoutAnEndIsLeft(t *testing.T) {
	url := api(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", mediaType)
		for r.Context().Err() == nil {
			_, _ = io.WriteString(w, " ")
			_ = http.NewResponseController(w).Flush()
			time.Sleep(time.Millisecond)
		}
	})
	_, err := client(t, coder.Config{URL: url, HTTP: transport.Config{MaxTime: 50 * time.Millisecond}}).Users(t.Context())
	want := "read the users of " + url + ": the answer has no end: it went on for more than 50ms; try again, and look at what stands between this machine and Coder"
	if fault.KindOf(err) != fault.Source || err.Error() != want {
		t.Errorf("error %v\nwant  %s", err, want)
	}
}
