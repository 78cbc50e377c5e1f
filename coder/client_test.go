package coder

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/url"
	"strings"
	"testing"

	"cohort/internal/fault"
	"cohort/internal/transport"
)

func TestConfigurationsThatCannotBeRightAreRefused(t *testing.T) {
	for _, c := range []struct {
		name   string
		config Config
		kind   fault.Kind
		says   string
	}{
		{"no URL", Config{Token: "t"}, fault.Usage, "does not begin with https://"},
		{"no scheme", Config{URL: "coder.example.com", Token: "t"}, fault.Usage, "does not begin with https://"},
		{"a port without a scheme", Config{URL: "coder.example.com:443", Token: "t"}, fault.Usage, "--coder"},
		{"another scheme", Config{URL: "ftp://coder.example.com", Token: "t"}, fault.Usage, "does not begin with https://"},
		{"no host", Config{URL: "https://:443", Token: "t"}, fault.Usage, "has no host"},
		{"a user and a password", Config{URL: "https://ada:secret@coder.example.com", Token: "t"}, fault.Usage, "a user or a password"},
		{"a password that is no URL", Config{URL: "https://ada:secret%zz@coder.example.com", Token: "t"}, fault.Usage, "is not a URL"},
		{"a path", Config{URL: "https://coder.example.com/secret", Token: "t"}, fault.Usage, "has more than a host"},
		{"a path and a slash", Config{URL: "https://coder.example.com/secret/", Token: "t"}, fault.Usage, "has more than a host"},
		{"two slashes", Config{URL: "https://coder.example.com//", Token: "t"}, fault.Usage, "has more than a host"},
		{"a slash and a query", Config{URL: "https://coder.example.com/?token=secret", Token: "t"}, fault.Usage, "has more than a host"},
		{"a path and a query", Config{URL: "https://coder.example.com/secret?x=1", Token: "t"}, fault.Usage, "has more than a host"},
		{"a query", Config{URL: "https://coder.example.com?token=secret", Token: "t"}, fault.Usage, "has more than a host"},
		{"a fragment", Config{URL: "https://coder.example.com#secret", Token: "t"}, fault.Usage, "has more than a host"},
		{"no token", Config{URL: "https://coder.example.com"}, fault.Credentials, "CODER_SESSION_TOKEN"},
		{"a token with a line feed", Config{URL: "https://coder.example.com", Token: "secret\n"}, fault.Usage, "line feed"},
		{"a token with an accent", Config{URL: "https://coder.example.com", Token: "secrét"}, fault.Usage, "line feed"},
		{"http to another host", Config{URL: "http://coder.example.com", Token: "secret"}, fault.Usage, "--coder-allow-cleartext"},
		{"http to a name that only looks local", Config{URL: "http://localhost.example.com", Token: "t"}, fault.Usage, "unencrypted"},
		{"a CA file that is not there",
			Config{URL: "https://coder.example.com", Token: "t", HTTP: transport.Config{CAFile: "/nonexistent/ca.pem"}},
			fault.Usage, "CODER_CLIENT_TLS_*: read the CA file"},
		{"a client certificate without its key",
			Config{URL: "https://coder.example.com", Token: "t", HTTP: transport.Config{CertFile: "cert.pem"}},
			fault.Usage, "CODER_CLIENT_TLS_*: read the client certificate"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := New(c.config)
			if err == nil || fault.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.says) {
				t.Fatalf("error %v; want kind %d and %q", err, c.kind, c.says)
			}
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("error %v repeats a secret", err)
			}
		})
	}
}

func TestGoodConfigurationsAreNamedWithoutOrnament(t *testing.T) {
	for _, c := range []struct {
		config Config
		want   string
	}{
		{Config{URL: "https://Coder.Example.com:443/"}, "https://coder.example.com"},
		{Config{URL: "HTTPS://coder.example.com:8443"}, "https://coder.example.com:8443"},
		{Config{URL: "http://localhost:3000"}, "http://localhost:3000"},
		{Config{URL: "http://coder.localhost:3000"}, "http://coder.localhost:3000"},
		{Config{URL: "http://127.0.0.2:3000"}, "http://127.0.0.2:3000"},
		{Config{URL: "http://[::1]:3000"}, "http://[::1]:3000"},
		{Config{URL: "http://coder.coder.svc", AllowCleartext: true}, "http://coder.coder.svc"},
	} {
		c.config.Token = "t"
		client, err := New(c.config)
		if err != nil {
			t.Errorf("%s: %v", c.config.URL, err)
			continue
		}
		if client.Name() != c.want {
			t.Errorf("%s is named %s; want %s", c.config.URL, client.Name(), c.want)
		}
	}
}

func TestFailuresThatAreHardToServeGetTheirAdviceToo(t *testing.T) {
	c := &Client{name: "https://coder.example.com"}
	for _, f := range []struct {
		cause error
		hint  string
	}{
		{&net.DNSError{Err: "no such host", Name: "coder.example.com", IsNotFound: true}, "check the host name"},
		{&tls.CertificateVerificationError{Err: x509.HostnameError{Certificate: &x509.Certificate{}, Host: "coder.example.com"}},
			"the name that the certificate is for"},
		{&tls.CertificateVerificationError{Err: x509.CertificateInvalidError{Reason: x509.Expired}}, "has to be renewed"},
		{context.DeadlineExceeded, "can be reached from here"},
		{io.EOF, ""},
	} {
		err := c.failure(t.Context(), "doing", &url.Error{Op: "Get", URL: "https://coder.example.com/?secret", Err: f.cause})
		told, ok := errors.AsType[*fault.Error](err)
		if !ok || told.Kind != fault.Source || !strings.Contains(told.Hint, f.hint) {
			t.Errorf("%v: error %v; want one of the source with the hint %q", f.cause, err, f.hint)
		}
		if !errors.Is(err, f.cause) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%v: error %v; want the cause in its chain and no query", f.cause, err)
		}
	}
}
