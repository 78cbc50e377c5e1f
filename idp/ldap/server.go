package ldap

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"cohort/idp/ldap/internal/wire"
	"cohort/internal/fault"
)

// Names by which a root DSE tells what its server is.
const (
	// capabilityActiveDirectory: MS-ADTS, section 3.1.1.3.4.3.1.
	capabilityActiveDirectory = "1.2.840.113556.1.4.800"
	// controlPasswordPolicy: draft-behera-ldap-password-policy-10, section 6.1.
	controlPasswordPolicy = "1.3.6.1.4.1.42.2.27.8.5.1"
)

// session is a connection that has signed in.
type session struct {
	wire      *wire.Conn
	silence   time.Duration // how long the server may say nothing
	anonymous bool
	server    server
	// continuations are what searches left to other servers.
	continuations continuations
}

// server is what the root DSE says; its zero is a server that says nothing.
type server struct {
	contexts        []string
	defaultContext  string
	activeDirectory bool
	passwordPolicy  bool
}

// open connects, signs in and reads the root DSE.
func (c *Connector) open(ctx context.Context) (*session, error) {
	connected, err := c.dial(ctx)
	if err != nil {
		return nil, err
	}
	s := &session{
		wire:      wire.NewConn(connected, wire.Limits{Silence: c.config.ReadTimeout}),
		silence:   c.config.ReadTimeout,
		anonymous: c.config.BindDN == "",
	}
	if err := c.bind(ctx, s, connected); err != nil {
		s.close()
		return nil, err
	}
	if s.server, err = c.readRootDSE(ctx, s); err != nil {
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

func (c *Connector) bind(ctx context.Context, s *session, connected *conn) error {
	doing := "signing in to " + c.address.server() + " without an account"
	if !s.anonymous {
		doing = fmt.Sprintf("signing in to %s as %s", c.address.server(), c.config.BindDN)
		if !mayCarryPassword(connected.RemoteAddr(), connected.encrypted, c.config.AllowCleartext) {
			return fault.New(fault.Usage,
				"use ldaps:// or --ldap-starttls require; --ldap-allow-cleartext sends it all the same",
				"%s: the password would cross the network unencrypted", doing)
		}
	}
	if err := s.wire.Bind(ctx, c.config.BindDN, c.config.Password); err != nil {
		return s.failure(ctx, doing, err)
	}
	return nil
}

// readRootDSE asks the server what it is (RFC 4512, section 5.1). A server
// that answers with an error result hides it, which is its right.
func (c *Connector) readRootDSE(ctx context.Context, s *session) (server, error) {
	query := search{
		scope: wire.BaseObject, filter: "(objectClass=*)",
		attributes: []string{"namingContexts", "defaultNamingContext", "supportedControl", "supportedCapabilities"},
	}
	values := make(map[string][]string)
	for e, err := range s.entries(ctx, query) {
		if _, answered := errors.AsType[*wire.ResultError](err); answered {
			return server{}, nil
		}
		if err != nil {
			return server{}, s.failure(ctx, "asking "+c.address.server()+" what it is", err)
		}
		for _, a := range e.Attributes {
			values[strings.ToLower(a.Name)] = slices.Clone(a.Values)
		}
	}
	return server{
		// OpenLDAP may list the empty context, Active Directory its schema.
		contexts:        slices.DeleteFunc(values["namingcontexts"], isBlank),
		defaultContext:  first(values["defaultnamingcontext"]),
		activeDirectory: slices.Contains(values["supportedcapabilities"], capabilityActiveDirectory),
		passwordPolicy:  slices.Contains(values["supportedcontrol"], controlPasswordPolicy),
	}, nil
}

// base is the naming context to read when the user named no base.
func (s server) base() (string, error) {
	switch {
	case s.defaultContext != "":
		return s.defaultContext, nil
	case len(s.contexts) == 1:
		return s.contexts[0], nil
	case len(s.contexts) == 0:
		return "", fault.New(fault.Usage, "name it in --idp or with --ldap-base",
			"looking for the base DN: the server does not tell any")
	default:
		return "", fault.New(fault.Usage, "choose one in --idp or with --ldap-base",
			"looking for the base DN: the server has several: %s", strings.Join(s.contexts, "; "))
	}
}

// filter is who counts as a person when the user gave no filter. On Active
// Directory computers are users, and contacts are persons.
func (s server) filter() string {
	if s.activeDirectory {
		return "(&(objectCategory=person)(objectClass=user))"
	}
	return "(objectClass=person)"
}

func isBlank(s string) bool { return strings.TrimSpace(s) == "" }
