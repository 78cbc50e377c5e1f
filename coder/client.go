package coder

import (
	"fmt"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strings"
	"unicode"

	"github.com/coder/coder/v2/codersdk"

	"cohort/internal/fault"
	"cohort/internal/transport"
)

// Config says which deployment to read and as whom. [Config.Complete] fills it
// from the environment. A complete one, and where the command takes each part
// from:
//
//	coder.Config{
//		// --coder, CODER_URL, or the deployment of "coder login".
//		URL: "https://coder.example.com",
//		// --coder-token-file, CODER_SESSION_TOKEN, or the one of "coder login"
//		// for this very deployment. Make it with: coder tokens create --scope
//		// user:read --scope 'template:*', as a user with the role auditor.
//		Token: os.Getenv("CODER_SESSION_TOKEN"),
//		// --coder-allow-cleartext: send the token over http:// to other
//		// hosts than this one.
//		AllowCleartext: false,
//		// --allow-empty: a deployment with nobody, or nobody but the token's
//		// owner, is not an error.
//		AllowEmpty: false,
//		Progress:   func(come, days int) {},
//		HTTP: transport.Config{
//			Version: "1.0.0",
//			// CODER_CLIENT_TLS_CA_FILE: trusted instead of the system's.
//			CAFile: "/etc/ssl/example-ca.pem",
//			// CODER_CLIENT_TLS_CERT_FILE and CODER_CLIENT_TLS_KEY_FILE.
//			CertFile: "/etc/ssl/cohort.pem", KeyFile: "/etc/ssl/cohort-key.pem",
//			// CODER_HEADER, for a gateway in front of the deployment.
//			Headers: http.Header{"X-Gateway-Key": {"…"}},
//		},
//	}
type Config struct {
	// URL is scheme and host, and a port where it is not the scheme's own.
	// Coder's API is always at the root, so a path is refused.
	URL string
	// Token is a session token or an API token.
	Token string
	// AllowCleartext permits http:// to another host than loopback, as inside
	// a cluster.
	AllowCleartext bool
	// AllowEmpty makes it no error that a deployment has no users, or none but
	// the token's owner.
	AllowEmpty bool
	// PlanOnly says that only [Client.Plan] is wanted: the token may be missing
	// and is not looked for.
	PlanOnly bool
	// Progress is told how many of the days that [Client.Usage] reads have
	// come, one call at a time. It may be nil.
	Progress func(come, days int)
	// HTTP says how requests are made.
	HTTP transport.Config
}

// Client reads one deployment.
type Client struct {
	name       string
	keyID      string // names the token and is no secret; empty where it has none
	allowEmpty bool
	progress   func(come, days int)
	http       *http.Client
	sdk        *codersdk.Client
	// headers are the names of those that go with every request besides.
	headers []string
	// certificate says that a client certificate is shown.
	certificate bool
}

// New checks the configuration, without a request. Its errors are
// [fault.Usage], for a missing token [fault.Credentials].
func New(c Config) (*Client, error) {
	u, err := deployment(c.URL)
	if err != nil {
		return nil, err
	}
	switch {
	case c.Token == "" && !c.PlanOnly:
		return nil, noToken(transport.Origin(u))
	case strings.ContainsFunc(c.Token, func(r rune) bool { return r <= ' ' || r > '~' }):
		return nil, fault.New(fault.Usage, "it is one word of letters, digits and dashes",
			"the Coder token holds a line feed, a blank or another character that no token has")
	case u.Scheme == "http" && !c.AllowCleartext && !loopback(u.Hostname()):
		return nil, fault.New(fault.Usage, "use https://, or --coder-allow-cleartext where the network is trusted",
			"--coder: the token would go unencrypted to another host")
	}
	if c.PlanOnly {
		return planOnly(u, c), nil
	}
	if c.Progress == nil {
		c.Progress = func(int, int) {}
	}
	// codersdk reads answers itself, when it is too late to ask again.
	c.HTTP.Whole = true
	client, err := transport.New(c.HTTP)
	if err != nil {
		return nil, fmt.Errorf("CODER_CLIENT_TLS_*: %w", err)
	}
	return &Client{
		name:       transport.Origin(u),
		keyID:      keyIDOf(c.Token),
		allowEmpty: c.AllowEmpty,
		progress:   c.Progress,
		headers:    slices.Sorted(maps.Keys(c.HTTP.Headers)), certificate: c.HTTP.CertFile != "",
		http: client,
		sdk: codersdk.New(u,
			codersdk.WithSessionToken(c.Token),
			codersdk.WithHTTPClient(&http.Client{Transport: jsonOnly{client.Transport}})),
	}, nil
}

// keyIDOf is the part of a token before its secret. Something else than letters
// and digits is no such part, and stays out of URLs.
func keyIDOf(token string) string {
	id, _, found := strings.Cut(token, "-")
	isOther := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }
	if !found || strings.ContainsFunc(id, isOther) {
		return ""
	}
	return id
}

// Name is the URL of the deployment, for summaries. It holds no secrets.
func (c *Client) Name() string { return c.name }

// Close closes the connections that are kept for further requests.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// jsonOnly refuses successful answers that are not JSON, which codersdk would
// try to read as such, and tells the layers below which requests can be
// repeated.
type jsonOnly struct{ http.RoundTripper }

// notJSONError is such an answer.
type notJSONError struct{ mediaType string }

func (e *notJSONError) Error() string { return "got " + e.mediaType }

func (j jsonOnly) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Method == http.MethodPost && req.URL.Path == authCheckPath {
		// It changes nothing. The key has no value and is not sent.
		req = req.Clone(req.Context())
		req.Header["Idempotency-Key"] = []string{}
	}
	resp, err := j.RoundTripper.RoundTrip(req)
	if err != nil || resp.StatusCode != http.StatusOK {
		return resp, err
	}
	mediaType, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err == nil && mediaType == "application/json" {
		return resp, nil
	}
	if err != nil {
		mediaType = "an answer without a media type"
	}
	_ = resp.Body.Close()
	return nil, &notJSONError{mediaType}
}
