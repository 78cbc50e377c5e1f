package ldapfault_test

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"
	"github.com/google/go-cmp/cmp"

	"cohort/fixtures"
	"cohort/internal/ldapfault"
	"cohort/internal/slapdtest"
	"cohort/internal/testca"
)

// named finds a fault.
func named(t *testing.T, name string) ldapfault.Fault {
	t.Helper()
	for _, fault := range ldapfault.All() {
		if fault.Name == name {
			return fault
		}
	}
	t.Fatalf("there is no fault %q", name)
	return ldapfault.Fault{}
}

func TestWhatTheTranscriptsDoNotShow(t *testing.T) {
	d := directory(t, crowd(ldapfault.Entries))
	has := func(part string) func(*client) bool {
		return func(c *client) bool { return bytes.Contains(c.tap.raw, []byte(part)) }
	}
	tests := []struct {
		fault, what string
		shows       func(*client) bool
	}{
		{"lengths in the long form", "messages of long lengths alone", func(c *client) bool {
			return bytes.HasPrefix(c.tap.raw, []byte("\x30\x84\x00\x00\x00")) &&
				bytes.Count(c.tap.raw, []byte("\x64\x84\x00\x00")) == ldapfault.Entries &&
				bytes.Contains(c.tap.raw, []byte("\x04\x84\x00\x00\x00\x04mail\x31\x84\x00\x00"))
		}},
		{"an indefinite length", "a message without a length", has("\x30\x80\x02\x01")},
		{"an attribute without values", "an empty set", has("\x04\x05title\x31\x00")},
		{"unknown controls", "two controls a page and an entry", func(c *client) bool {
			return bytes.Count(c.tap.raw, []byte("1.3.6.1.4.1.32473.1")) == 2*(ldapfault.Entries+3)
		}},
		{"dribbling", "many single bytes", func(c *client) bool { return c.tap.singles > 100 }},
		{"a message of 2 GB", "the length", has("\x30\x84\x7f\xff\xff\xff")},
		{"noSuchObject at the end of a page", "the part of the base that is there", has("\x04\x0adc=example")},
	}
	for _, test := range tests {
		t.Run(test.fault, func(t *testing.T) {
			fault := named(t, test.fault)
			c := converse(t, ldapfault.Start(t, d.URL, fault).URL, d, fault, 10*time.Second)
			if !test.shows(c) {
				t.Errorf("the fault does not show as %s in\n%q", test.what, c.tap.raw)
			}
			without := converse(t, ldapfault.Start(t, d.URL, ldapfault.Fault{}).URL, d, fault, 10*time.Second)
			if test.shows(without) {
				t.Errorf("without the fault there is %s, too", test.what)
			}
		})
	}
}

func TestAServerThatDribblesForEverLetsGoWhenItsClientLeaves(t *testing.T) {
	d := directory(t, crowd(ldapfault.Entries))
	fault := named(t, "dribbling for ever")
	server := ldapfault.Start(t, d.URL, fault)
	c := converse(t, server.URL, d, fault, 10*time.Second)
	before := c.tap.singles
	for range 50 {
		if _, err := c.in.ReadByte(); err != nil {
			t.Fatal(err)
		}
	}
	if c.tap.singles < before+10 {
		t.Errorf("%d single bytes came, want many", c.tap.singles-before)
	}
	c.conn.Close()
	eventually(t, "the connection ends", func() bool { return server.Connections() == 0 })
}

// values asks for one attribute of one entry.
func values(t *testing.T, conn *ldap.Conn, dn, attribute string) map[string][]string {
	t.Helper()
	answer, err := conn.Search(ldap.NewSearchRequest(dn, ldap.ScopeBaseObject, ldap.NeverDerefAliases, 0, 0, false,
		"(objectClass=*)", []string{attribute}, nil))
	if err != nil {
		t.Fatal(err)
	}
	if len(answer.Entries) != 1 {
		t.Fatalf("%d entries, want one", len(answer.Entries))
	}
	got := make(map[string][]string)
	for _, a := range answer.Entries[0].Attributes {
		got[a.Name] = a.Values
	}
	return got
}

