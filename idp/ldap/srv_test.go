package ldap_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"cohort/idp"
	"cohort/idp/ldap"
	"cohort/internal/fault"
	"cohort/internal/slapdtest"
	"cohort/internal/testca"
)

// record is what DNS knows of one server.
type record struct {
	target         string
	port, priority uint16
}

// domainName is a resolver that asks a DNS server on loopback, which knows
// these services and has the address 127.0.0.1 for every name. Without any
// services it keeps silent.
func domainName(t *testing.T, services map[string][]record) *net.Resolver {
	t.Helper()
	server, err := new(net.ListenConfig).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	go func() {
		packet := make([]byte, 1500)
		for {
			n, from, err := server.ReadFrom(packet)
			if err != nil {
				return
			}
			var asked dnsmessage.Message
			if err := asked.Unpack(packet[:n]); err != nil || len(asked.Questions) != 1 {
				t.Errorf("the client asked something odd: %v", err)
				continue
			}
			if services == nil {
				continue
			}
			reply, err := answerTo(asked, services)
			if err != nil {
				t.Errorf("answering: %v", err)
				continue
			}
			_, _ = server.WriteTo(reply, from)
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", server.LocalAddr().String())
	}}
}

func answerTo(asked dnsmessage.Message, services map[string][]record) ([]byte, error) {
	question := asked.Questions[0]
	reply := dnsmessage.Message{Header: dnsmessage.Header{ID: asked.ID, Response: true, Authoritative: true}, Questions: asked.Questions}
	header := dnsmessage.ResourceHeader{Name: question.Name, Class: question.Class, Type: question.Type, TTL: 1}
	switch question.Type {
	case dnsmessage.TypeSRV:
		found := services[strings.TrimSuffix(question.Name.String(), ".")]
		for _, r := range found {
			target, err := dnsmessage.NewName(r.target)
			if err != nil {
				return nil, err
			}
			reply.Answers = append(reply.Answers, dnsmessage.Resource{
				Header: header, Body: &dnsmessage.SRVResource{Priority: r.priority, Port: r.port, Target: target},
			})
		}
		if len(found) == 0 {
			reply.RCode = dnsmessage.RCodeNameError
		}
	case dnsmessage.TypeA:
		reply.Answers = append(reply.Answers, dnsmessage.Resource{Header: header, Body: &dnsmessage.AResource{A: [4]byte{127, 0, 0, 1}}})
	}
	return reply.Pack()
}

