package ldap

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	ldap "github.com/go-ldap/ldap/v3"

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
	conn      *conn
	ldap      *ldap.Conn
	anonymous bool
	server    server
	// referrals counts the continuations that searches met (RFC 4511, section
	// 4.5.3).
	referrals int
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
		conn:      connected,
		ldap:      ldap.NewConn(connected, connected.encrypted),
		anonymous: c.config.BindDN == "",
	}
	s.ldap.Start()
	if err := c.bind(ctx, s); err != nil {
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
	if s.conn.why() == nil {
		// A failure to say goodbye has no consequence.
		_ = s.ldap.Unbind()
	}
	_ = s.ldap.Close()
	s.conn.shut()
}

// call runs one request, during which the server may not fall silent for
// longer than it may.
func (s *session) call(request func() error) error {
	s.conn.await()
	defer s.conn.rest()
	if err := request(); err != nil {
		return err
	}
	// Answers to nothing that was asked, among them the Notice of
	// Disconnection, do not fail the request.
	if s.ldap.GetLastError() != nil {
		return errUnasked
	}
	return nil
}

func (c *Connector) bind(ctx context.Context, s *session) error {
	if s.anonymous {
		doing := "signing in to " + c.address.server() + " without an account"
		if err := s.call(func() error { return s.ldap.UnauthenticatedBind("") }); err != nil {
			return s.failure(ctx, doing, err)
		}
		return nil
	}
	doing := fmt.Sprintf("signing in to %s as %s", c.address.server(), c.config.BindDN)
	if !mayCarryPassword(s.conn.tcp.RemoteAddr(), s.conn.encrypted, c.config.AllowCleartext) {
		return fault.New(fault.Usage,
			"use ldaps:// or --ldap-starttls require; --ldap-allow-cleartext sends it all the same",
			"%s: the password would cross the network unencrypted", doing)
	}
	err := s.call(func() error { return s.ldap.Bind(c.config.BindDN, c.config.Password) })
	if err != nil {
		return s.failure(ctx, doing, err)
	}
	return nil
}

// readRootDSE asks the server what it is (RFC 4512, section 5.1). A server
// that answers with an error result hides it, which is its right.
func (c *Connector) readRootDSE(ctx context.Context, s *session) (server, error) {
	request := ldap.NewSearchRequest("", ldap.ScopeBaseObject, ldap.NeverDerefAliases, 0, 0, false,
		"(objectClass=*)",
		[]string{"namingContexts", "defaultNamingContext", "supportedControl", "supportedCapabilities"}, nil)
	var result *ldap.SearchResult
	err := s.call(func() (err error) {
		result, err = s.ldap.Search(request)
		return err
	})
	if err != nil {
		if _, answered := resultOf(err); answered && ctx.Err() == nil {
			return server{}, nil
		}
		return server{}, s.failure(ctx, "asking "+c.address.server()+" what it is", err)
	}
	if len(result.Entries) == 0 {
		return server{}, nil
	}
	root := result.Entries[0]
	return server{
		// OpenLDAP may list the empty context, Active Directory its schema.
		contexts:        slices.DeleteFunc(root.GetEqualFoldAttributeValues("namingContexts"), isBlank),
		defaultContext:  root.GetEqualFoldAttributeValue("defaultNamingContext"),
		activeDirectory: slices.Contains(root.GetEqualFoldAttributeValues("supportedCapabilities"), capabilityActiveDirectory),
		passwordPolicy:  slices.Contains(root.GetEqualFoldAttributeValues("supportedControl"), controlPasswordPolicy),
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

var errUnasked = errors.New("the server sent something that was not asked for")

func isBlank(s string) bool { return strings.TrimSpace(s) == "" }
