package wire_test

import (
	"iter"
	"strings"
	"testing"

	goldap "github.com/go-ldap/ldap/v3"

	"cohort/internal/slapdtest"
)

// goldapEntries are all people by go-ldap, asked for page by page.
func goldapEntries(t testing.TB, server *slapdtest.Server) iter.Seq[*goldap.Entry] {
	return func(yield func(*goldap.Entry) bool) {
		client, err := goldap.DialURL(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		if err := client.Bind(server.BindDN, server.Password); err != nil {
			t.Fatal(err)
		}
		paging := goldap.NewControlPaging(1000)
		request := goldap.NewSearchRequest(server.Base, goldap.ScopeWholeSubtree, goldap.NeverDerefAliases, 0, 0, false,
			"(objectClass=person)", asked(), []goldap.Control{paging})
		for {
			result, err := client.Search(request)
			if err != nil {
				t.Fatal(err)
			}
			for _, entry := range result.Entries {
				if !yield(entry) {
					return
				}
			}
			answer, ok := goldap.FindControl(result.Controls, goldap.ControlTypePaging).(*goldap.ControlPaging)
			if !ok || len(answer.Cookie) == 0 {
				return
			}
			paging.SetCookie(answer.Cookie)
		}
	}
}

// BenchmarkSearch reads 100,000 people with eleven attributes from slapd on
// loopback, in pages of 1,000.
func BenchmarkSearch(b *testing.B) {
	const count = 100_000
	server := slapdtest.Start(b, slapdtest.Config{LDIF: slapdtest.People(count), SizeLimit: 500})
	rate := func(read func() int) func(*testing.B) {
		return func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if got := read(); got != count {
					b.Fatalf("%d people came, want %d", got, count)
				}
			}
			b.ReportMetric(float64(count)*float64(b.N)/b.Elapsed().Seconds(), "people/s")
		}
	}
	b.Run("by us", rate(func() (n int) {
		c := signIn(b, connect(b, server.URL, nil), server)
		defer c.Close()
		for _, err := range c.Search(b.Context(), people(b, server, 1000)) {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		return n
	}))
	b.Run("by go-ldap", rate(func() (n int) {
		for range goldapEntries(b, server) {
			n++
		}
		return n
	}))
	b.Run("by ldapsearch", rate(func() int {
		args := append([]string{"-E", "pr=1000/noprompt", "(objectClass=person)"}, asked()...)
		return strings.Count("\n"+server.Search(b, args...), "\ndn:")
	}))
}