func TestServersOfADomainAreLookedUp(t *testing.T) {
	ca := testca.New(t)
	certificate := ca.Issue(t, testca.For("dc2.example.com"))
	server := slapdtest.Start(t, slapdtest.Config{LDIF: slapdtest.People(20), TLS: &certificate})
	plain, encrypted := portOf(t, server.URL), portOf(t, server.LDAPSURL)
	deadPort := portOf(t, "ldap://"+closedPort(t))
	for _, test := range []struct {
		name     string
		url      string
		services map[string][]record
		says     []string // of the failure; none where all is well
	}{
		{
			"by priority, over the dead",
			"ldap:///ou=people,dc=example,dc=com",
			map[string][]record{"_ldap._tcp.example.com": {
				{"dc2.example.com.", plain, 20}, {"DC1.Example.com.", deadPort, 10},
			}},
			nil,
		},
		{
			"over TLS, by the name in the certificate",
			"ldaps:///dc=example,dc=com",
			map[string][]record{"_ldaps._tcp.example.com": {{"dc2.example.com.", encrypted, 0}}},
			nil,
		},
		{
			"over TLS, where the name is another",
			"ldaps:///dc=example,dc=com",
			map[string][]record{"_ldaps._tcp.example.com": {{"dc1.example.com.", encrypted, 0}, {"dc2.example.com.", encrypted, 1}}},
			[]string{"connecting to ldaps://dc1.example.com", "name the host in --idp as the certificate does: dc2.example.com"},
		},
		{
			"outside of the domain",
			"ldap:///dc=example,dc=com",
			map[string][]record{"_ldap._tcp.example.com": {{"dc.evil.test.", plain, 0}, {"evilexample.com.", plain, 0}}},
			[]string{"DNS names 2, all of them outside of the domain"},
		},
		{
			"some outside of the domain",
			"ldap:///dc=example,dc=com",
			map[string][]record{"_ldap._tcp.example.com": {{"dc.evil.test.", plain, 0}, {"dc2.example.com.", plain, 1}}},
			nil,
		},
		{
			"at the domain itself",
			"ldap:///dc=example,dc=com",
			map[string][]record{"_ldap._tcp.example.com": {{"example.com.", plain, 0}}},
			nil,
		},
		{
			"over TLS on its usual port, where the records are those without TLS",
			"ldaps:///dc=example,dc=com",
			map[string][]record{"_ldap._tcp.example.com": {{"dc1.example.com.", deadPort, 0}}},
			[]string{"ldaps://dc1.example.com:636"},
		},
		{
			"in no record",
			"ldap:///dc=example,dc=com",
			map[string][]record{},
			[]string{"DNS knows none"},
		},
		{
			"in a record that says there are none",
			"ldap:///dc=example,dc=com",
			map[string][]record{"_ldap._tcp.example.com": {{".", 0, 0}}},
			[]string{"DNS knows none"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			config := ldap.Config{
				URL: test.url, BindDN: server.BindDN, Password: server.Password, CAFile: ca.File,
				Resolver: domainName(t, test.services), ConnectTimeout: 5 * time.Second,
			}
			people, err := collect(t.Context(), t, connect(t, config), idp.Request{})
			if test.says != nil {
				wantFailure(t, err, fault.Source, test.says...)
				return
			}
			if err != nil || len(people) != 20 {
				t.Errorf("%d people and the error %v, want 20", len(people), err)
			}
		})
	}
}

func TestServersOfADomainAreBounded(t *testing.T) {
	dead := portOf(t, "ldap://"+closedPort(t))
	var records []record
	for i := range uint16(20) {
		records = append(records, record{fmt.Sprintf("dc%02d.example.com.", i), dead, i})
	}
	config := ldap.Config{
		URL:      "ldap:///dc=example,dc=com",
		Resolver: domainName(t, map[string][]record{"_ldap._tcp.example.com": records}),
	}
	_, err := collect(t.Context(), t, connect(t, config), idp.Request{})
	wantFailure(t, err, fault.Source, "one of 8 servers: ldap://dc00.example.com:", "ldap://dc07.example.com:")
}

func TestFurtherHostsStandInForDNS(t *testing.T) {
	server := slapdtest.Start(t, slapdtest.Config{LDIF: slapdtest.People(20)})
	config := signedIn(server)
	config.Resolver = domainName(t, map[string][]record{})
	config.URL = "ldap:///" + server.Base
	config.Hosts = []string{strings.TrimPrefix(server.URL, "ldap://")}
	people, err := collect(t.Context(), t, connect(t, config), idp.Request{})
	if err != nil || len(people) != 20 {
		t.Errorf("%d people and the error %v, want 20", len(people), err)
	}

	config.Hosts = []string{closedPort(t)}
	_, err = collect(t.Context(), t, connect(t, config), idp.Request{})
	wantFailure(t, err, fault.Source, "DNS knows none", "ldap://"+config.Hosts[0]+": ")
}

func TestSilentDNSIsTimedOut(t *testing.T) {
	config := ldap.Config{URL: "ldap:///dc=example,dc=com", Resolver: domainName(t, nil), ConnectTimeout: 100 * time.Millisecond}
	_, err := collect(t.Context(), t, connect(t, config), idp.Request{})
	wantFailure(t, err, fault.Source, "looking up the LDAP servers of example.com", "no answer within 100ms")

	config.ConnectTimeout = time.Minute
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	_, err = collect(ctx, t, connect(t, config), idp.Request{})
	if !errors.Is(err, context.Canceled) || fault.KindOf(err) != fault.Other {
		t.Errorf("the error is %v, want the context's", err)
	}
}
