// Package ldap reads people from an LDAP directory: Active Directory,
// OpenLDAP, 389 Directory Server and their like.
package ldap

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"math"
	"net"
	"strings"
	"time"
	"unicode"

	ldap "github.com/go-ldap/ldap/v3"

	"cohort/idp"
	"cohort/idp/ldap/internal/wire"
	"cohort/internal/fault"
)

// Config says which directory is read, and as whom. Only URL is needed; a
// complete one:
//
//	ldap.Config{
//		// RFC 4516: host, port, base DN, scope and filter. Attributes in the
//		// URL are ignored, since the request names them; a critical extension
//		// is refused. Without a scope the whole subtree is read, where the RFC
//		// would read the base alone.
//		URL: "ldap://ldap.example.com:389/ou=people,dc=example,dc=com??sub?(objectClass=person)",
//
//		// These win over the URL's. Without any base the server's own naming
//		// context is read. Without any filter people are objectClass=person,
//		// on Active Directory users that are persons (computers are users).
//		Base:   "ou=people,dc=example,dc=com",
//		Filter: "(&(objectClass=person)(!(employeeType=robot)))",
//
//		// An account that may read people; both or neither. Active Directory
//		// also takes user@example.com and EXAMPLE\user.
//		BindDN:   "cn=reader,dc=example,dc=com",
//		Password: "…",
//
//		// The CA that signed the server's certificate; then it alone is
//		// trusted. Without it the system's are.
//		CAFile: "/etc/ssl/example-ca.pem",
//
//		// A client certificate and its key (PEM, the key unencrypted and not
//		// readable by others); both or neither. Without a BindDN it is who
//		// signs in (SASL EXTERNAL).
//		CertFile: "/etc/ssl/reader.pem",
//		KeyFile:  "/etc/ssl/private/reader.key",
//
//		// Further hosts, tried in turn where the one before cannot be reached.
//		// Without a host in the URL, DNS is asked for those of the base DN's
//		// domain; only servers inside that domain count.
//		Hosts: []string{"ldap2.example.com", "ldap3.example.com:1636"},
//		// Whom to ask for addresses; nil is the system's way.
//		Resolver: nil,
//
//		// "require" and "off" mean for every host what they say; "" requires
//		// StartTLS of ldap:// except on loopback. ldaps:// is TLS anyway.
//		StartTLS: "require",
//		// Lets the password travel unencrypted to another host than loopback.
//		AllowCleartext: false,
//
//		ConnectTimeout: 10 * time.Second, // until TLS stands, for each host; and for DNS
//		ReadTimeout:    2 * time.Minute,  // of silence while an answer is due
//		PageSize:       500,              // entries an answer (RFC 2696)
//
//		// Only [Connector.Plan] can be asked for: credentials may be missing, and
//		// are not read from files.
//		PlanOnly: false,
//
//		// "error" refuses a directory of which other servers have parts;
//		// "report" and "" tell of them. They are never followed.
//		Referrals: "error",
//	}
type Config struct {
	URL            string
	Base, Filter   string
	BindDN         string
	Password       string
	CAFile         string
	CertFile       string
	KeyFile        string
	Hosts          []string
	StartTLS       string
	AllowCleartext bool
	ConnectTimeout time.Duration
	ReadTimeout    time.Duration
	PageSize       int
	Referrals      string
	Resolver       *net.Resolver
	PlanOnly       bool
}

// What a Config's zeros stand for. Active Directory ends a query after two
// minutes by itself; that answer says more than a silence.
const (
	defaultConnectTimeout = 10 * time.Second
	defaultReadTimeout    = 2 * time.Minute
	defaultPageSize       = 500
)

// Values of Config.StartTLS; the empty one depends on the server's address.
const (
	startTLSRequire = "require"
	startTLSOff     = "off"
)

// StartTLSChoices are the words for Config.StartTLS.
func StartTLSChoices() []string { return []string{startTLSRequire, startTLSOff} }

// Values of Config.Referrals, for a directory of which other servers have parts;
// the empty one tells of them, too.
const (
	referralsReport = "report"
	referralsError  = "error"
)

// ReferralChoices are the words for Config.Referrals, the default first.
func ReferralChoices() []string { return []string{referralsReport, referralsError} }

// Connector reads people from one directory. It may be used by several
// goroutines; each loop over a stream has a connection of its own.
type Connector struct {
	config  Config
	address address
	hosts   []address      // further ones
	roots   *x509.CertPool // nil means the system's
	// certificates holds the client's, if there is one.
	certificates []tls.Certificate
	// dialContext connects in place of a [net.Dialer], in tests.
	dialContext func(ctx context.Context, network, address string) (net.Conn, error)
}

