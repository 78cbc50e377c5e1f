package okta

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/go-jose/go-jose/v3"
	"github.com/go-jose/go-jose/v3/jwt"
	"github.com/okta/okta-sdk-golang/v2/okta"
)

const tokenPath = "/oauth2/v1/token"

// tokens gets the access tokens of a service app by the client credentials
// grant with a signed assertion (RFC 7523, section 2.2). The SDK's own way is
// left: it puts the assertion into the URL, where it shows in errors and logs,
// does not end with the context, and goes on with a token that the org has
// refused.
type tokens struct {
	origin, clientID string
	scopes           []string
	signer           jose.Signer
	client           *http.Client

	// turn holds the one token, and is empty while somebody gets another.
	turn chan *accessToken
}

type accessToken struct {
	text    string
	expires time.Time
	// good says that the org has taken it at least once.
	good atomic.Bool
}

func newTokens(origin, clientID string, scopes []string, signer jose.Signer) *tokens {
	t := &tokens{origin: origin, clientID: clientID, scopes: scopes, signer: signer, turn: make(chan *accessToken, 1)}
	t.turn <- &accessToken{}
	return t
}

// current is a token that has not expired and is not the refused one, which
// may be nil.
func (t *tokens) current(ctx context.Context, refused *accessToken) (*accessToken, error) {
	var token *accessToken
	select {
	case token = <-t.turn:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { t.turn <- token }()
	if token != refused && time.Now().Before(token.expires) {
		return token, nil
	}
	fresh, err := t.get(ctx)
	if err != nil {
		return nil, &signInError{err}
	}
	token = fresh
	return token, nil
}

// signInError says that a request was not made, for want of a token. It does
// not unwrap: the request for the token had retries of its own.
type signInError struct{ cause error }

func (e *signInError) Error() string { return "sign in: " + e.cause.Error() }

func (t *tokens) get(ctx context.Context) (*accessToken, error) {
	body, err := t.form()
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, t.origin+tokenPath, body)
	if err != nil {
		return nil, err
	}
	// The request can be repeated: an assertion is good once, so each attempt
	// has one of its own. The key has no value and is not sent.
	req.GetBody = t.form
	req.Header["Idempotency-Key"] = []string{}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	asked := time.Now()
	resp, err := t.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }() // it is in memory
	var granted okta.RequestAccessToken
	if err := json.NewDecoder(resp.Body).Decode(&granted); err != nil {
		// The library's error may repeat a part of the token.
		return nil, errors.New("the answer cannot be read")
	}
	if granted.AccessToken == "" || !strings.EqualFold(granted.TokenType, "Bearer") {
		return nil, errors.New("the answer holds no bearer token")
	}
	life := time.Duration(granted.ExpiresIn) * time.Second
	return &accessToken{text: granted.AccessToken, expires: asked.Add(life - min(life/10, 30*time.Second))}, nil
}

// form is the request's body with a new assertion. Its life is short, and
// begins a little earlier for clocks that are apart.
func (t *tokens) form() (io.ReadCloser, error) {
	now := time.Now()
	assertion, err := jwt.Signed(t.signer).Claims(okta.ClientAssertionClaims{
		Issuer:   t.clientID,
		Subject:  t.clientID,
		Audience: t.origin + tokenPath,
		IssuedAt: jwt.NewNumericDate(now.Add(-time.Minute)),
		Expiry:   jwt.NewNumericDate(now.Add(10 * time.Minute)),
		ID:       rand.Text(),
	}).CompactSerialize()
	if err != nil {
		return nil, fmt.Errorf("sign the assertion: %w", err)
	}
	return io.NopCloser(strings.NewReader(url.Values{
		"grant_type":            {"client_credentials"},
		"scope":                 {strings.Join(t.scopes, " ")},
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
		"client_assertion":      {assertion},
	}.Encode())), nil
}
