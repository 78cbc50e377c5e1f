package okta

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/okta/okta-sdk-golang/v2/okta"
	"github.com/okta/okta-sdk-golang/v2/okta/cache"

	"cohort/internal/transport"
)

// session is what one read has open.
type session struct {
	connector *Connector
	client    *http.Client
	pace      *pacer
	// repeated counts the requests that were sent again.
	repeated atomic.Int64
	close    context.CancelFunc // ends all connections
}

// open makes a session, without a request. With scopes it signs in as the
// service app, where there is one.
func (c *Connector) open(scopes []string) (*session, error) {
	if c.config.PlanOnly {
		return nil, errPlanOnly
	}
	s := &session{connector: c}
	var turn sync.Mutex
	waiting := func(reason string, until time.Time) {
		turn.Lock()
		defer turn.Unlock()
		if c.config.Waiting != nil {
			c.config.Waiting(reason, until)
		}
	}
	config := c.config.HTTP
	config.Lifetime, s.close = context.WithCancel(context.Background())
	config.Whole, config.MaxBytes, config.MaxTime = true, mostBytes, 2*cmp.Or(config.ReadTimeout, time.Minute)
	config.Notify = func(retry transport.Retry) {
		s.repeated.Add(1)
		waiting(retry.Reason, retry.Until)
	}
	s.pace = newPacer(float64(c.config.RateShare)/100, longest(config), waiting)
	layer := &attempt{pace: s.pace}
	config.Attempt = func(below http.RoundTripper) http.RoundTripper {
		layer.below = below
		return layer
	}
	below, err := transport.New(config)
	if err != nil {
		s.close()
		return nil, err
	}
	s.client = &http.Client{Transport: answers{below.Transport}}
	if c.signer != nil {
		layer.tokens = newTokens(c.origin, c.config.ClientID, scopes, c.signer)
		layer.tokens.client = s.client
	}
	return s, nil
}

// mostBytes is what the page of a list has at most: some 300 KB of each user.
const mostBytes = 64 << 20

// longest is the longest wait that the transport makes.
func longest(config transport.Config) time.Duration {
	if config.MaxDelay > 0 {
		return config.MaxDelay
	}
	return 2 * time.Minute
}

// executor is the part of the SDK that makes requests. The SDK's own
// constructor reads ~/.okta/okta.yaml and every OKTA_CLIENT_*, some of which
// change to whom the token is sent and how, and complains on standard output;
// so its configuration is made without it, and holds what stands here.
//
// There is one a connector: a goroutine comes with it that only the garbage
// collector ends.
func (c *Connector) executor() *okta.RequestExecutor {
	client := &http.Client{Transport: inSession{}}
	settings := []okta.ConfigSetter{
		okta.WithOrgUrl(c.origin),
		// A service app's token is added below the retries.
		okta.WithAuthorizationMode("Bearer"),
		okta.WithHttpClientPtr(client),
		okta.WithCache(false),
		okta.WithRequestTimeout(0),
		okta.WithRateLimitMaxRetries(0),
	}
	if c.signer == nil {
		settings = append(settings, okta.WithAuthorizationMode("SSWS"), okta.WithToken(c.config.Token))
	}
	config := zeroOf(settings[0])
	for _, set := range settings {
		set(config)
	}
	return okta.NewRequestExecutor(client, cache.NewNoOpCache(), config)
}

// zeroOf is the zero of what a setter sets: the SDK's configuration has no
// name outside of it.
func zeroOf[T any](func(*T)) *T { return new(T) }

// inSession sends a request through the session that its context has.
type inSession struct{}

type sessionKey struct{}

func (inSession) RoundTrip(req *http.Request) (*http.Response, error) {
	s, ok := req.Context().Value(sessionKey{}).(*session)
	if !ok {
		return nil, errors.New("the request belongs to no session")
	}
	return s.client.Transport.RoundTrip(req)
}

// lean asks for small answers: without what neither a table nor the join needs.
const lean = `application/json; okta-response="omitCredentials,omitCredentialsLinks,omitTransitioningToStatus"`

// page is one answer of a list.
type page struct {
	items []json.RawMessage
	next  string // path and query of the next page; empty at the end
}

// get reads one page of a list, by path and query.
func (s *session) get(ctx context.Context, address string) (page, error) {
	// A clone, as the SDK makes them: the original is not for several goroutines.
	sdk := *s.connector.sdk
	req, err := sdk.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		return page{}, err
	}
	req.Header.Set("Content-Type", lean)
	// A slice of its own for each page, of what stands in the answer: the SDK
	// would decode into the one before, and numbers into floating point.
	var items []json.RawMessage
	resp, err := sdk.Do(context.WithValue(ctx, sessionKey{}, s), req, &items)
	if err != nil {
		return page{}, err
	}
	return page{items: items, next: resp.NextPage}, nil
}
