package okta

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"

	"cohort/internal/transport"
)

// attempt is the layer under the retries: it keeps each attempt within the
// budget, signs a service app's in, and refuses answers that only look like
// success. All of that happens anew for each attempt.
type attempt struct {
	below  http.RoundTripper
	pace   *pacer
	tokens *tokens // nil with an API token, which the SDK adds
	// spoke says that there was a sound answer.
	spoke atomic.Bool
}

// mostRenewals is how many tokens in a row may be used up by other calls before
// one comes to its turn. There are at most [maxParallel] of them.
const mostRenewals = maxParallel

func (a *attempt) RoundTrip(req *http.Request) (*http.Response, error) {
	if a.tokens == nil || req.URL.Path == tokenPath {
		return a.ask(req)
	}
	var refused *accessToken
	for renewals := 0; ; renewals++ {
		token, err := a.tokens.current(req.Context(), refused)
		if err != nil {
			return nil, err
		}
		resp, err := a.ask(signed(req, token.text))
		if err != nil {
			return nil, err
		}
		if resp.StatusCode != http.StatusUnauthorized {
			token.good.Store(true)
			return resp, nil
		}
		// Other calls may have used a new token up before this one came to it.
		// One that nobody could use was not refused for its age.
		if renewals > 0 && !token.good.Load() || renewals == mostRenewals {
			return resp, nil
		}
		refused = token
	}
}

func signed(req *http.Request, token string) *http.Request {
	req = req.Clone(req.Context())
	req.Header.Set("Authorization", "Bearer "+token)
	return req
}

// ask makes one request within the budget.
func (a *attempt) ask(req *http.Request) (*http.Response, error) {
	c, err := a.pace.begin(req.Context(), req.URL.Path)
	if err != nil {
		return nil, err
	}
	resp, err := a.below.RoundTrip(req)
	if err != nil {
		a.pace.lost(c)
		return nil, err
	}
	if isTooManyAtOnce(resp) {
		// Its reset is no time to wait for; a short wait serves.
		resp.Header.Del("X-Rate-Limit-Reset")
		resp.Header.Del("X-Rate-Limit-Limit")
	}
	a.pace.end(c, ratesOf(resp))
	if resp.StatusCode != http.StatusOK {
		return resp, nil
	}
	err = a.inspect(req, resp)
	_, isOther := errors.AsType[*notJSONError](err)
	switch {
	case err == nil:
		a.spoke.Store(true)
		return resp, nil
	case isOther && !a.spoke.Load():
		return nil, err // whatever is there, it is no Okta, and will not become one
	default:
		return nil, &transport.PassingError{Err: err}
	}
}

// notJSONError is a success that is none of an API: a sign-in page, most often.
type notJSONError struct{ mediaType string }

func (e *notJSONError) Error() string { return "got " + e.mediaType + " where JSON was due" }

// unfitError is an answer of the API's that cannot be what it wanted to say.
type unfitError struct{ what string }

func (e *unfitError) Error() string { return e.what }

// inspect refuses what is not whole. The answer is in memory: [transport.Config]
// says so.
func (a *attempt) inspect(req *http.Request, resp *http.Response) error {
	mediaType, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil {
		mediaType = "an answer without a media type"
	}
	if mediaType != "application/json" && !strings.HasSuffix(mediaType, "+json") {
		return &notJSONError{mediaType}
	}
	content, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	resp.Body = io.NopCloser(bytes.NewReader(content))
	switch {
	case len(bytes.TrimSpace(content)) == 0:
		return &unfitError{"the answer is empty"}
	case !json.Valid(content):
		return &unfitError{"the answer is not whole: its JSON breaks off"}
	case req.Method != http.MethodGet:
		return nil
	case bytes.TrimSpace(content)[0] != '[':
		return &unfitError{"the answer is not a list"}
	}
	links := resp.Header.Values("Link")
	if _, err := nextOf(links, req.URL); err != nil {
		return &unfitError{err.Error()}
	}
	if len(links) == 0 && isFull(req.URL, content) {
		// Okta links every page to itself at least.
		return &unfitError{"a full page has no Link header"}
	}
	return nil
}

// isFull is true for a page with as many entries as were asked for.
func isFull(address *url.URL, content []byte) bool {
	limit, err := strconv.Atoi(address.Query().Get("limit"))
	var entries []struct{}
	return err == nil && json.Unmarshal(content, &entries) == nil && len(entries) >= limit
}

// answers is the layer between the SDK and the retries. What is no success
// becomes an error of ours there, since the SDK would retry in ways of its own
// (without a pause or an end where a connection ends early), and panic at some
// headers.
type answers struct{ below http.RoundTripper }

func (a answers) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := a.below.RoundTrip(req)
	switch {
	case errors.Is(err, io.EOF):
		return nil, &lostError{err.Error()}
	case err != nil:
		return nil, err
	case resp.StatusCode == http.StatusOK:
		return plainLinks(req, resp)
	case resp.StatusCode/100 == 3 && resp.Header.Get("Location") != "":
		return resp, nil // within the origin: http.Client follows
	}
	defer func() { _ = resp.Body.Close() }() // it is in memory
	return nil, refusalOf(resp)
}

// lostError is an end of file in other words, which the SDK would not bear.
type lostError struct{ text string }

func (e *lostError) Error() string { return "the connection was lost: " + e.text }

// plainLinks leaves, of all links, the next page's, in the one form that the
// SDK reads.
func plainLinks(req *http.Request, resp *http.Response) (*http.Response, error) {
	next, err := nextOf(resp.Header.Values("Link"), req.URL)
	if err != nil {
		return nil, err // not after inspect
	}
	resp.Header.Del("Link")
	if next != nil {
		resp.Header.Set("Link", fmt.Sprintf(`<%s>; rel="next"`, next))
	}
	return resp, nil
}
