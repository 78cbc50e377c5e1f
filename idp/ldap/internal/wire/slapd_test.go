package wire_test

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"net"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	goldap "github.com/go-ldap/ldap/v3"

	"cohort/idp/ldap/internal/wire"
	"cohort/internal/slapdtest"
	"cohort/internal/testca"
)

// asked are the attributes of a person that an export's default columns need.
func asked() []string {
	return []string{
		"cn", "uid", "sn", "givenName", "displayName", "mail", "title", "ou", "employeeType", "manager", "l",
	}
}

func connect(t testing.TB, url string, config *tls.Config) *wire.Conn {
	t.Helper()
	_, address, _ := strings.Cut(url, "://")
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	if config != nil {
		conn = tls.Client(conn, config)
	}
	c := wire.NewConn(conn, wire.Limits{Silence: 30 * time.Second})
	t.Cleanup(func() { c.Close() })
	return c
}

func signIn(t testing.TB, c *wire.Conn, server *slapdtest.Server) *wire.Conn {
	t.Helper()
	if err := c.Bind(t.Context(), server.BindDN, server.Password); err != nil {
		t.Fatal(err)
	}
	return c
}

func people(t testing.TB, server *slapdtest.Server, pageSize int) wire.Search {
	t.Helper()
	return wire.Search{Base: server.Base, Scope: wire.WholeSubtree, Filter: filter(t, "(objectClass=person)"),
		Attributes: asked(), PageSize: pageSize}
}

// digest is the hash of entries in their order.
type digest struct {
	hash.Hash
	entries int
	buffer  []byte
}

func newDigest() *digest { return &digest{Hash: sha256.New()} }

func (d *digest) entry(dn string) {
	d.entries++
	d.value("dn", dn)
}

// value marks where a value ends by its length.
func (d *digest) value(name, value string) {
	d.buffer = append(d.buffer[:0], name...)
	d.buffer = append(d.buffer, ':')
	d.buffer = append(d.buffer, value...)
	d.buffer = binary.LittleEndian.AppendUint64(d.buffer, uint64(len(value)))
	d.Write(d.buffer)
}

func (d *digest) String() string { return fmt.Sprintf("%d entries, %x", d.entries, d.Sum(nil)) }

func wireDigest(t *testing.T, c *wire.Conn, search wire.Search) string {
	t.Helper()
	d := newDigest()
	for entry, err := range c.Search(t.Context(), search) {
		if err != nil {
			t.Fatal(err)
		}
		d.entry(entry.DN)
		for _, a := range entry.Attributes {
			for _, value := range a.Values {
				d.value(a.Name, value)
			}
		}
	}
	return d.String()
}

func goldapDigest(t *testing.T, server *slapdtest.Server) string {
	t.Helper()
	d := newDigest()
	for entry := range goldapEntries(t, server) {
		d.entry(entry.DN)
		for _, a := range entry.Attributes {
			for _, value := range a.Values {
				d.value(a.Name, value)
			}
		}
	}
	return d.String()
}

func ldapsearchDigest(t *testing.T, server *slapdtest.Server) string {
	t.Helper()
	d := newDigest()
	args := append([]string{"-E", "pr=1000/noprompt", "(objectClass=person)"}, asked()...)
	for line := range strings.Lines(server.Search(t, args...)) {
		name, value, ok := strings.Cut(strings.TrimSuffix(line, "\n"), ":")
		if !ok || strings.HasPrefix(line, "#") { // ldapsearch shows cookies as comments
			continue
		}
		if encoded, ok := strings.CutPrefix(value, ": "); ok {
			decoded, err := base64.StdEncoding.DecodeString(encoded)
			if err != nil {
				t.Fatalf("ldapsearch wrote %q: %v", line, err)
			}
			value = string(decoded)
		} else {
			value = strings.TrimPrefix(value, " ")
		}
		if name == "dn" {
			d.entry(value)
		} else {
			d.value(name, value)
		}
	}
	return d.String()
}

func TestSlapdsPeopleAreThoseOfOtherClients(t *testing.T) {
	ca := testca.New(t)
	certificate := ca.Issue(t)
	server := slapdtest.Start(t, slapdtest.Config{LDIF: slapdtest.People(20_000), SizeLimit: 500, TLS: &certificate})
	authority, err := os.ReadFile(ca.File)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(authority)
	encrypted := &tls.Config{RootCAs: pool, ServerName: "localhost", MinVersion: tls.VersionTLS12}
	want := ldapsearchDigest(t, server)
	if !strings.HasPrefix(want, "20000 ") {
		t.Fatalf("ldapsearch reads %s", want)
	}
	if got := goldapDigest(t, server); got != want {
		t.Errorf("go-ldap reads %s, ldapsearch %s", got, want)
	}
	plain := signIn(t, connect(t, server.URL, nil), server)
	for _, size := range []int{37, 1000, 30_000} {
		if got := wireDigest(t, plain, people(t, server, size)); got != want {
			t.Errorf("in pages of %d we read %s, ldapsearch %s", size, got, want)
		}
	}
	if got := wireDigest(t, signIn(t, connect(t, server.LDAPSURL, encrypted), server), people(t, server, 1000)); got != want {
		t.Errorf("over TLS we read %s, ldapsearch %s", got, want)
	}
}

