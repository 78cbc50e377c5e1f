package ldap_test

import (
	"bytes"
	"context"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cohort/idp"
	"cohort/idp/ldap"
	"cohort/internal/fault"
	"cohort/internal/slapdtest"
)

// Whatever ldapsearch writes of a real server is read whole, and
// where ldapsearch tells that it was cut, it is refused.
func TestLDIFOfRealTools(t *testing.T) {
	if _, err := exec.LookPath("ldapsearch"); err != nil {
		t.Skip("ldapsearch is not installed")
	}
	const people = 50
	server := slapdtest.Start(t, slapdtest.Config{LDIF: slapdtest.People(people), SizeLimit: 500})
	request := idp.Request{Fields: []idp.Field{idp.Name, idp.ManagerEmail, idp.City}, Attributes: []string{"dn", "entryUUID"}}
	fromServer, err := collect(t.Context(), t, connect(t, signedIn(server)), request)
	if err != nil {
		t.Fatal(err)
	}
	for i := range fromServer {
		fromServer[i].Status = idp.Unknown
	}
	dump := func(t *testing.T, options ...string) string {
		t.Helper()
		arguments := append([]string{"-x", "-H", server.URL, "-D", server.BindDN, "-w", server.Password, "-b", server.Base}, options...)
		var out bytes.Buffer
		command := exec.CommandContext(t.Context(), "ldapsearch", arguments...)
		command.Stdout = &out
		// That a limit was exceeded is the exit code, too.
		if err := command.Run(); err != nil && command.ProcessState.ExitCode() != 4 {
			t.Fatal(err)
		}
		return out.String()
	}
	for name, options := range map[string][]string{
		"with everything":          {"(objectClass=*)", "*", "+"},
		"strict":                   {"-L", "(objectClass=*)", "*", "+"},
		"bare":                     {"-LLL", "(objectClass=*)", "*", "+"},
		"in pages":                 {"-E", "pr=7/noprompt", "(objectClass=*)", "*", "+"},
		"in pages, strict":         {"-L", "-E", "pr=7/noprompt", "(objectClass=*)", "*", "+"},
		"in pages, bare":           {"-LLL", "-E", "pr=7/noprompt", "(objectClass=*)", "*", "+"},
		"with chosen attributes":   {"(objectClass=person)", "entryUUID", "cn", "displayName", "mail", "uid", "manager", "l"},
		"without breaks of a line": {"-o", "ldif-wrap=no", "(objectClass=*)", "*", "+"},
	} {
		t.Run(name, func(t *testing.T) {
			fromFile, err := collect(t.Context(), t, ldif(t, dump(t, options...)), request)
			if err != nil {
				t.Fatal(err)
			}
			for i := range fromFile {
				fromFile[i].Status = idp.Unknown
			}
			if diff := cmp.Diff(fromServer, fromFile); diff != "" {
				t.Errorf("people (-server +file):\n%s", diff)
			}
		})
	}
	t.Run("with a size limit", func(t *testing.T) {
		_, err := collect(t.Context(), t, ldif(t, dump(t, "-z", "5")), request)
		wantFailure(t, err, fault.Source, "4 Size limit exceeded")
	})
	whole := dump(t, "-E", "pr=7/noprompt", "(objectClass=*)", "*", "+")
	bare := dump(t, "-LLL", "-E", "pr=7/noprompt", "(objectClass=*)", "*", "+")
	t.Run("cut behind any line", func(t *testing.T) {
		before, _, _ := strings.Cut(whole, "# numEntries")
		lines := strings.SplitAfter(before, "\n")
		for end := 10; end < len(lines); end += 3 {
			if _, err := collect(t.Context(), t, ldif(t, strings.Join(lines[:end], "")), request); err == nil {
				t.Fatalf("the first %d lines were taken for the whole", end)
			}
		}
	})
	t.Run("cut behind a page", func(t *testing.T) {
		page, rest, _ := strings.Cut(bare, "# pagedresults")
		cookie, _, _ := strings.Cut(rest, "\n")
		_, err := collect(t.Context(), t, ldif(t, page+"# pagedresults"+cookie+"\n"), request)
		wantFailure(t, err, fault.Source, "after its last page there were more")
	})
}

func FuzzLDIF(f *testing.F) {
	for _, seed := range []string{
		"", "\n", "dn: uid=a\nuid: a\n", "version: 1\n\ndn:: dWlkPWE=\nuid: a\n b\n\n# x\n y\n", "dn: a\nchangetype: add\n",
		"dn: uid=a\nmail:< file:///x\n", "\ufeffdn: uid=a\r\nmail: a@x\r\n", "search: 2\nresult: 4 x\n", "# numEntries: 1\n",
		"dn: uid=a\nuid: a\nmemberOf;range=0-1: b\n", "# LDAPv3\n\n# numResponses: 1\n", " x\n", "dn: a\nb;c;d: e\n\ndn: A\nuid: x\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		read := func(ctx context.Context, text []byte) (people []idp.Person, err error) {
			l := openLDIF(t, ldap.LDIFConfig{Path: "-", Input: bytes.NewReader(text)})
			for p, err := range l.People(ctx, idp.Request{Fields: idp.MappedFields(), Attributes: []string{"dn", "description"}}) {
				if err != nil {
					return people, err
				}
				people = append(people, p)
			}
			return people, nil
		}
		people, err := read(t.Context(), text)
		if err != nil {
			if kind := fault.KindOf(err); kind != fault.Usage && kind != fault.Source || strings.Contains(err.Error(), "\n") {
				t.Errorf("%v is of kind %d", err, kind)
			}
			return
		}
		seen := map[string]bool{}
		for _, p := range people {
			if p.ID == "" || seen[p.Ref] {
				t.Errorf("somebody has the ID %q and the Ref %q", p.ID, p.Ref)
			}
			seen[p.Ref] = true
		}
		// A file that lost its last byte is never as good as a whole one.
		if len(text) > 0 && text[len(text)-1] == '\n' {
			again, err := read(t.Context(), text[:len(text)-1])
			if err == nil && len(again) < len(people) {
				t.Errorf("%d people became %d", len(people), len(again))
			}
		}
	})
}
