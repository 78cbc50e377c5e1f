package ldapfault_test

import (
	"errors"
	"net"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"cohort/internal/ldapfault"
)

// eventually waits for something that another goroutine brings about.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !is(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("after ten seconds it is not so that %s", what)
		}
	}
}

func TestConnectionsAndSearchesAreCounted(t *testing.T) {
	d := directory(t, crowd(ldapfault.Entries))
	server := ldapfault.Start(t, d.URL, ldapfault.Fault{})
	one := login(t, server.URL, d.BindDN, d.Password)
	two := converse(t, server.URL, d, ldapfault.Fault{}, 10*time.Second)
	values(t, one, d.BaseDN, "dc")
	if got, all := server.Connections(), server.Accepted(); got != 2 || all != 2 {
		t.Errorf("%d connections of %d, want 2 of 2", got, all)
	}
	if got := server.Searches(); got != 3 {
		t.Errorf("%d searches, want one a page, which are 3, and none for the lookup", got)
	}
	two.conn.Close()
	eventually(t, "one connection is left", func() bool { return server.Connections() == 1 })
	one.Close()
	eventually(t, "no connection is left", func() bool { return server.Connections() == 0 })
	if got := server.Accepted(); got != 2 {
		t.Errorf("there were %d connections, want 2", got)
	}
	eventually(t, "none is left behind the proxy", func() bool { return d.Connections() == 0 })
}

func TestNothingOutlivesTheTest(t *testing.T) {
	d := directory(t, crowd(ldapfault.Entries))
	before := runtime.NumGoroutine()
	for _, fault := range []string{
		"", "silent at accept", "silent inside a page", "half-closed inside a page", "dribbling for ever",
		"StartTLS, and then silence", "a message of 2 GB",
	} {
		t.Run("with the fault "+fault, func(t *testing.T) {
			var c *client
			var address string
			t.Run("and a client that stays", func(t *testing.T) {
				f := ldapfault.Fault{}
				if fault != "" {
					f = named(t, fault)
				}
				server := ldapfault.Start(t, d.URL, f)
				address = strings.TrimPrefix(server.URL, "ldap://")
				conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
				if err != nil {
					t.Fatal(err)
				}
				c = clientOn(t, conn, 100*time.Millisecond)
				c.run(d, f)
				if server.Connections() != 1 {
					t.Errorf("%d connections, want the client's", server.Connections())
				}
			})
			defer c.conn.Close()
			if conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(t.Context(), "tcp", address); err == nil {
				conn.Close()
				t.Error("the proxy still listens")
			}
			_ = c.conn.SetReadDeadline(time.Now().Add(10 * time.Second))
			var err error
			for buffer := make([]byte, 1024); err == nil; {
				_, err = c.conn.Read(buffer)
			}
			if errors.Is(err, os.ErrDeadlineExceeded) {
				t.Error("the client's connection is still open")
			}
		})
	}
	eventually(t, "all goroutines have ended", func() bool { return runtime.NumGoroutine() <= before })
}

func TestOutcomesAreInWords(t *testing.T) {
	seen := make(map[string]bool)
	for _, fault := range ldapfault.All() {
		seen[fault.Outcome.String()] = true
		if fault.Once && fault.Outcome != ldapfault.MayFail {
			t.Errorf("the fault %q heals, and its outcome is %q", fault, fault.Outcome)
		}
	}
	for _, outcome := range []ldapfault.Outcome{
		ldapfault.MustFail, ldapfault.MayFail, ldapfault.Harmless, ldapfault.Unknowable, ldapfault.Endless,
	} {
		if !seen[outcome.String()] {
			t.Errorf("no fault has the outcome %q", outcome)
		}
	}
	if len(seen) != 5 {
		t.Errorf("the outcomes are %v, want 5", seen)
	}
}
