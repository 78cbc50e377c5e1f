package coder

import (
	"net/netip"
	"net/url"
	"strings"

	"cohort/internal/fault"
	"cohort/internal/transport"
)

// deployment parses the URL of a deployment. The errors never repeat it, since
// people paste tokens and passwords into URLs.
func deployment(text string) (*url.URL, error) {
	const form = "give scheme and host, such as https://coder.example.com"
	refuse := func(why string) (*url.URL, error) {
		return nil, fault.New(fault.Usage, form, "the URL of the Coder deployment (--coder, CODER_URL) %s", why)
	}
	u, err := url.Parse(strings.TrimSpace(text))
	switch {
	case err != nil:
		return refuse("is not a URL")
	case u.User != nil:
		return refuse("holds a user or a password")
	case u.Scheme != "https" && u.Scheme != "http":
		return refuse("does not begin with https://")
	case u.Hostname() == "":
		return refuse("has no host")
	case u.Path != "" && u.Path != "/", u.RawQuery != "", u.Fragment != "":
		// The API lives at the root of the host, wherever the link came from.
		return refuse("has more than a host")
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host}, nil
}

// sameDeployment is true when two URLs lead to one origin, as far as both are
// URLs of deployments at all.
func sameDeployment(a, b string) bool {
	first, errA := deployment(a)
	second, errB := deployment(b)
	return errA == nil && errB == nil && transport.Origin(first) == transport.Origin(second)
}

// loopback is true for hosts that are this machine by definition (RFC 6761,
// section 6.3).
func loopback(host string) bool {
	if address, err := netip.ParseAddr(host); err == nil {
		return address.Unmap().IsLoopback()
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}
