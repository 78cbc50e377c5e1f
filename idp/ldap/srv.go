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

// mostServers bounds how many servers of a domain are tried.
const mostServers = 8

// service is a name under which DNS may have servers.
type service struct {
	name string
	port string // in place of the record's
}

// services are those that DNS is asked for, in turn.
func (c *Connector) services() []service {
	if c.address.scheme == "ldaps" {
		// Few publish the first, Active Directory does not; what listens on
		// 389 mostly listens on 636, too.
		return []service{{"ldaps", ""}, {"ldap", "636"}}
	}
	return []service{{"ldap", ""}}
}

// lookUp asks DNS for the servers of the base DN's domain, in the order of
// their priority and weight (RFC 2782; Active Directory publishes them). A
// password goes only where the user pointed: to hosts inside the domain that
// the base DN names. DNS may be anybody's word, and a record that leads
// elsewhere counts for nothing.
func (c *Connector) lookUp(ctx context.Context) ([]endpoint, error) {
	domain := domainOf(c.address.base)
	doing := "looking up the LDAP servers of " + domain
	within, cancel := context.WithTimeout(ctx, c.config.ConnectTimeout)
	defer cancel()
	outside := 0
	for _, service := range c.services() {
		// The dot at the end keeps the resolver from trying its own domains.
		_, records, err := c.config.Resolver.LookupSRV(within, service.name, "tcp", domain+".")
		if ended := ended(ctx, doing); ended != nil {
			return nil, ended
		}
		// Go gives an error beside good records where others are malformed.
		if err != nil && len(records) == 0 && !isNotFound(err) {
			if isTimeout(err) {
				return nil, fault.New(fault.Source, "name a host in --idp", "%s: DNS gave no answer within %s", doing, c.config.ConnectTimeout)
			}
			return nil, fault.New(fault.Source, "name a host in --idp", "%s: %w", doing, err)
		}
		found, others := c.inside(domain, service, records)
		if len(found) > 0 {
			return found[:min(len(found), mostServers)], nil
		}
		outside += others
	}
	if outside > 0 {
		return nil, fault.New(fault.Source, "name a host in --idp",
			"%s: DNS names %d, all of them outside of the domain, where no password may go", doing, outside)
	}
	return nil, fault.New(fault.Source, "name a host in --idp", "%s: DNS knows none", doing)
}

// inside are the servers that are within the domain; outside counts others.
func (c *Connector) inside(domain string, service service, records []*net.SRV) (found []endpoint, outside int) {
	for _, record := range records {
		host := strings.ToLower(strings.TrimSuffix(record.Target, "."))
		switch {
		case host == "":
			// The domain says that it has no such service (RFC 2782).
			continue
		case host != domain && !strings.HasSuffix(host, "."+domain):
			outside++
			continue
		}
		port := service.port
		if port == "" {
			port = strconv.Itoa(int(record.Port))
		}
		found = append(found, address{scheme: c.address.scheme, host: host, port: port}.endpoint())
	}
	return found, outside
}

func isNotFound(err error) bool {
	dns, ok := errors.AsType[*net.DNSError](err)
	return ok && dns.IsNotFound
}

// domainOf is the domain of a DN's dc parts at its end (RFC 2247), or "".
func domainOf(dn string) string {
	parsed, err := ldap.ParseDN(dn)
	if err != nil {
		return ""
	}
	var labels []string
	for _, rdn := range slices.Backward(parsed.RDNs) {
		if len(rdn.Attributes) != 1 || !isDomainComponent(rdn.Attributes[0].Type) {
			break
		}
		labels = append(labels, strings.ToLower(rdn.Attributes[0].Value))
	}
	slices.Reverse(labels)
	return strings.Join(labels, ".")
}

// isDomainComponent knows dc by its names (RFC 4519, section 2.4).
func isDomainComponent(attribute string) bool {
	switch strings.ToLower(attribute) {
	case "dc", "domaincomponent", "0.9.2342.19200300.100.1.25":
		return true
	default:
		return false
	}
}
