package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"cohort/fixtures"
	"cohort/internal/ldapfault"
)

// TestNoAnswerRestsOnAnIncompleteRead lets a read of either side end early, of
// every kind of source: nothing is found then, and nothing replaced.
func TestNoAnswerRestsOnAnIncompleteRead(t *testing.T) {
	directory, dn, password := directoryThatHangsUp(t)
	deployment, token := deploymentThatHidesSomebody(t)
	settings := []string{"COHORT_LDAP_PASSWORD=" + password, "CODER_SESSION_TOKEN=" + token}
	people := func(name, content string) []string {
		return []string{"--idp", cutFile(t, name, content), "--coder", demoURL}
	}
	for name, test := range map[string]struct {
		sides []string
		says  string
	}{
		"a directory": {[]string{"--idp", directory, "--ldap-bind-dn", dn, "--ldap-page-size", "25", "--coder", demoURL}, "connection"},
		"a dump of a directory": {
			people("people.ldif", "dn: cn=Anna,dc=x\nobjectClass: person\ncn: Anna\nmail: a@x.example\n\n# search result\nsearch: 2\nresult: 4 Size limit exceeded\n"),
			"limit",
		},
		"a CSV of people": {people("people.csv", "email,name\na@x.example,Anna\nb@x.example,\"Ber"), "line 3"},
		"JSON of people":  {people("people.json", `[{"email":"a@x.example"},{"email":"b@x.ex`), "people.json"},
		"a deployment":    {[]string{"--idp", demoURL, "--coder", deployment}, "45"},
		"a list of Coder's users": {
			[]string{"--idp", demoURL, "--coder", cutFile(t, "users.json", `[{"username":"anna","email":"anna.becker@corp.example","status":"active"},`)},
			"users.json",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, command := range [][]string{{"audit"}, {"audit", "--fail-on", "none", "--format", "json"}, {"explain", "anna.becker@corp.example"}} {
				run := newProgram(t, settings, slices.Concat(command, test.sides)...)
				if code := run.exitCode(t, run.Run()); code != 5 || !strings.Contains(run.stderr.String(), test.says) {
					t.Errorf("%s: exit code %d, want 5; said %q, want %q in it", command, code, run.stderr.String(), test.says)
				}
				if run.stdout.Len() > 0 {
					t.Errorf("%s: wrote %q", command, run.stdout.String())
				}
			}
			output := earlierOutput(t)
			run := newProgram(t, settings, append([]string{"audit", "-o", output.path}, test.sides...)...)
			if code := run.exitCode(t, run.Run()); code != 5 {
				t.Errorf("exit code %d, want 5; said %q", code, run.stderr.String())
			}
			output.untouched(t)
		})
	}
}

func cutFile(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// directoryThatHangsUp serves the sample company, and ends every connection
// before all is out.
func directoryThatHangsUp(t *testing.T) (address, dn, password string) {
	t.Helper()
	directory := serveDirectory(t, samplePeople(t), fixtures.LDAPOptions{})
	faults := ldapfault.All()
	at := slices.IndexFunc(faults, func(f ldapfault.Fault) bool { return f.Name == "closed between pages" })
	if at < 0 {
		t.Fatal("there is no such fault")
	}
	server := ldapfault.Start(t, directory.URL, faults[at])
	return server.URL + "/" + directory.BaseDN, directory.BindDN, directory.Password
}

// deploymentThatHidesSomebody serves the sample company, and counts one user
// more than it gives.
func deploymentThatHidesSomebody(t *testing.T) (address, token string) {
	t.Helper()
	users := sampleUsers(t)
	deployment := serveDeployment(t, users, fixtures.CoderOptions{})
	behind, err := url.Parse(deployment.URL)
	if err != nil {
		t.Fatal(err)
	}
	counted := func(n int) []byte { return []byte(`"count":` + strconv.Itoa(n)) }
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(behind) },
		ModifyResponse: func(r *http.Response) error {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				return err
			}
			if strings.HasSuffix(r.Request.URL.Path, "/users") {
				body = bytes.Replace(body, counted(len(users)), counted(len(users)+1), 1)
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
			r.ContentLength = int64(len(body))
			r.Header.Set("Content-Length", strconv.Itoa(len(body)))
			return nil
		},
	}
	server := httptest.NewServer(proxy)
	t.Cleanup(server.Close)
	return server.URL, deployment.Token
}
