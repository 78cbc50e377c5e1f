package slapdtest

import (
	"encoding/base64"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
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
	var values []string
	for line := range strings.Lines(s.Search(t, "-E", "pr=1000/noprompt", filter, attribute)) {
		value, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), attribute+":")
		if !ok {
			continue
		}
		if encoded, ok := strings.CutPrefix(value, ": "); ok {
			decoded, err := base64.StdEncoding.DecodeString(encoded)
			if err != nil {
				t.Fatalf("ldapsearch wrote %q: %v", line, err)
			}
			values = append(values, string(decoded))
			continue
		}
		values = append(values, strings.TrimPrefix(value, " "))
	}
	slices.Sort(values)
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
	args = append([]string{"-x", "-LLL", "-o", "ldif-wrap=no", "-H", s.URL}, args...)
	command := exec.CommandContext(t.Context(), "ldapsearch", args...)
	command.Env = append(os.Environ(), "LDAPNOINIT=1") // not the machine's ldap.conf
	command.WaitDelay = time.Second
	var stderr strings.Builder
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil {
		t.Fatalf("ldapsearch: %v\n%s", err, stderr.String())
	}
	return string(out)
}
