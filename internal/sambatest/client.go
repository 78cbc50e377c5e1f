package sambatest

import (
	"encoding/base64"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
)

// Search runs ldapsearch below Base over LDAPS, bound as BindDN, and gives its
// LDIF without comments and folded lines. The arguments are ldapsearch's own:
// options, filter, attributes.
func (s *Server) Search(t testing.TB, args ...string) string {
	t.Helper()
	out, err := s.Ldapsearch(t, append([]string{
		"-H", s.LDAPSURL, "-D", s.BindDN, "-w", s.Password, "-b", s.Base}, args...)...)
	if err != nil {
		t.Fatalf("ldapsearch: %v\n%s", err, out)
	}
	return out
}

// Values are the values of one attribute that [Server.Search] finds with
// paging, sorted; binary ones are bytes.
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

// Ldapsearch runs ldapsearch with simple authentication and trust in CAFile,
// and gives what it wrote, also on standard error. That it failed is for the
// caller to judge: its exit status is the LDAP result code.
func (s *Server) Ldapsearch(t testing.TB, args ...string) (string, error) {
	t.Helper()
	args = append([]string{"-x", "-LLL", "-o", "ldif-wrap=no"}, args...)
	command := exec.CommandContext(t.Context(), "ldapsearch", args...)
	// LDAPCONF and HOME keep the machine's settings out.
	command.Env = append(os.Environ(), "LDAPCONF="+os.DevNull, "HOME="+os.DevNull, "LDAPTLS_CACERT="+s.CAFile)
	command.WaitDelay = time.Second
	out, err := command.CombinedOutput()
	return string(out), err
}