func TestRangedAttributesComeInParts(t *testing.T) {
	member := func(from, to int) []string {
		var dns []string
		for i := from; i <= to; i++ {
			dns = append(dns, fmt.Sprintf("uid=p%03d,ou=people,dc=corp,dc=example", i))
		}
		return dns
	}
	const group, small = "cn=team,dc=corp,dc=example", "cn=pair,dc=corp,dc=example"
	entry := func(dn string, classes, members []string) fixtures.Entry {
		return fixtures.Entry{DN: dn, Attributes: []fixtures.Attribute{
			{Name: "objectClass", Values: classes}, {Name: "member", Values: members},
		}}
	}
	d := directory(t, append(crowd(8),
		entry(group, []string{"top", "groupOfNames", "a", "b"}, member(0, 7)),
		entry(small, []string{"groupOfNames"}, member(0, 2))))
	conn := login(t, ldapfault.Start(t, d.URL, named(t, "ranged attributes")).URL, d.BindDN, d.Password)
	for _, test := range []struct {
		name, dn, attribute string
		want                map[string][]string
	}{
		{"the first part beside an empty attribute", group, "member", map[string][]string{"member": {}, "member;range=0-2": member(0, 2)}},
		{"the next part", group, "member;range=3-*", map[string][]string{"member;range=3-5": member(3, 5)}},
		{"the last part", group, "member;range=6-*", map[string][]string{"member;range=6-*": member(6, 7)}},
		{"a part of another size", group, "member;range=1-2", map[string][]string{"member;range=1-2": member(1, 2)}},
		{"a part beyond the end", group, "member;range=8-*", map[string][]string{}},
		{"few enough to come at once", small, "member", map[string][]string{"member": member(0, 2)}},
		{"object classes, whatever their number", group, "objectClass", map[string][]string{"objectClass": {"top", "groupOfNames", "a", "b"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, values(t, conn, test.dn, test.attribute)); diff != "" {
				t.Errorf("attributes (-want +got):\n%s", diff)
			}
		})
	}
}

func login(t *testing.T, url, dn, password string) *ldap.Conn {
	t.Helper()
	conn, err := ldap.DialURL(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetTimeout(10 * time.Second)
	if err := conn.Bind(dn, password); err != nil {
		t.Fatal(err)
	}
	return conn
}

func TestWithoutAFaultEverythingPasses(t *testing.T) {
	t.Run("from a real server", func(t *testing.T) {
		behind := slapdtest.Start(t, slapdtest.Config{LDIF: slapdtest.People(ldapfault.Entries)})
		server := ldapfault.Start(t, behind.URL, ldapfault.Fault{})
		conn := login(t, server.URL, behind.BindDN, behind.Password)
		answer, err := conn.SearchWithPaging(ldap.NewSearchRequest(behind.Base, ldap.ScopeWholeSubtree, ldap.NeverDerefAliases,
			0, 0, false, "(employeeNumber=*)", []string{"cn"}, nil), ldapfault.PageSize)
		if err != nil {
			t.Fatal(err)
		}
		if len(answer.Entries) != ldapfault.Entries || server.Searches() != 3 {
			t.Errorf("%d entries on %d pages, want %d on 3", len(answer.Entries), server.Searches(), ldapfault.Entries)
		}
	})
	t.Run("over StartTLS", func(t *testing.T) {
		ca := testca.New(t)
		d, err := fixtures.ServeLDAP(crowd(3), fixtures.LDAPOptions{TLS: ca.Issue(t).Config()})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { d.Close() })
		conn, err := ldap.DialURL(ldapfault.Start(t, d.URL, ldapfault.Fault{}).URL)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		//nolint:gosec // whose certificate it is does not matter here
		if err := conn.StartTLS(&tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12}); err != nil {
			t.Fatal(err)
		}
		if err := conn.Bind(d.BindDN, d.Password); err != nil {
			t.Error(err)
		}
		if _, encrypted := conn.TLSConnectionState(); !encrypted {
			t.Error("the connection is not encrypted")
		}
	})
}

func TestInjectedPlaintextSpoilsTheHandshakeOfWhoReadsNoFurtherThanTheAnswer(t *testing.T) {
	d := directory(t, crowd(1))
	server := ldapfault.Start(t, d.URL, named(t, "StartTLS with plaintext injected"))
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(server.URL, "ldap://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	c := &client{t: t, conn: conn}
	c.send(ldap.ApplicationExtendedRequest, nil, ber.NewString(ber.ClassContext, ber.TypePrimitive, 0, "1.3.6.1.4.1.1466.20037", ""))
	if _, err := ber.ReadPacket(conn); err != nil {
		t.Fatal(err)
	}
	//nolint:gosec // it must not get as far as the certificate
	err = tls.Client(conn, &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12}).HandshakeContext(t.Context())
	if _, isHeader := errors.AsType[tls.RecordHeaderError](err); !isHeader {
		t.Errorf("the handshake ended with %v, want an unreadable record", err)
	}
}
