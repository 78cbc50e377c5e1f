package slapdtest

import (
	"strconv"
	"strings"
	"testing"

	"cohort/internal/ldapsearch"
)

// Search runs ldapsearch below Base, bound as BindDN, and gives its LDIF
// without comments and folded lines. The arguments are ldapsearch's own:
// options, filter, attributes.
func (s *Server) Search(t testing.TB, args ...string) string {
	t.Helper()
	return s.run(t, append([]string{"-D", s.BindDN, "-w", s.Password, "-b", s.Base}, args...)...)
}

// Values are the values of one attribute that ldapsearch finds with paging,
// sorted.
func (s *Server) Values(t testing.TB, filter, attribute string) []string {
	t.Helper()
	values, err := ldapsearch.Values(s.Search(t, "-E", "pr=1000/noprompt", filter, attribute), attribute)
	if err != nil {
		t.Fatal(err)
	}
	return values
}

// Connections is how many clients have a connection to slapd, as it says
// itself; the one that asks does not count.
func (s *Server) Connections(t testing.TB) int {
	t.Helper()
	const entry, attribute = "cn=Current,cn=Connections,cn=Monitor", "monitorCounter"
	out := s.run(t, "-b", entry, "-s", "base", "(objectClass=*)", attribute)
	for line := range strings.Lines(out) {
		if value, ok := strings.CutPrefix(line, attribute+": "); ok {
			count, err := strconv.Atoi(strings.TrimSpace(value))
			if err != nil {
				t.Fatalf("counting slapd's connections: %v", err)
			}
			return count - 1
		}
	}
	t.Fatalf("counting slapd's connections: cn=Monitor does not say:\n%s", out)
	return 0
}

func (s *Server) run(t testing.TB, args ...string) string {
	t.Helper()
	command := ldapsearch.Command(t.Context(), "", append([]string{"-H", s.URL}, args...)...)
	var stderr strings.Builder
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil {
		t.Fatalf("ldapsearch: %v\n%s", err, stderr.String())
	}
	return string(out)
}
