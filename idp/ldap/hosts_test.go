package ldap_test

import (
	"context"
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
// these services and has the address 127.0.0.1 for every name.
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

func portOf(t *testing.T, url string) uint16 {
	t.Helper()
	address, err := net.ResolveTCPAddr("tcp", url[strings.Index(url, "://")+3:])
	if err != nil {
		t.Fatal(err)
	}
	return uint16(address.Port)
}

// closedPort is an address that refuses connections.
func closedPort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
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
			[]string{"dc1.example.com", "dc2.example.com"},
		},
		{
			"outside of the domain",
			"ldap:///dc=example,dc=com",
			map[string][]record{"_ldap._tcp.example.com": {{"dc.evil.test.", plain, 0}, {"evilexample.com.", plain, 0}}},
			[]string{"outside of the domain"},
		},
		{
			"in no record",
			"ldap:///dc=example,dc=com",
			nil,
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
	config := ldap.Config{URL: "ldap:///o=Example", Resolver: domainName(t, nil)}
	_, err := collect(t.Context(), t, connect(t, config), idp.Request{})
	wantFailure(t, err, fault.Usage, "no domain")
}

func TestFurtherHostsAreTriedInTurn(t *testing.T) {
	server := slapdtest.Start(t, slapdtest.Config{LDIF: slapdtest.People(20)})
	config := signedIn(server)
	live := strings.TrimPrefix(server.URL, "ldap://")
	dead := closedPort(t)
	config.URL = "ldap://" + dead + "/" + server.Base
	config.Hosts = []string{closedPort(t), live}
	people, err := collect(t.Context(), t, connect(t, config), idp.Request{})
	if err != nil || len(people) != 20 {
		t.Errorf("%d people and the error %v, want 20", len(people), err)
	}

	config.Hosts = []string{closedPort(t)}
	_, err = collect(t.Context(), t, connect(t, config), idp.Request{})
	wantFailure(t, err, fault.Source, "ldap://"+dead+": ", "ldap://"+config.Hosts[0]+": ", "connection refused")

	// Who answers and refuses is the end: another host would hide it.
	config.URL, config.Hosts = server.URL+"/"+server.Base, []string{live}
	config.Password = "wrong"
	_, err = collect(t.Context(), t, connect(t, config), idp.Request{})
	wantFailure(t, err, fault.Credentials, server.URL)
}

func TestASocketOfThisMachine(t *testing.T) {
	server := slapdtest.Start(t, slapdtest.Config{LDIF: slapdtest.People(20)})
	config := signedIn(server)
	config.URL = server.SocketURL + "/" + server.Base
	people, err := collect(t.Context(), t, connect(t, config), idp.Request{})
	if err != nil || len(people) != 20 {
		t.Errorf("%d people and the error %v, want 20", len(people), err)
	}
	config.URL = "ldapi://%2Fnowhere%2Fldapi"
	_, err = collect(t.Context(), t, connect(t, config), idp.Request{})
	wantFailure(t, err, fault.Source, "ldapi://%2fnowhere%2fldapi", "no such file")
}

func TestAClientCertificateSignsIn(t *testing.T) {
	ca := testca.New(t)
	certificate := ca.Issue(t)
	server := slapdtest.Start(t, slapdtest.Config{
		LDIF: slapdtest.People(20), TLS: &certificate, ClientCA: ca.File, Anonymous: slapdtest.AnonymousSeesNothing,
	})
	reader, stranger := ca.Issue(t, testca.ForClient("reader")), testca.New(t).Issue(t, testca.ForClient("reader"))
	for _, test := range []struct {
		name     string
		url      string
		startTLS string
		client   testca.Certificate
		kind     fault.Kind
		says     string // of the failure
	}{
		{"over LDAPS", server.LDAPSURL, "", reader, 0, ""},
		{"over StartTLS", server.URL, "require", reader, 0, ""},
		{"without TLS", server.URL, "", reader, fault.Usage, "--ldap-starttls require"},
		{"of a CA that the server does not know", server.LDAPSURL, "", stranger, fault.Source, server.LDAPSURL},
	} {
		t.Run(test.name, func(t *testing.T) {
			people, err := collect(t.Context(), t, connect(t, ldap.Config{
				URL: test.url + "/" + server.Base, StartTLS: test.startTLS, CAFile: ca.File,
				CertFile: test.client.CertFile, KeyFile: test.client.KeyFile,
			}), idp.Request{})
			if test.says != "" {
				wantFailure(t, err, test.kind, test.says)
				return
			}
			if err != nil || len(people) != 20 {
				t.Errorf("%d people and the error %v, want 20", len(people), err)
			}
		})
	}
}

func TestExtensionsOfTheURL(t *testing.T) {
	ca := testca.New(t)
	certificate := ca.Issue(t)
	server := slapdtest.Start(t, slapdtest.Config{LDIF: slapdtest.People(20), TLS: &certificate, Anonymous: slapdtest.AnonymousSeesNothing})
	bindname := "bindname=" + strings.ReplaceAll(server.BindDN, ",", "%2c")
	for _, extensions := range []string{bindname, "!" + bindname + ",1.3.6.1.4.1.1466.20037", "x-else," + bindname} {
		config := ldap.Config{URL: server.URL + "/" + server.Base + "????" + extensions, Password: server.Password, CAFile: ca.File}
		people, err := collect(t.Context(), t, connect(t, config), idp.Request{})
		if err != nil || len(people) != 20 {
			t.Errorf("%s: %d people and the error %v, want 20", extensions, len(people), err)
		}
	}
	// A setting wins over the URL.
	config := ldap.Config{URL: server.URL + "/" + server.Base + "????" + bindname, BindDN: "cn=nobody," + server.Base, Password: server.Password}
	_, err := collect(t.Context(), t, connect(t, config), idp.Request{})
	wantFailure(t, err, fault.Credentials, "cn=nobody")
}
