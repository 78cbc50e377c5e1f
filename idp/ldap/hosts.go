package ldap

import (
	"context"
	"net"
	"net/netip"

	"cohort/internal/fault"
)

// endpoint is one place where the directory may listen.
type endpoint struct {
	network string // tcp or unix
	address string // host and port, or a path
	host    string // for TLS: what the certificate must name
	name    string // for messages: ldaps://dc1.example.com
}

// endpoints are where to try to connect, in turn: the URL's host, or those of
// DNS where it has none, then the further ones of the settings. The error is
// that of DNS; there may be further hosts nevertheless.
func (c *Connector) endpoints(ctx context.Context) (found []endpoint, err error) {
	switch {
	case c.address.scheme == "ldapi":
		found = append(found, endpoint{network: "unix", address: c.address.host, name: c.address.server()})
	case c.address.host != "":
		found = append(found, c.address.endpoint())
	case domainOf(c.address.base) != "":
		found, err = c.lookUp(ctx)
	}
	for _, further := range c.hosts {
		found = append(found, further.endpoint())
	}
	return found, err
}

func (a address) endpoint() endpoint {
	return endpoint{network: "tcp", address: a.hostPort(), host: a.host, name: a.server()}
}

// hostPort is where the server listens.
func (a address) hostPort() string {
	port := a.port
	if port == "" {
		port = map[string]string{"ldap": "389", "ldaps": "636"}[a.scheme]
	}
	return net.JoinHostPort(a.host, port)
}

// server is the address without base, for messages.
func (a address) server() string {
	return address{scheme: a.scheme, host: a.host, port: a.port}.String()
}

// checkHosts reads the further hosts, each with a port or without, which is
// the URL's then, and sees to it that there is any host at all.
func (c *Connector) checkHosts() error {
	if c.address.scheme == "ldapi" && len(c.config.Hosts) > 0 {
		return fault.New(fault.Usage, "leave it out, or use ldap:// or ldaps://",
			"--ldap-host: an ldapi:// connection does not leave this machine")
	}
	for _, text := range c.config.Hosts {
		further := address{scheme: c.address.scheme}
		if err := further.setPlainHost(text); err != nil || further.host == "" {
			return fault.New(fault.Usage, "it is a name or an address, with :PORT or without, such as dc2.example.com or [::1]:636",
				"--ldap-host: %q is no host", text)
		}
		if further.port == "" {
			further.port = c.address.port
		}
		c.hosts = append(c.hosts, further)
	}
	if c.address.host == "" && len(c.hosts) == 0 && domainOf(c.address.base) == "" {
		return fault.New(fault.Usage, "name a host, or a base DN that ends in dc=example,dc=com",
			"--idp: the URL has no host, and no domain to look one up for")
	}
	return nil
}

// setPlainHost reads a host that stands outside of a URL: nothing in it is
// percent-encoded, and an IPv6 address without a port needs no brackets.
func (a *address) setPlainHost(text string) error {
	if _, err := netip.ParseAddr(text); err == nil {
		return a.setHost(text, "")
	}
	host, port, err := cutPort(text)
	if err != nil {
		return err
	}
	return a.setHost(host, port)
}

// globalCatalogue says whether the URL names a port of Active Directory's
// global catalogue (MS-ADTS, section 3.1.1.3.1.10): everybody of the forest,
// but only the attributes that the schema marks for it.
func (a address) globalCatalogue() bool { return a.port == "3268" || a.port == "3269" }
