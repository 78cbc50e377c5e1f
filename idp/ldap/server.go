package ldap

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	ldap "github.com/go-ldap/ldap/v3"

	"cohort/idp/ldap/internal/wire"
	"cohort/internal/fault"
)

// Names by which a root DSE tells what its server is.
const (
	// controlPasswordPolicy: draft-behera-ldap-password-policy-10, section 6.1.
	controlPasswordPolicy = "1.3.6.1.4.1.42.2.27.8.5.1"
	// controlPages: RFC 2696.
	controlPages = "1.2.840.113556.1.4.319"
)

// session is a connection that has signed in.
type session struct {
	wire      *wire.Conn
	name      string        // the server, for messages
	silence   time.Duration // how long the server may say nothing
	anonymous bool
	external  bool // signed in by a certificate or a socket
	encrypted bool
	server    server
	// continuations are what searches left to other servers.
	continuations continuations
}

// server is what the root DSE says; its zero is a server that says nothing.
type server struct {
	contexts       []string
	defaultContext string
	flavour        flavour
	passwordPolicy bool
	controls       []string // OIDs; none where the server does not tell
	currentTime    string   // as Active Directory tells it
}

// open connects, signs in and reads the root DSE.
func (c *Connector) open(ctx context.Context) (*session, error) {
	if c.config.PlanOnly {
		return nil, errPlanOnly
	}
	connected, err := c.dial(ctx)
	if err != nil {
		return nil, err
	}
	s, err := c.signIn(ctx, connected)
	if err != nil {
		return nil, err
	}
	if s.server, err = c.readRootDSE(ctx, s); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// signIn makes a session of a connection, which it closes where it fails.
func (c *Connector) signIn(ctx context.Context, connected *conn) (*session, error) {
	s := &session{
		wire:      wire.NewConn(connected.Conn, wire.Limits{Silence: c.config.ReadTimeout}),
		name:      connected.name,
		silence:   c.config.ReadTimeout,
		anonymous: c.config.BindDN == "" && !c.external(),
		external:  c.external(),
		encrypted: connected.encrypted,
	}
	if err := c.bind(ctx, s, connected); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// close ends the session; nothing of it lives on.
func (s *session) close() {
	// A failure to say goodbye has no consequence.
	_ = s.wire.Close()
}

// external says whether the connection itself shows who signs in: by the
// client's certificate, or on a socket by the process's user, as other clients
// do it there.
func (c *Connector) external() bool {
	return c.config.BindDN == "" && (c.config.CertFile != "" || c.address.scheme == "ldapi")
}

// who says as whom it signs in.
func (c *Connector) who() string {
	switch {
	case c.external() && c.address.scheme == "ldapi":
		return "as this machine's user"
	case c.external():
		return "with the certificate of --ldap-cert-file"
	case c.config.BindDN == "":
		return "without an account"
	default:
		return "as " + c.config.BindDN
	}
}

func (c *Connector) bind(ctx context.Context, s *session, connected *conn) error {
	doing := "signing in to " + s.name + " " + c.who()
	sign := func() error { return s.wire.Bind(ctx, c.config.BindDN, c.config.Password) }
	switch {
	case c.external() && c.address.scheme == "ldapi":
		sign = func() error { return s.wire.External(ctx) }
	case c.external():
		if !connected.encrypted {
			return fault.New(fault.Usage, "use ldaps:// or --ldap-starttls require",
				"%s: a certificate is shown in TLS, and there is none", doing)
		}
		sign = func() error { return s.wire.External(ctx) }
	case !s.anonymous:
		if !mayCarryPassword(connected.RemoteAddr(), connected.encrypted, c.config.AllowCleartext) {
			return fault.New(fault.Usage,
				"use ldaps:// or --ldap-starttls require; --ldap-allow-cleartext sends it all the same",
				"%s: the password would cross the network unencrypted", doing)
		}
	}
	err := sign()
	if err == nil {
		return nil
	}
	// With TLS 1.3 a server says only now that it wants another certificate.
	gone, lost := errors.AsType[*wire.LostError](err)
	if lost && connected.encrypted && ctx.Err() == nil {
		if kind, hint, ok := c.explainAlert(gone.Err); ok {
			return fault.New(kind, hint, "%s: %w", doing, gone.Err)
		}
		if isClosed(gone.Err) {
			return fault.New(fault.Source, "it may want another client certificate (--ldap-cert-file); its log says why",
				"%s: the server closed the connection", doing)
		}
	}
	switch result, answered := errors.AsType[*wire.ResultError](err); {
	case answered && result.Code == ldap.LDAPResultInvalidDNSyntax:
		return fault.New(fault.Usage, "--ldap-bind-dn takes a DN, such as cn=reader,dc=example,dc=com",
			"%s: %s", doing, answer(result.Code, result.Message))
	case lost && ctx.Err() == nil && !connected.encrypted && isClosed(gone.Err) && c.address.scheme == "ldap":
		return fault.New(fault.Source, "use ldaps:// if this port speaks TLS from the start; else the server's log says why",
			"%s: the server closed the connection", doing)
	}
	return s.failure(ctx, doing, err)
}

// rootSearch is the search for the root DSE.
func rootSearch() search {
	return search{
		scope: wire.BaseObject, filter: anyEntry,
		attributes: append(flavourAttributes(), "namingContexts", "defaultNamingContext", "supportedControl", "currentTime"),
	}
}

// readRootDSE asks the server what it is (RFC 4512, section 5.1). A server
// that answers with an error result hides it, which is its right.
func (c *Connector) readRootDSE(ctx context.Context, s *session) (server, error) {
	query := rootSearch()
	values := make(map[string][]string)
	for e, err := range s.entries(ctx, query) {
		if _, answered := errors.AsType[*wire.ResultError](err); answered {
			return server{}, nil
		}
		if err != nil {
			return server{}, s.failure(ctx, "asking "+s.name+" what it is", err)
		}
		for _, a := range e.Attributes {
			values[strings.ToLower(a.Name)] = slices.Clone(a.Values)
		}
	}
	return server{
		// OpenLDAP may list the empty context, Active Directory its schema.
		contexts:       slices.DeleteFunc(values["namingcontexts"], isBlank),
		defaultContext: first(values["defaultnamingcontext"]),
		flavour:        flavourOf(values),
		passwordPolicy: slices.Contains(values["supportedcontrol"], controlPasswordPolicy),
		controls:       values["supportedcontrol"],
		currentTime:    first(values["currenttime"]),
	}, nil
}

// base is the naming context to read when the user named no base.
func (s server) base() (string, error) {
	switch {
	case s.defaultContext != "":
		return s.flavour.base(s.defaultContext), nil
	case len(s.contexts) == 1:
		return s.flavour.base(s.contexts[0]), nil
	case len(s.contexts) == 0:
		return "", fault.New(fault.Usage, "name it in --idp or with --ldap-base",
			"looking for the base DN: the server does not tell any")
	default:
		return "", fault.New(fault.Usage, "choose one in --idp or with --ldap-base",
			"looking for the base DN: the server has several: %s", atMost(longestWords, strings.Join(s.contexts, "; ")))
	}
}

// origin is what a mapping has to know of the server.
func (s server) origin() origin {
	return origin{flavour: s.flavour, passwordPolicy: s.passwordPolicy, now: time.Now()}
}

func isBlank(s string) bool { return strings.TrimSpace(s) == "" }
