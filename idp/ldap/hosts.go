package ldap

import (
	"context"
	"errors"
	"net"
	"slices"
	"strconv"
	"strings"

	ldap "github.com/go-ldap/ldap/v3"

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
// DNS where it has none, then the further ones of the settings.
func (c *Connector) endpoints(ctx context.Context) ([]endpoint, error) {
	var found []endpoint
	switch {
	case c.address.scheme == "ldapi":
		found = append(found, endpoint{network: "unix", address: c.address.host, name: c.address.server()})
	case c.address.host == "":
		looked, err := c.lookUp(ctx)
		if err != nil && len(c.hosts) == 0 {
			return nil, err
		}
		found = looked
	default:
		found = append(found, c.address.endpoint())
	}
	for _, further := range c.hosts {
		found = append(found, further.endpoint())
	}
	return found, nil
}

func (a address) endpoint() endpoint {
	return endpoint{network: "tcp", address: a.hostPort(), host: a.host, name: a.server()}
}

// mostServers bounds how many servers of a domain are tried.
const mostServers = 8

// lookUp asks DNS for the servers of the base DN's domain (RFC 2782; Active
// Directory and draft-ietf-ldapext-locate-08 publish them). A password goes
// only where the user pointed: to hosts inside the domain that the base DN
// names; DNS may be anybody's word.
func (c *Connector) lookUp(ctx context.Context) ([]endpoint, error) {
	domain := domainOf(c.address.base)
	if domain == "" {
		return nil, fault.New(fault.Usage, "name a host, or a base DN that ends in dc=example,dc=com",
			"--idp: the URL has no host, and no domain to look one up for")
	}
	ctx, cancel := context.WithTimeout(ctx, c.config.ConnectTimeout)
	defer cancel()
	type service struct{ name, port string } // without a port it is the record's
	services := []service{{"ldap", ""}}
	if c.address.scheme == "ldaps" {
		// Few publish it; what listens on 389 mostly listens on 636, too.
		services = []service{{"ldaps", ""}, {"ldap", "636"}}
	}
	doing := "looking up the LDAP servers of " + domain
	outside := 0
	for _, service := range services {
		_, records, err := c.config.Resolver.LookupSRV(ctx, service.name, "tcp", domain)
		if dns, ok := errors.AsType[*net.DNSError](err); err != nil && (!ok || !dns.IsNotFound) {
			return nil, fault.New(fault.Source, "name a host in --idp", "%s: %w", doing, err)
		}
		var found []endpoint
		for _, record := range records {
			host := strings.ToLower(strings.TrimSuffix(record.Target, "."))
			if host != domain && !strings.HasSuffix(host, "."+domain) {
				outside++
				continue
			}
			port := service.port
			if port == "" {
				port = strconv.Itoa(int(record.Port))
			}
			found = append(found, address{scheme: c.address.scheme, host: host, port: port}.endpoint())
		}
		if len(found) > 0 {
			return found[:min(len(found), mostServers)], nil
		}
	}
	if outside > 0 {
		return nil, fault.New(fault.Source, "name a host in --idp", "%s: all of them are outside of the domain", doing)
	}
	return nil, fault.New(fault.Source, "name a host in --idp", "%s: DNS knows none", doing)
}

// domainOf is the domain of a DN's dc parts (RFC 2247), or "".
func domainOf(dn string) string {
	parsed, err := ldap.ParseDN(dn)
	if err != nil {
		return ""
	}
	var labels []string
	for _, rdn := range slices.Backward(parsed.RDNs) {
		if len(rdn.Attributes) != 1 || canonical(rdn.Attributes[0].Type) != "dc" {
			break
		}
		labels = append(labels, strings.ToLower(rdn.Attributes[0].Value))
	}
	slices.Reverse(labels)
	return strings.Join(labels, ".")
}

// parseHosts reads the further hosts: names or addresses, each with a port or
// without.
func parseHosts(scheme string, hosts []string) ([]address, error) {
	parsed := make([]address, len(hosts))
	for i, host := range hosts {
		a := address{scheme: scheme}
		if err := a.setAuthority(host); err != nil || a.host == "" {
			return nil, fault.New(fault.Usage, "it is a name or an address, with :PORT or without", "--ldap-host: %q is no host", host)
		}
		parsed[i] = a
	}
	return parsed, nil
}
