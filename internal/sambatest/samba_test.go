package sambatest_test

import (
	"errors"
	"net"
	"net/url"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"
	"github.com/google/go-cmp/cmp"

	"cohort/internal/sambatest"
)

const plain = 1600 // more than the 1,500 values that Active Directory gives at once

func TestServer(t *testing.T) {
	t.Parallel()
	people := sambatest.People(plain)
	server := sambatest.Start(t, sambatest.Config{LDIF: sambatest.Company(plain)})

	t.Run("holds the company, each with the given objectGUID", func(t *testing.T) {
		got := server.Values(t, "(&(objectCategory=person)(objectClass=user)(mail=*))", "objectGUID")
		var want []string
		for _, person := range people {
			want = append(want, bytesOf(person.ID))
		}
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("objectGUIDs (-want +got):\n%s", diff)
		}
	})
	t.Run("holds what is no person", func(t *testing.T) {
		for filter, want := range map[string]int{
			"(cn=PC*)":              (len(people) + 9) / 10,
			"(objectClass=contact)": (len(people) + 19) / 20,
			"(cn=Deleted)":          0,
		} {
			if got := len(server.Values(t, filter, "cn")); got != want {
				t.Errorf("%s finds %d entries, want %d", filter, got, want)
			}
		}
	})
	t.Run("holds the groups and their members", func(t *testing.T) {
		got := server.Values(t, "(cn="+sambatest.Everybody+")", "member")
		var want []string
		for _, person := range people {
			want = append(want, person.DN())
		}
		if diff := cmp.Diff(normal(t, want), normal(t, got)); diff != "" {
			t.Errorf("members of %s (-want +got):\n%s", sambatest.Everybody, diff)
		}
		groups := server.Values(t, "(sAMAccountName="+sambatest.Chief+")", "memberOf")
		wantGroups := []string{
			"CN=Everybody,OU=Groups," + server.Base,
			`CN=Getränke\+Ausflüge,OU=Groups,` + server.Base,
		}
		if diff := cmp.Diff(wantGroups, groups); diff != "" {
			t.Errorf("the chief's groups (-want +got):\n%s", diff)
		}
	})
	t.Run("gives the attributes of a person", func(t *testing.T) {
		filter := "(sAMAccountName=" + sambatest.Active + ")"
		for attribute, want := range map[string][]string{
			"mail":              {"Active@corp.example"},
			"proxyAddresses":    {"SMTP:Active@corp.example", "sip:Active@corp.example", "smtp:active@old.example"},
			"manager":           {`CN=Müller\, Jürgen (Chef),OU=Vorstand & Räte,` + server.Base},
			"userPrincipalName": {"active@corp.example"},
			"accountExpires":    {"0"},
		} {
			if diff := cmp.Diff(want, server.Values(t, filter, attribute)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", attribute, diff)
			}
		}
	})
	t.Run("takes each form of a name", func(t *testing.T) {
		for _, name := range []string{server.BindDN, server.UPN, server.DownLevel} {
			if out, err := bind(t, server, server.LDAPSURL, name); err != nil {
				t.Errorf("binding as %s: %v\n%s", name, err, out)
			}
		}
	})
	t.Run("serves every port", func(t *testing.T) {
		if out, err := bind(t, server, server.GlobalCatalogLDAPSURL, server.UPN); err != nil {
			t.Errorf("the global catalogue's LDAPS port: %v\n%s", err, out)
		}
		for _, u := range []string{server.URL, server.GlobalCatalogURL} {
			if out, err := bind(t, server, u, server.UPN, "-ZZ"); err != nil {
				t.Errorf("StartTLS at %s: %v\n%s", u, err, out)
			}
		}
	})
	t.Run("refuses a password without TLS", func(t *testing.T) {
		out, err := bind(t, server, server.URL, server.UPN)
		if resultCode(err) != 8 || !strings.Contains(out, "Transport encryption required") {
			t.Errorf("got %v, want result code 8\n%s", err, out)
		}
	})
	t.Run("says why an account may not log in", func(t *testing.T) {
		for account, code := range map[string]string{
			sambatest.Expired:         "data 701,",
			sambatest.SwitchedOff:     "data 533,",
			sambatest.LockedOut:       "data 775,",
			sambatest.MustChange:      "data 773,",
			sambatest.PasswordExpired: "data 532,",
			"nobody":                  "data 52e,",
		} {
			out, err := bind(t, server, server.LDAPSURL, account+"@"+sambatest.DNSDomain)
			if resultCode(err) != 49 || !strings.Contains(out, code) {
				t.Errorf("%s: got %v, want result code 49 and %q\n%s", account, err, code, out)
			}
		}
		for _, account := range []string{
			sambatest.Chief, sambatest.Active, sambatest.NeverExpires, sambatest.ExpiresLater,
		} {
			if out, err := bind(t, server, server.LDAPSURL, account+"@"+sambatest.DNSDomain); err != nil {
				t.Errorf("%s: %v\n%s", account, err, out)
			}
		}
	})
	t.Run("stops in an orderly way", func(t *testing.T) {
		server.Stop()
		if listens(t, server.URL) {
			t.Error("something still listens after Stop")
		}
	})
}