func TestSlapdsLimitsAndRefusals(t *testing.T) {
	server := slapdtest.Start(t, slapdtest.Config{LDIF: slapdtest.People(300), SizeLimit: 100, PagedLimit: 200})
	c := connect(t, server.URL, nil)
	result := func(err error) int {
		t.Helper()
		result, ok := errors.AsType[*wire.ResultError](err)
		if !ok {
			t.Fatalf("the error is %v, want an answer", err)
		}
		return result.Code
	}
	if code := result(c.External(t.Context())); code != goldap.LDAPResultAuthMethodNotSupported {
		t.Errorf("SASL EXTERNAL without a certificate: result %d", code)
	}
	if code := result(c.Bind(t.Context(), server.BindDN, "wrong")); code != goldap.LDAPResultInvalidCredentials {
		t.Errorf("a wrong password: result %d", code)
	}
	signIn(t, c, server)
	tests := map[string]struct {
		pageSize, entries, code int
	}{
		"without pages": {0, 100, goldap.LDAPResultSizeLimitExceeded},
		"with pages":    {64, 200, goldap.LDAPResultSizeLimitExceeded},
	}
	for name, test := range tests {
		entries, err := read(t.Context(), c, people(t, server, test.pageSize))
		if code := result(err); code != test.code || len(entries) != test.entries {
			t.Errorf("%s: %d entries and result %d, want %d and %d", name, len(entries), code, test.entries, test.code)
		}
	}
	missing := people(t, server, 10)
	missing.Base = "ou=nowhere," + server.Base
	_, err := read(t.Context(), c, missing)
	if missing, ok := errors.AsType[*wire.ResultError](err); !ok || missing.Code != goldap.LDAPResultNoSuchObject {
		t.Errorf("a base that does not exist: %#v", err)
	}
	root, err := read(t.Context(), c, wire.Search{Filter: filter(t, "(objectClass=*)"), Attributes: []string{"namingContexts"}})
	if want := " namingContexts=" + server.Base; err != nil || len(root) != 1 || root[0] != want {
		t.Errorf("the root DSE is %q (error %v), want %q", root, err, want)
	}
}

func TestSlapdThatDiesIsAnError(t *testing.T) {
	server := slapdtest.Start(t, slapdtest.Config{LDIF: slapdtest.People(5000)})
	c := signIn(t, connect(t, server.URL, nil), server)
	entries := 0
	var last error
	for _, err := range c.Search(t.Context(), people(t, server, 100)) {
		if err != nil {
			last = err
			continue
		}
		if entries++; entries == 250 {
			server.Kill()
		}
	}
	lost, ok := errors.AsType[*wire.LostError](last)
	if !ok || lost.Entries != entries || entries < 250 || entries > 5000 {
		t.Errorf("after %d entries the error is %v", entries, last)
	}
}

func TestNothingIsLeftOfASearch(t *testing.T) {
	server := slapdtest.Start(t, slapdtest.Config{LDIF: slapdtest.People(5000)})
	before := runtime.NumGoroutine()
	for name, end := range map[string]func(cancel func()) (leave bool){
		"that was left":     func(func()) bool { return true },
		"that was canceled": func(cancel func()) bool { cancel(); return false },
		"to its end":        func(func()) bool { return false },
	} {
		ctx, cancel := context.WithCancel(t.Context())
		c := signIn(t, connect(t, server.URL, nil), server)
		entries := 0
		for _, err := range c.Search(ctx, people(t, server, 100)) {
			if entries++; entries == 1000 && end(cancel) || err != nil {
				break
			}
		}
		cancel()
		if name == "to its end" {
			c.Close()
		}
		for stop := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
			connections, goroutines := server.Connections(t), runtime.NumGoroutine()
			if connections == 0 && goroutines <= before {
				break
			}
			if time.Now().After(stop) {
				t.Fatalf("of a search %s are left %d connections, and %d goroutines where %d were",
					name, connections, goroutines, before)
			}
		}
	}
}
