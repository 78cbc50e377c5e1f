package ldap_test

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cohort/idp"
	"cohort/internal/fault"
	"cohort/internal/slapdtest"
)

// team answers with n people in pages of what was asked for, from an offset
// that is the cookie.
func team(w *wire, n int, asked query) {
	start := 0
	if asked.cookie != "" {
		if _, err := fmt.Sscan(asked.cookie, &start); err != nil {
			w.t.Errorf("the cookie %q is none of ours", asked.cookie)
		}
	}
	end := n
	if asked.paged {
		end = min(n, start+asked.size)
	}
	for i := start; i < end; i++ {
		w.person(asked.id, fmt.Sprintf("p%03d", i))
	}
	switch {
	case !asked.paged:
		w.done(asked.id, 0)
	case end < n:
		w.more(asked.id, fmt.Sprint(end))
	default:
		w.last(asked.id)
	}
}

func TestReadsThatHeal(t *testing.T) {
	const people = 250
	for _, test := range []struct {
		name string
		// page misbehaves on a connection, counted from 1, or calls team.
		page func(w *wire, connection, n int, asked query)
		told string
	}{
		{
			"the connection is lost between pages, twice",
			func(w *wire, connection, n int, asked query) {
				if connection < 3 && n == connection+1 {
					_ = w.conn.Close()
					return
				}
				team(w, people, asked)
			},
			"started again",
		},
		{
			"the connection is lost within a page",
			func(w *wire, connection, n int, asked query) {
				if connection == 1 && n == 2 {
					w.person(asked.id, "p100")
					_ = w.conn.Close()
					return
				}
				team(w, people, asked)
			},
			"started again",
		},
		{
			"the server takes pages of 30 at most, and gives some before it says so",
			func(w *wire, _, _ int, asked query) {
				if asked.size > 30 {
					w.person(asked.id, "p000")
					w.done(asked.id, 4)
					return
				}
				team(w, people, asked)
			},
			"",
		},
		{
			"the administrator allows pages of 20",
			func(w *wire, _, _ int, asked query) {
				if asked.size > 20 {
					w.done(asked.id, 11)
					return
				}
				team(w, people, asked)
			},
			"",
		},
		{
			"the server refuses paging and gives everything without",
			func(w *wire, _, _ int, asked query) {
				if asked.paged {
					w.done(asked.id, 53)
					return
				}
				team(w, people, asked)
			},
			"",
		},
		{
			"the server does not know paging",
			func(w *wire, _, _ int, asked query) {
				if asked.paged {
					w.done(asked.id, 12)
					return
				}
				team(w, people, asked)
			},
			"",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			var connections atomic.Int32
			config := serve(t, script{page: func(w *wire, n int, asked query) {
				if n == 1 {
					connections.Add(1)
				}
				test.page(w, int(connections.Load()), n, asked)
			}})
			config.PageSize = 100
			var notices []string
			req := idp.Request{Notify: func(notice string) { notices = append(notices, notice) }}
			read, err := collect(t.Context(), t, connect(t, config), req)
			if err != nil {
				t.Fatal(err)
			}
			var got, want []string
			for _, p := range read {
				got = append(got, p.ID)
			}
			for i := range people {
				want = append(want, fmt.Sprintf("p%03d", i))
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("people (-want +got):\n%s", diff)
			}
			if told := strings.Join(notices, "\n"); !strings.Contains(told, test.told) || test.told == "" && told != "" {
				t.Errorf("told %q, want %q", told, test.told)
			}
		})
	}
}

func TestReadsThatDoNotHeal(t *testing.T) {
	for _, test := range []struct {
		name        string
		page        func(w *wire, n int, asked query)
		says        string
		connections int32
	}{
		{
			"the connection is lost each time",
			func(w *wire, n int, asked query) {
				if n == 2 {
					_ = w.conn.Close()
					return
				}
				team(w, 250, asked)
			},
			"the server closed the connection", 3,
		},
		{
			"paging is refused and the plain search limited",
			func(w *wire, _ int, asked query) {
				if asked.paged {
					w.done(asked.id, 12)
					return
				}
				w.person(asked.id, "ada")
				w.done(asked.id, 4)
			},
			"MaxPageSize", 1,
		},
		{
			"the limit is on all pages together",
			func(w *wire, n int, asked query) {
				if n%4 == 0 {
					w.done(asked.id, 4)
					return
				}
				team(w, 1000, asked)
			},
			"nsslapd-sizelimit", 1,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			var connections atomic.Int32
			config := serve(t, script{page: func(w *wire, n int, asked query) {
				if n == 1 {
					connections.Add(1)
				}
				test.page(w, n, asked)
			}})
			config.PageSize = 100
			_, err := collect(t.Context(), t, connect(t, config), idp.Request{})
			wantFailure(t, err, fault.Source, test.says)
			if got := connections.Load(); got != test.connections {
				t.Errorf("%d connections, want %d", got, test.connections)
			}
		})
	}
}

func TestReferralsAreAnErrorWhereThatIsAskedFor(t *testing.T) {
	config := serve(t, script{page: func(w *wire, n int, asked query) {
		w.referral(asked.id, "ldap://elsewhere.example.com/dc=x")
		twoPages(w, n, asked)
	}})
	config.Referrals = "error"
	_, err := collect(t.Context(), t, connect(t, config), idp.Request{})
	wantFailure(t, err, fault.Source, "ldap://elsewhere.example.com", "global catalogue")
}

func TestManagersOutsideOfWhatWasReadAreLookedUp(t *testing.T) {
	server := slapdtest.Start(t, slapdtest.Config{LDIF: slapdtest.People(200)})
	config := signedIn(server)
	// Those numbered 100 and more have managers below 100.
	config.Filter = "(&(objectClass=person)(employeeNumber=1001*))"
	c := connect(t, config)
	var missing []string
	for p, err := range c.People(t.Context(), idp.Request{Fields: []idp.Field{idp.ManagerEmail}}) {
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(missing, p.Manager) {
			missing = append(missing, p.Manager)
		}
	}
	if len(missing) != 11 {
		t.Fatalf("%d managers: %q", len(missing), missing)
	}
	addresses, err := c.Addresses(t.Context(), append(missing, "uid=nobody,dc=example,dc=com", "no dn"))
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string]bool)
	for _, address := range addresses {
		got[address] = true
	}
	for i := 9; i < 20; i++ {
		if address := fmt.Sprintf("Person.%d@example.com", i); !got[address] {
			t.Errorf("%s was not found", address)
		}
	}
	if len(addresses) != 11 {
		t.Errorf("%d were found, want 11: %v", len(addresses), addresses)
	}
}
