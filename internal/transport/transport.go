// Package transport is the program's one way to speak HTTP: whom to trust, how
// long to wait, what to try again, and that a secret meant for one host never
// reaches another. The clients of every API are built on it.
package transport

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/url"
	"slices"
	"time"

	"golang.org/x/net/http/httpguts"

	"cohort/internal/certificates"
	"cohort/internal/fault"
)

// Config is what a caller may choose. The zero Config is ready to use.
type Config struct {
	// Version of the program, for the header "User-Agent: cohort/VERSION";
	// "dev" when empty.
	Version string
	// CAFile holds certificates of authorities in PEM. They are trusted instead
	// of the system's, as Coder's command line does with
	// CODER_CLIENT_TLS_CA_FILE; append the system's to the file to have both.
	CAFile string
	// CAs are certificates of authorities in PEM, trusted beside those of
	// CAFile, and like them instead of the system's.
	CAs []byte
	// CertFile and KeyFile hold a certificate and its key in PEM, for servers
	// that ask who is there; both or neither. Others must not be able to read
	// the key.
	CertFile, KeyFile string
	// Headers go with every request, in place of the program's own of the same
	// name. Their values may be secrets, and no error repeats them.
	Headers http.Header

	// ConnectTimeout bounds the TCP connection and the TLS handshake, each:
	// 15 s when zero.
	ConnectTimeout time.Duration
	// ReadTimeout is how long a server may be silent, before its answer begins
	// and between any two parts of it: 60 s when zero. An answer that keeps
	// coming may take as long as it needs, unless it is read Whole.
	ReadTimeout time.Duration

	// Whole reads every answer to its end before the caller gets it, so that one
	// that breaks off is tried again like a lost connection. It is for answers
	// that fit into memory, and one that is beyond the two bounds that follow
	// is an [EndlessError].
	Whole bool
	// MaxBytes is how long a Whole answer may be, unpacked: 1 GiB when zero.
	MaxBytes int64
	// MaxTime is how long a Whole answer may take from its first byte to its
	// last: ten times the ReadTimeout when zero.
	MaxTime time.Duration
	// Lifetime, when it ends, closes all connections. Nil never ends.
	Lifetime context.Context
	// Attempt puts a layer of the caller's under the retries: every attempt
	// passes through what it makes of the layers below. Nil adds none.
	Attempt func(http.RoundTripper) http.RoundTripper
	// Retries is how often a request that can be repeated is sent again: 4
	// times when zero, never when negative.
	Retries int
	// BaseDelay is the wait before the first retry, which doubles for each
	// further one: 500 ms when zero.
	BaseDelay time.Duration
	// MaxDelay is the longest wait before a retry: 2 minutes when zero. A
	// server that asks for more gets no retry.
	MaxDelay time.Duration
	// Notify is told of each wait before a request is sent again. It may be nil.
	Notify func(Retry)
}

// New builds the client. Its requests go through the proxies that the
// environment names, speak TLS 1.2 or later, are sent again when that promises
// to help, and follow redirects within one origin only ([RedirectError]). They
// end with their context, also while waiting. Of an error only the cause is fit
// to be shown: the [url.Error] around it repeats the whole URL, and a query may
// hold an assertion or a token.
//
// Unusable certificates and headers are a [fault.Usage].
func New(c Config) (*http.Client, error) {
	c = c.withDefaults()
	roots, err := authorities(c.CAFile, c.CAs)
	if err != nil {
		return nil, err
	}
	own, err := certificates.Pair("read the client certificate", c.CertFile, c.KeyFile)
	if err != nil {
		return nil, err
	}
	if err := checkHeaders(c.Headers); err != nil {
		return nil, err
	}
	base := &http.Transport{
		Proxy:                 proxy,
		DialContext:           within(c.Lifetime, (&net.Dialer{Timeout: c.ConnectTimeout}).DialContext),
		TLSClientConfig:       &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots, Certificates: own},
		TLSHandshakeTimeout:   c.ConnectTimeout,
		ResponseHeaderTimeout: c.ReadTimeout,
		IdleConnTimeout:       90 * time.Second,
		ForceAttemptHTTP2:     true,
	}
	var chain layer = watching{layer: base, silence: c.ReadTimeout}
	if c.Whole {
		chain = whole{layer: chain, bytes: c.MaxBytes, time: c.MaxTime}
	}
	if c.Attempt != nil {
		chain = attempts{layer: chain, through: c.Attempt(chain)}
	}
	chain = retrying{
		layer:    chain,
		retries:  c.Retries,
		base:     c.BaseDelay,
		longest:  c.MaxDelay,
		announce: c.Notify,
	}
	chain = confined{layer: chain}
	return &http.Client{Transport: agent{layer: chain, name: "cohort/" + c.Version, headers: c.Headers.Clone()}}, nil
}

func (c Config) withDefaults() Config {
	orElse := func(value *time.Duration, standard time.Duration) {
		if *value <= 0 {
			*value = standard
		}
	}
	orElse(&c.ConnectTimeout, 15*time.Second)
	orElse(&c.ReadTimeout, time.Minute)
	orElse(&c.MaxTime, 10*c.ReadTimeout)
	orElse(&c.BaseDelay, 500*time.Millisecond)
	orElse(&c.MaxDelay, 2*time.Minute)
	if c.MaxBytes <= 0 {
		c.MaxBytes = 1 << 30
	}
	if c.Retries == 0 {
		c.Retries = 4
	}
	if c.Version == "" {
		c.Version = "dev"
	}
	if c.Notify == nil {
		c.Notify = func(Retry) {}
	}
	return c
}

// layer is a RoundTripper over another one, which it embeds.
type layer interface {
	http.RoundTripper
	CloseIdleConnections()
}

// agent names the program in every request, and adds the configured headers.
type agent struct {
	layer
	name    string
	headers http.Header
}

func (a agent) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	req.Header.Set("User-Agent", a.name)
	for name, values := range a.headers {
		req.Header[name] = slices.Clone(values)
	}
	return a.layer.RoundTrip(req)
}

// checkHeaders refuses what net/http would refuse in every request, with the
// value in its error.
func checkHeaders(headers http.Header) error {
	for name, values := range headers {
		if !httpguts.ValidHeaderFieldName(name) || http.CanonicalHeaderKey(name) != name {
			return fault.New(fault.Usage, "", "an additional header has a name that no header can have")
		}
		if slices.ContainsFunc(values, func(value string) bool { return !httpguts.ValidHeaderFieldValue(value) }) {
			return fault.New(fault.Usage, "", "the additional header %s has a value with a line feed or another control character", name)
		}
	}
	return nil
}

// ProxyOf is the host, and port, of the proxy through which a URL is reached;
// empty without one.
func ProxyOf(target string) string {
	u, err := url.Parse(target)
	if err != nil {
		return ""
	}
	through, err := proxy(&http.Request{URL: u})
	if err != nil || through == nil {
		return ""
	}
	return through.Host
}

// proxy asks the environment. The library's own error repeats the proxy's URL,
// which often holds a password.
func proxy(req *http.Request) (*url.URL, error) {
	through, err := http.ProxyFromEnvironment(req)
	if err != nil {
		return nil, errors.New("the proxy in the environment (HTTPS_PROXY, HTTP_PROXY) is not a URL")
	}
	return through, nil
}