var (
	_ idp.Connector = (*Connector)(nil)
	_ idp.Planner   = (*Connector)(nil)
)

// New checks everything that can be checked without a network. Its errors are
// of the kind [fault.Usage] and name the setting as the command's users know
// it.
func New(config Config) (*Connector, error) {
	address, err := parseAddress(config.URL)
	if err != nil {
		return nil, err
	}
	for _, e := range address.extensions {
		if err := config.extend(address.scheme, e); err != nil {
			return nil, err
		}
	}
	c := &Connector{config: config, address: address}
	for _, check := range []func() error{
		c.checkSearch, c.checkHosts, c.checkCredentials, c.checkTLS, c.checkCertificate, c.checkRest,
	} {
		if err := check(); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// Source names the directory. Access rules may hide people without a sign, so
// a finished stream proves nothing.
func (c *Connector) Source() idp.Source {
	name := address{
		scheme: c.address.scheme,
		host:   c.address.host,
		port:   c.address.port,
		base:   c.address.base,
	}
	return idp.Source{Name: name.String()}
}

func (c *Connector) checkSearch() error {
	base, filter := "--idp", "--idp"
	if c.config.Base != "" {
		c.address.base, base = c.config.Base, "--ldap-base"
	}
	if c.config.Filter != "" {
		c.address.filter, filter = c.config.Filter, "--ldap-filter"
	}
	if _, err := ldap.ParseDN(c.address.base); err != nil {
		return fault.New(fault.Usage, "a base DN looks like ou=people,dc=example,dc=com",
			"%s: the base DN is not right: %w", base, err)
	}
	if c.address.filter == "" {
		return nil
	}
	if _, err := ldap.CompileFilter(c.address.filter); err != nil {
		return fault.New(fault.Usage, "a filter looks like (&(objectClass=person)(mail=*))",
			"%s: the filter is not right: %s", filter, plain(err))
	}
	return nil
}

func (c *Connector) checkCredentials() error {
	name := c.config.BindDN
	switch {
	case c.config.PlanOnly:
		return nil
	case name == "" && c.config.Password != "":
		return fault.New(fault.Usage, "name the account with --ldap-bind-dn",
			"--ldap-bind-dn: there is a password (--ldap-password-file, COHORT_LDAP_PASSWORD) but no account")
	case name != "" && c.config.Password == "":
		// A server takes a name without a password for an anonymous client
		// and says success (RFC 4513, section 5.1.2).
		return fault.New(fault.Usage, "give it by --ldap-password-file or COHORT_LDAP_PASSWORD",
			"--ldap-bind-dn: the account has no password")
	case strings.TrimSpace(name) != name && !strings.HasSuffix(name, `\ `), strings.ContainsFunc(name, unicode.IsControl):
		// The name may be a DN, but need not be one; it goes as it is. An
		// escaped blank may end a DN (RFC 4514, section 2.4).
		return fault.New(fault.Usage, "it is a DN, or what Active Directory takes: user@example.com, EXAMPLE\\user",
			"--ldap-bind-dn: the name begins or ends with a blank, or holds a line's end")
	}
	return nil
}

func (c *Connector) checkRest() error {
	switch c.config.Referrals {
	case "", referralsReport, referralsError:
	default:
		return fault.New(fault.Usage, "it is report or error", "--ldap-referrals: an unknown value")
	}
	if c.config.ConnectTimeout < 0 || c.config.ReadTimeout < 0 {
		return fault.New(fault.Usage, "it is a time such as 30s or 2m", "--timeout: an LDAP time-out is negative")
	}
	if c.config.PageSize < 0 || c.config.PageSize > math.MaxInt32 {
		return fault.New(fault.Usage, "", "the LDAP page size is not from 1 to %d", math.MaxInt32)
	}
	c.config.ConnectTimeout = cmp.Or(c.config.ConnectTimeout, defaultConnectTimeout)
	c.config.ReadTimeout = cmp.Or(c.config.ReadTimeout, defaultReadTimeout)
	c.config.PageSize = cmp.Or(c.config.PageSize, defaultPageSize)
	c.config.Resolver = cmp.Or(c.config.Resolver, net.DefaultResolver)
	return nil
}

// scopeCode is the scope as a search request spells it (RFC 4511, section
// 4.5.1.2).
func (a address) scopeCode() wire.Scope {
	switch a.scope {
	case "base":
		return wire.BaseObject
	case "one":
		return wire.SingleLevel
	default:
		return wire.WholeSubtree
	}
}

// plain is the message of go-ldap's error without its result code, which is
// not the server's here.
func plain(err error) string {
	text := err.Error()
	if inner, ok := unwrapResult(err); ok {
		text = inner.Err.Error()
	}
	return strings.TrimPrefix(text, "ldap: ")
}
