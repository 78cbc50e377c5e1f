package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"cohort/fixtures"
	"cohort/internal/oktafault"
)

// smallOrg serves a few people, and gives the file of its CA.
func smallOrg(t *testing.T) (org *fixtures.Org, caFile string) {
	t.Helper()
	return serveOrg(t, oktafault.People(3), fixtures.OktaOptions{})
}

// TestStrayOktaSettingsCountForNothing lays out what Okta's SDK would read by
// itself, and would send the token elsewhere for.
func TestStrayOktaSettingsCountForNothing(t *testing.T) {
	org, caFile := smallOrg(t)
	folder := t.TempDir()
	stray := "okta:\n  client:\n    orgUrl: https://127.0.0.1:1\n    token: 00stray\n    authorizationMode: Bearer\n    connectionTimeout: soon\n    proxy: {host: 127.0.0.1, port: 1}\n"
	for _, name := range []string{".okta/okta.yaml", ".okta.yaml", "okta.yaml"} {
		file := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(stray), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run := newProgram(t, []string{
		"OKTA_CLIENT_TOKEN=" + org.Token, "SSL_CERT_FILE=" + caFile, "HOME=" + folder,
		"OKTA_CLIENT_ORGURL=https://127.0.0.1:1", "OKTA_CLIENT_AUTHORIZATIONMODE=Bearer", "OKTA_CLIENT_PROXY_HOST=127.0.0.1",
		"OKTA_CLIENT_PROXY_PORT=1", "OKTA_CLIENT_REQUESTTIMEOUT=soon", "OKTA_CLIENT_CACHE_ENABLED=maybe",
	}, "export", "--idp", org.URL, "--coder", "demo:", "--columns", "email,idp_status", "--quiet")
	run.Dir = folder
	if code := run.exitCode(t, run.Run()); code != 0 {
		t.Errorf("exit code %d: %s", code, run.stderr.String())
	}
	const want = "email,idp_status\nPerson.0@example.com,active\nPerson.1@example.com,active\nPerson.2@example.com,active\n"
	if run.stdout.String() != want || run.stderr.Len() > 0 {
		t.Errorf("wrote %q and said %q, want %q", run.stdout.String(), run.stderr.String(), want)
	}
}

func TestAnOrgIsReachedThroughTheProxyOfTheEnvironment(t *testing.T) {
	var mu sync.Mutex
	var asked []string
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		asked = append(asked, r.Method+" "+r.Host+" "+r.Header.Get("Authorization"))
		w.WriteHeader(http.StatusForbidden)
	}))
	t.Cleanup(proxy.Close)
	through := strings.Replace(proxy.URL, "//", "//me:geheim@", 1)
	run := newProgram(t, []string{"OKTA_CLIENT_TOKEN=00token", "HTTPS_PROXY=" + through},
		"export", "--idp", "okta://acme.okta.com", "--coder", "demo:")
	if code := run.exitCode(t, run.Run()); code != 5 {
		t.Errorf("exit code %d, want 5", code)
	}
	if said := run.oneLineSaid(t); !strings.Contains(said, "Forbidden") || strings.Contains(said, "geheim") || strings.Contains(said, "00token") {
		t.Errorf("said %q, want the proxy's answer and no secret", said)
	}
	mu.Lock()
	defer mu.Unlock()
	if len(asked) != 1 || asked[0] != "CONNECT acme.okta.com:443 " {
		t.Errorf("the proxy was asked %q, want a tunnel to the org, and no token", asked)
	}
}

// TestAProvidersOwnAuthorityAloneIsTrusted refuses an org whose certificate is
// signed by another than --okta-ca-file.
func TestAProvidersOwnAuthorityAloneIsTrusted(t *testing.T) {
	org, caFile := smallOrg(t)
	_, other := smallOrg(t)
	for file, want := range map[string]int{caFile: 0, other: 5} {
		run := newProgram(t, []string{"OKTA_CLIENT_TOKEN=" + org.Token, "SSL_CERT_FILE=" + caFile},
			"export", "--idp", org.URL, "--coder", "demo:", "--okta-ca-file", file, "--quiet")
		if code := run.exitCode(t, run.Run()); code != want {
			t.Errorf("exit code %d, want %d: %s", code, want, run.stderr.String())
		}
		if want != 0 && !strings.Contains(run.oneLineSaid(t), "--okta-ca-file") {
			t.Errorf("said %q, want the flag's name", run.stderr.String())
		}
	}
}
