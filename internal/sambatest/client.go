package sambatest

import (
	"testing"

	"cohort/internal/ldapsearch"
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
	values, err := ldapsearch.Values(s.Search(t, "-E", "pr=1000/noprompt", filter, attribute), attribute)
	if err != nil {
		t.Fatal(err)
	}
	return values
}

// Ldapsearch runs ldapsearch with simple authentication and trust in CAFile,
// and gives what it wrote, also on standard error. That it failed is for the
// caller to judge: its exit status is the LDAP result code.
func (s *Server) Ldapsearch(t testing.TB, args ...string) (string, error) {
	t.Helper()
	out, err := ldapsearch.Command(t.Context(), s.CAFile, args...).CombinedOutput()
	return string(out), err
}