func TestServerWithPlainBinds(t *testing.T) {
	t.Parallel()
	server := sambatest.Start(t, sambatest.Config{PlainBinds: true})

	t.Run("takes a password without TLS", func(t *testing.T) {
		if out, err := bind(t, server, server.URL, server.UPN); err != nil {
			t.Errorf("binding: %v\n%s", err, out)
		}
	})
	t.Run("counts connections, and is gone when killed", func(t *testing.T) {
		waitForConnections(t, server, 0)
		conn, err := dial(t, server.URL)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		waitForConnections(t, server, 1)

		server.Kill()
		if err := conn.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
			t.Fatal(err)
		}
		if n, err := conn.Read(make([]byte, 1)); err == nil || errors.Is(err, net.ErrClosed) || isTimeout(err) {
			t.Errorf("reading after Kill gave %d bytes and %v, want a closed connection", n, err)
		}
		waitForConnections(t, server, 0)
		for _, u := range []string{
			server.URL, server.LDAPSURL, server.GlobalCatalogURL, server.GlobalCatalogLDAPSURL,
		} {
			if listens(t, u) {
				t.Errorf("something still listens at %s after Kill", u)
			}
		}
	})
}

func bind(t *testing.T, server *sambatest.Server, u, name string, options ...string) (string, error) {
	t.Helper()
	args := append([]string{"-H", u, "-D", name, "-w", server.Password}, options...)
	return server.Ldapsearch(t, append(args, "-b", server.Base, "-s", "base", "dn")...)
}

// normal spells DNs alike and sorts them; which characters are escaped, and
// how, is a server's own choice.
func normal(t *testing.T, dns []string) []string {
	t.Helper()
	var spelled []string
	for _, dn := range dns {
		parsed, err := ldap.ParseDN(dn)
		if err != nil {
			t.Fatalf("parsing %q: %v", dn, err)
		}
		spelled = append(spelled, parsed.String())
	}
	slices.Sort(spelled)
	return spelled
}

// resultCode is the LDAP result code that ldapsearch ended with.
func resultCode(err error) int {
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.ExitCode()
	}
	return 0
}

func isTimeout(err error) bool {
	timeout, ok := errors.AsType[net.Error](err)
	return ok && timeout.Timeout()
}

func waitForConnections(t *testing.T, server *sambatest.Server, want int) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		got := server.Connections()
		if got == want {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%d connections are open, want %d", got, want)
		}
	}
}

func dial(t *testing.T, address string) (net.Conn, error) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return new(net.Dialer).DialContext(t.Context(), "tcp", u.Host)
}

func listens(t *testing.T, address string) bool {
	t.Helper()
	conn, err := dial(t, address)
	if err == nil {
		_ = conn.Close()
	}
	return err == nil
}
