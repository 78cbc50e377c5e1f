package okta

import (
	"strings"
	"testing"

	"cohort/internal/fault"
)

func TestTheOrgOfAURL(t *testing.T) {
	for _, test := range []struct{ name, url, want string }{
		{"an org", "okta://acme.okta.com", "https://acme.okta.com"},
		{"in capitals, with blanks around it", " OKTA://Acme.Okta.com/ ", "https://acme.okta.com"},
		{"a custom domain", "okta://id.example.com", "https://id.example.com"},
		{"a custom domain with -admin", "okta://acme-admin.example.com", "https://acme-admin.example.com"},
		{"a port", "okta://127.0.0.1:8443", "https://127.0.0.1:8443"},
		{"a port with zeros", "okta://acme.okta.com:08443", "https://acme.okta.com:8443"},
		{"the port of HTTPS", "okta://acme.okta.com:443", "https://acme.okta.com"},
		{"an IPv6 address", "okta://[2001:DB8::1]:8443", "https://[2001:db8::1]:8443"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got, err := orgOf(test.url); got != test.want || err != nil {
				t.Errorf("got %q, error %v; want %q", got, err, test.want)
			}
		})
	}
}

func TestAURLThatIsNoOrgIsRefused(t *testing.T) {
	for _, test := range []struct{ name, url, says string }{
		{"nothing", "", "does not begin with okta://"},
		{"another scheme", "https://acme.okta.com", "does not begin with okta://"},
		{"no host", "okta://", "no host"},
		{"no slashes", "okta:acme.okta.com", "no host"},
		{"a token in front", "okta://00secret@acme.okta.com", "OKTA_CLIENT_TOKEN"},
		{"a path", "okta://acme.okta.com/api/v1/00secret", "more than host and port"},
		{"a query", "okta://acme.okta.com?token=00secret", "more than host and port"},
		{"an empty query", "okta://acme.okta.com?", "more than host and port"},
		{"a fragment", "okta://acme.okta.com#00secret", "more than host and port"},
		{"no URL", "okta://acme.okta.com:secret", "not a URL"},
		{"a port of zero", "okta://acme.okta.com:0", "port"},
		{"a port beyond all", "okta://acme.okta.com:65536", "port"},
		{"a letter no host has", "okta://ac%20me.okta.com", "URL is not right"},
		{"a letter of another script", "okta://äcme.okta.com", "character"},
		{"the administrators' pages", "okta://acme-admin.okta.com", "-admin"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := orgOf(test.url)
			if fault.KindOf(err) != fault.Usage || !strings.Contains(err.Error(), test.says) {
				t.Fatalf("got %q, error %v; want one of usage with %q", got, err, test.says)
			}
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("the error repeats what may be a secret: %v", err)
			}
		})
	}
}

func FuzzOrg(f *testing.F) {
	for _, url := range []string{"okta://acme.okta.com", "okta://[::1%25eth0]:8443", "okta://a:b@c", "okta://x\x00", "OKTA://É.com:99999"} {
		f.Add(url)
	}
	f.Fuzz(func(t *testing.T, text string) {
		origin, err := orgOf(text)
		if err != nil {
			return
		}
		u := parsed(t, origin+"/api/v1/users")
		if u.Scheme != "https" || u.User != nil || u.Path != "/api/v1/users" || u.RawQuery != "" || u.Fragment != "" {
			t.Errorf("%q becomes %q", text, origin)
		}
		if again, err := orgOf("okta" + strings.TrimPrefix(origin, "https")); again != origin || err != nil {
			t.Errorf("%q becomes %q, and that %q, error %v", text, origin, again, err)
		}
	})
}
