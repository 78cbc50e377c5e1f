package okta_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cohort/idp/okta"
	"cohort/internal/fault"
)

func TestAConfigurationThatIsNotRightIsRefused(t *testing.T) {
	notPEM := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(notPEM, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	const token = "00secret"
	for _, test := range []struct {
		name   string
		change func(*okta.Config)
		kind   fault.Kind
		says   string
	}{
		{"no credentials", func(c *okta.Config) { c.Token = "" }, fault.Credentials, "set OKTA_CLIENT_TOKEN"},
		{"an app without a key", func(c *okta.Config) { c.Token, c.ClientID = "", "0oa1" }, fault.Credentials, "set OKTA_CLIENT_PRIVATEKEY"},
		{"a key without an app", func(c *okta.Config) { c.Token, c.PrivateKey = "", "secret" }, fault.Credentials, "set OKTA_CLIENT_CLIENTID"},
		{"a token and an app", func(c *okta.Config) { c.ClientID = "0oa1" }, fault.Usage, "unset one of them"},
		{"a token of two lines", func(c *okta.Config) { c.Token = token + "\nsecret" }, fault.Usage, "OKTA_CLIENT_TOKEN holds"},
		{"an app's id with a blank", func(c *okta.Config) { c.Token, c.ClientID, c.PrivateKey = "", "0oa 1", "secret" }, fault.Usage, "OKTA_CLIENT_CLIENTID"},
		{"a key that is none", func(c *okta.Config) { c.Token, c.ClientID, c.PrivateKey = "", "0oa1", "secret" }, fault.Usage, "OKTA_CLIENT_PRIVATEKEY"},
		{"an unknown status", func(c *okta.Config) { c.Statuses = []string{"ACTIV"} }, fault.Usage, "did you mean ACTIVE?"},
		{"a status like no other", func(c *okta.Config) { c.Statuses = []string{"xyzzy"} }, fault.Usage, "there are STAGED"},
		{"a group without a name", func(c *okta.Config) { c.Groups = []string{" "} }, fault.Usage, "--okta-groups"},
		{"a share beyond all", func(c *okta.Config) { c.RateShare = 101 }, fault.Usage, "--okta-rate-share"},
		{"a share below nothing", func(c *okta.Config) { c.RateShare = -1 }, fault.Usage, "--okta-rate-share"},
		{"more parts than an org takes", func(c *okta.Config) { c.Parallel = 16 }, fault.Usage, "--okta-parallel"},
		{"parts below nothing", func(c *okta.Config) { c.Parallel = -1 }, fault.Usage, "--okta-parallel"},
		{"a CA file that is none", func(c *okta.Config) { c.HTTP.CAFile = notPEM }, fault.Usage, "--okta-ca-file"},
		{"no org", func(c *okta.Config) { c.URL = "okta://" }, fault.Usage, "--idp"},
	} {
		t.Run(test.name, func(t *testing.T) {
			config := okta.Config{URL: "okta://acme.okta.com", Token: token}
			test.change(&config)
			_, err := okta.New(config)
			if fault.KindOf(err) != test.kind || !strings.Contains(err.Error(), test.says) {
				t.Fatalf("error %v; want one of kind %v with %q", err, test.kind, test.says)
			}
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("the error repeats what may be a secret: %v", err)
			}
		})
	}
}

func TestASourceIsNamedAsItsUserDid(t *testing.T) {
	for url, want := range map[string]string{
		"okta://Acme.okta.com":     "okta://acme.okta.com",
		"okta://acme.okta.com:443": "okta://acme.okta.com",
		"okta://127.0.0.1:8443/":   "okta://127.0.0.1:8443",
	} {
		c := connect(t, okta.Config{URL: url, Token: "00secret"})
		if got := c.Source(); got.Name != want || got.Proved {
			t.Errorf("%s is %+v, want %s", url, got, want)
		}
	}
}
