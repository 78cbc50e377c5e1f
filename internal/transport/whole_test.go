package transport_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"cohort/internal/transport"
)

// cutting breaks the first answers off in their middle, after they have begun
// like any other.
func cutting(failures int32) (handler http.HandlerFunc, requests *atomic.Int32) {
	requests = new(atomic.Int32)
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "first half, ")
		if requests.Add(1) <= failures {
			_ = http.NewResponseController(w).Flush()
			hangUp(w, r)
		}
		_, _ = io.WriteString(w, "second half")
	}, requests
}

func TestAWholeAnswerIsAskedForAgainWhenItBreaksOff(t *testing.T) {
	for _, protocol := range []string{"HTTP/1.1", "HTTP/2.0"} {
		t.Run(protocol, func(t *testing.T) {
			handler, requests := cutting(3)
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Proto != protocol {
					t.Errorf("spoken is %s", r.Proto)
				}
				handler(w, r)
			}))
			server.EnableHTTP2 = protocol == "HTTP/2.0"
			server.StartTLS()
			t.Cleanup(server.Close)
			client := quick(t, transport.Config{Whole: true, CAFile: caFile(t, server)})
			_, body, err := get(t, client, server.URL)
			if body != "first half, second half" || err != nil || requests.Load() != 4 {
				t.Errorf("body %q, error %v after %d requests; want both halves after 4", body, err, requests.Load())
			}
		})
	}
}

func TestAnAnswerThatAlwaysBreaksOffIsAnError(t *testing.T) {
	handler, requests := cutting(1000)
	var cut *transport.CutError
	_, body, err := get(t, quick(t, transport.Config{Whole: true, Retries: 2}), serve(t, handler))
	if !errors.As(err, &cut) || !errors.Is(err, io.ErrUnexpectedEOF) || body != "" || requests.Load() != 3 {
		t.Errorf("body %q, error %v after %d requests; want a CutError alone, after 3", body, err, requests.Load())
	}
}

func TestAWholeAnswerIsGivenByteForByte(t *testing.T) {
	for _, length := range []int{0, 1, 4<<10 - 1, 4 << 10, 4<<10 + 1, 3 << 20} {
		var want strings.Builder
		for i := range length / 4 {
			_, _ = fmt.Fprintf(&want, "%04x", i&0xffff)
		}
		want.WriteString(strings.Repeat("-", length%4))
		url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, want.String()[:length/2])
			_ = http.NewResponseController(w).Flush()
			_, _ = io.WriteString(w, want.String()[length/2:])
		})
		resp, err := quick(t, transport.Config{Whole: true}).Do(request(t, http.MethodGet, url, nil))
		if err != nil {
			t.Fatal(err)
		}
		var got strings.Builder
		_, err = io.Copy(&got, resp.Body)
		_ = resp.Body.Close()
		if err != nil || got.String() != want.String() || resp.ContentLength != int64(length) {
			t.Errorf("%d bytes, %d by their header, error %v; want the %d that were sent", got.Len(), resp.ContentLength, err, length)
		}
	}
}

func TestAnAnswerInPartsIsNotAskedForAgain(t *testing.T) {
	handler, requests := cutting(1)
	_, body, err := get(t, quick(t, transport.Config{}), serve(t, handler))
	if !errors.Is(err, io.ErrUnexpectedEOF) || body != "first half, " || requests.Load() != 1 {
		t.Errorf("body %q, error %v after %d requests; want half of it and an error", body, err, requests.Load())
	}
}

func TestASilentAnswerIsWaitedForOnce(t *testing.T) {
	var requests atomic.Int32
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		_, _ = io.WriteString(w, "part")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	_, _, err := get(t, quick(t, transport.Config{Whole: true, ReadTimeout: 300 * time.Millisecond}), url)
	var silent *transport.SilenceError
	if !errors.As(err, &silent) || requests.Load() != 1 {
		t.Errorf("error %v after %d requests; want a SilenceError after 1", err, requests.Load())
	}
}

func TestAnAnswerWithoutAnEndEnds(t *testing.T) {
	for _, test := range []struct {
		name   string
		config transport.Config
		want   transport.EndlessError
		says   string
	}{
		{"after its bytes", transport.Config{MaxBytes: 1 << 20}, transport.EndlessError{Bytes: 1 << 20}, "more than 1 MiB"},
		{"after its time", transport.Config{MaxTime: 50 * time.Millisecond}, transport.EndlessError{Time: 50 * time.Millisecond}, "more than 50ms"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var requests atomic.Int32
			url := serve(t, func(w http.ResponseWriter, r *http.Request) {
				requests.Add(1)
				part := " "
				if test.config.MaxBytes > 0 {
					part = strings.Repeat(part, 64<<10)
				}
				for r.Context().Err() == nil {
					_, _ = io.WriteString(w, part)
					_ = http.NewResponseController(w).Flush()
					<-time.After(time.Millisecond)
				}
			})
			test.config.Whole = true
			_, _, err := get(t, quick(t, test.config), url)
			var endless *transport.EndlessError
			if !errors.As(err, &endless) || *endless != test.want || !strings.Contains(err.Error(), test.says) || requests.Load() != 1 {
				t.Errorf("error %v after %d requests; want the bound %+v after 1", err, requests.Load(), test.want)
			}
		})
	}
}

func TestAnAnswerMayTakeTenTimesTheSilenceThatIsBorne(t *testing.T) {
	for silence, want := range map[time.Duration]time.Duration{0: 10 * time.Minute, 3 * time.Second: 30 * time.Second} {
		if got := (transport.Config{ReadTimeout: silence}).WithDefaults().MaxTime; got != want {
			t.Errorf("with a silence of %v: %v, want %v", silence, got, want)
		}
	}
}

func TestAnAnswerMayBeAsLongAsItsBound(t *testing.T) {
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "eight by") })
	if _, body, err := get(t, quick(t, transport.Config{Whole: true, MaxBytes: 8}), url); body != "eight by" || err != nil {
		t.Errorf("body %q, error %v; want all of it", body, err)
	}
}

func TestALongAnswerIsWhole(t *testing.T) {
	long := strings.Repeat("x", 8<<20)
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, long) })
	if _, body, err := get(t, quick(t, transport.Config{Whole: true}), url); body != long || err != nil {
		t.Errorf("%d bytes, error %v; want all %d", len(body), err, len(long))
	}
}
