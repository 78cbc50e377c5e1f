package transport_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"cohort/internal/transport"
)

// layerFunc is a layer made of a function.
type layerFunc func(*http.Request) (*http.Response, error)

func (f layerFunc) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

func TestEveryAttemptPassesThroughTheCallersLayer(t *testing.T) {
	url, requests := failing(t, 2, status(503))
	var passed atomic.Int32
	client := quick(t, transport.Config{Attempt: func(below http.RoundTripper) http.RoundTripper {
		return layerFunc(func(req *http.Request) (*http.Response, error) {
			passed.Add(1)
			return below.RoundTrip(req)
		})
	}})
	if _, body, err := get(t, client, url); body != "done" || err != nil || passed.Load() != 3 || requests.Load() != 3 {
		t.Errorf("body %q, error %v, %d of %d attempts passed; want done after 3 of 3", body, err, passed.Load(), requests.Load())
	}
}

func TestWhatALayerHoldsForPassingIsTriedAgain(t *testing.T) {
	unfit := errors.New("the answer is unfit")
	for _, c := range []struct {
		name     string
		failures int32
		want     int32
	}{
		{"and heals", 2, 3},
		{"a bounded number of times", 1000, 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			url, requests := failing(t, 0, nil)
			client := quick(t, transport.Config{Retries: 3, Attempt: func(below http.RoundTripper) http.RoundTripper {
				return layerFunc(func(req *http.Request) (*http.Response, error) {
					resp, err := below.RoundTrip(req)
					if err == nil && requests.Load() <= c.failures {
						_ = resp.Body.Close()
						return nil, &transport.PassingError{Err: unfit}
					}
					return resp, err
				})
			}})
			_, _, err := get(t, client, url)
			if (c.want == 4) != errors.Is(err, unfit) || requests.Load() != c.want {
				t.Errorf("error %v after %d requests; want %d", err, requests.Load(), c.want)
			}
		})
	}
}

func TestAuthoritiesInMemoryAreTrusted(t *testing.T) {
	server := httptest.NewTLSServer(status(http.StatusOK))
	t.Cleanup(server.Close)
	client := quick(t, transport.Config{CAs: pemOf(server)})
	if code, _, err := get(t, client, server.URL); code != http.StatusOK || err != nil {
		t.Errorf("status %d, error %v; want 200", code, err)
	}
	if _, err := transport.New(transport.Config{CAs: []byte("no certificate")}); err == nil {
		t.Error("no certificates are taken for some")
	}
}
