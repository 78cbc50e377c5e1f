package ldapfault_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"cohort/fixtures"
	"cohort/internal/ldapfault"
	"cohort/internal/testca"
)

// crowd is ou=people,dc=corp,dc=example with n people.
func crowd(n int) []fixtures.Entry {
	people := make([]fixtures.Person, n)
	for i := range people {
		name := fmt.Sprintf("p%03d", i)
		people[i] = fixtures.Person{Number: name, Username: name, Name: name, FamilyName: name,
			Mail: name + "@corp.example", Title: "engineer"}
	}
	return fixtures.LDAP(people)
}

// directory is a well-behaved server of a crowd, with a certificate.
func directory(t *testing.T, entries []fixtures.Entry) *fixtures.Directory {
	t.Helper()
	d, err := fixtures.ServeLDAP(entries, fixtures.LDAPOptions{TLS: testca.New(t).Issue(t).Config()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func TestEachFaultDoesWhatItSays(t *testing.T) {
	d := directory(t, crowd(ldapfault.Entries))
	seen := make(map[string]bool)
	t.Run("faults", func(t *testing.T) {
		for _, fault := range ldapfault.All() {
			if seen[fault.Name] {
				t.Errorf("there are two faults %q", fault)
			}
			seen[fault.Name] = true
			want, known := transcripts()[strings.TrimSuffix(fault.Name, ", on the first connection")]
			if !known {
				t.Errorf("no transcript of the fault %q", fault)
			}
			if fault.Doc == "" {
				t.Errorf("the fault %q has no words", fault)
			}
			t.Run(fault.Name, func(t *testing.T) {
				t.Parallel()
				server := ldapfault.Start(t, d.URL, fault)
				// Only who expects silence has to wait for it.
				patience := 10 * time.Second
				if strings.HasSuffix(want, "silence") {
					patience = 200 * time.Millisecond
				}
				got := converse(t, server.URL, d, fault, patience)
				heard := got.transcript()
				if fault.Name == "closed at accept" || fault.Name == "closed at accept, on the first connection" {
					// What the client had said by then is thrown away, or not.
					heard = strings.Replace(heard, "reset", "closed", 1)
				}
				if heard != want {
					t.Errorf("the client heard\n\t%s, want\n\t%s", got.transcript(), want)
				}
				if got.code != fault.Code && fault.Code != 0 {
					t.Errorf("the result code is %d, want %d", got.code, fault.Code)
				}
				if words := strings.Join(got.words, "\n"); !strings.Contains(words, fault.Says) {
					t.Errorf("the server said %q, want something with %q", words, fault.Says)
				}
				checkOutcome(t, fault, got)
				if !fault.Once {
					return
				}
				again := converse(t, server.URL, d, fault, 10*time.Second)
				if again.transcript() != whole {
					t.Errorf("on the second connection the client heard\n\t%s, want\n\t%s", again.transcript(), whole)
				}
			})
		}
	})
	for name := range transcripts() {
		if !seen[name] {
			t.Errorf("there is no fault %q", name)
		}
	}
}

// converse asks for everything.
func converse(t *testing.T, url string, d *fixtures.Directory, fault ldapfault.Fault, patience time.Duration) *client {
	t.Helper()
	c := dial(t, url, patience)
	c.run(d, fault)
	return c
}

func (c *client) run(d *fixtures.Directory, fault ldapfault.Fault) {
	if fault.StartTLS {
		if c.startTLS() {
			c.receiveInClear()
		}
		return
	}
	if !c.bind(d.BindDN, d.Password) {
		return
	}
	c.search(d.BaseDN, ldapfault.PageSize)
	// The right thing after a refusal is to ask in another way.
	pageSize := int64(0)
	switch {
	case strings.HasPrefix(fault.Name, "paging is refused"):
	case strings.HasPrefix(fault.Name, "larger pages"):
		pageSize = 20
	default:
		return
	}
	c.entries, c.code, c.people = 0, 0, make(map[string]bool)
	c.search(d.BaseDN, pageSize)
}

// receiveInClear notes what comes where the handshake is due. It begins it
// with something that is no LDAP, as a ClientHello is none.
func (c *client) receiveInClear() {
	if c.in.Buffered() == 0 {
		_, _ = c.conn.Write([]byte{0x16, 0x03, 0x01, 0x00, 0x01, 0x01})
	}
	for {
		packet := c.receive()
		if packet == nil {
			return
		}
		c.note("operation %d", packet.Children[1].Tag)
	}
}

// checkOutcome holds the outcome against what a client that believes
// everything has read.
func checkOutcome(t *testing.T, fault ldapfault.Fault, c *client) {
	t.Helper()
	complete := len(c.people) == ldapfault.Entries && c.entries == ldapfault.Entries && c.code == 0
	switch fault.Outcome {
	case ldapfault.Harmless:
		if !complete {
			t.Errorf("the outcome is %q, but %d people came in %d entries", fault.Outcome, len(c.people), c.entries)
		}
	case ldapfault.Unknowable:
		if complete || c.code != 0 {
			t.Errorf("the outcome is %q, but %d people came with code %d", fault.Outcome, len(c.people), c.code)
		}
	case ldapfault.MustFail:
		if complete && strings.HasSuffix(c.transcript(), "last") {
			t.Errorf("the outcome is %q, but everything came", fault.Outcome)
		}
	}
}

// whole is what a client hears without a fault.
const whole = "2 times 25 entries, more | 20 entries, last"
