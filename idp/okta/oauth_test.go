package okta_test

import (
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v3"

	"cohort/fixtures"
	"cohort/idp"
	"cohort/idp/okta"
	"cohort/internal/fault"
	"cohort/internal/oktafault"
	"cohort/internal/transport"
)

func TestAnAppSignsInWithEveryFormOfItsKey(t *testing.T) {
	served, users := company(t, fixtures.OktaOptions{})
	app, err := served.AddApp()
	if err != nil {
		t.Fatal(err)
	}
	jwk, err := jose.JSONWebKey{Key: app.Key, KeyID: app.KeyID}.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	pkcs1 := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(app.Key)})
	for name, key := range map[string][]byte{"PKCS#8": app.PrivateKey, "PKCS#1": pkcs1, "JWK": jwk} {
		t.Run(name, func(t *testing.T) {
			config := signedInTo(served)
			config.Token, config.ClientID, config.PrivateKey = "", app.ClientID, string(key)
			people, err := collect(t.Context(), t, connect(t, config), idp.Request{Fields: []idp.Field{idp.Groups}})
			if err != nil || len(people) != len(users) {
				t.Errorf("%d people of %d came, error %v", len(people), len(users), err)
			}
		})
	}
}

func TestAnAppAsksForNoMoreScopesThanItNeeds(t *testing.T) {
	served := org(t, []fixtures.OktaUser{someone(1, fixtures.OktaActive, nil)}, nil, fixtures.OktaOptions{})
	for _, test := range []struct {
		name            string
		granted, wanted []string
		fails           bool
	}{
		{"users alone are enough", []string{"okta.users.read"}, nil, false},
		{"scopes by their variable", []string{"okta.users.read", "okta.orgs.read"}, []string{"okta.users.read,okta.orgs.read"}, false},
		{"a scope that was not granted", []string{"okta.users.read"}, []string{"okta.users.read", "okta.users.manage"}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			config := asApp(t, signedInTo(served), served, test.granted...)
			config.Scopes = test.wanted
			_, err := collect(t.Context(), t, connect(t, config), idp.Request{})
			if test.fails != (err != nil) || test.fails && (fault.KindOf(err) != fault.Credentials || !strings.Contains(err.Error(), "OKTA_CLIENT_SCOPES")) {
				t.Errorf("error %v", err)
			}
		})
	}
}

// TestATokenIsRenewedBeforeItsEnd reads for longer than a token lasts. The org
// never sees one that has ended.
func TestATokenIsRenewedBeforeItsEnd(t *testing.T) {
	var mu sync.Mutex
	refused := 0
	served := org(t, oktafault.People(oktafault.Crowd), nil, fixtures.OktaOptions{
		TokenLife: time.Second, Latency: 120 * time.Millisecond,
		Wrap: func(h http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				h.ServeHTTP(w, r)
				if w.Header().Get("WWW-Authenticate") != "" {
					mu.Lock()
					defer mu.Unlock()
					refused++
				}
			})
		},
	})
	config := asApp(t, signedInTo(served), served)
	config.Parallel, config.RateShare = 1, 100
	people, err := collect(t.Context(), t, connect(t, config), idp.Request{})
	if err != nil || len(people) != oktafault.Crowd {
		t.Fatalf("%d people came, error %v", len(people), err)
	}
	mu.Lock()
	defer mu.Unlock()
	if tokens := served.Calls()["/oauth2/v1/token"]; tokens < 2 || refused > 0 {
		t.Errorf("%d tokens were got, and %d calls refused", tokens, refused)
	}
}

func TestARefusedAppIsAnErrorWithoutSecrets(t *testing.T) {
	served := org(t, []fixtures.OktaUser{someone(1, fixtures.OktaActive, nil)}, nil, fixtures.OktaOptions{})
	other, err := served.AddApp()
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*okta.Config){
		"another's key":    func(c *okta.Config) { c.PrivateKey = string(other.PrivateKey) },
		"another key's id": func(c *okta.Config) { c.PrivateKeyID = other.KeyID },
		"an unknown app":   func(c *okta.Config) { c.ClientID = "0oaunknown" },
	} {
		t.Run(name, func(t *testing.T) {
			config := asApp(t, signedInTo(served), served)
			change(&config)
			_, err := collect(t.Context(), t, connect(t, config), idp.Request{})
			if fault.KindOf(err) != fault.Credentials || !strings.Contains(err.Error(), "OKTA_CLIENT_CLIENTID") {
				t.Fatalf("error %v; want one of credentials", err)
			}
			hidesCredentials(t, config, err)
		})
	}
}

func TestSignInErrorsOnTheWayShowNoSecrets(t *testing.T) {
	served := org(t, []fixtures.OktaUser{someone(1, fixtures.OktaActive, nil)}, nil, fixtures.OktaOptions{})
	for name, change := range map[string]func(*okta.Config){
		"nobody is there":          func(c *okta.Config) { c.URL = "okta://127.0.0.1:1" },
		"the certificate is alien": func(c *okta.Config) { c.HTTP.CAs = nil },
	} {
		t.Run(name, func(t *testing.T) {
			config := asApp(t, signedInTo(served), served)
			config.HTTP = transport.Config{CAs: config.HTTP.CAs, Retries: -1}
			change(&config)
			_, err := collect(t.Context(), t, connect(t, config), idp.Request{})
			if fault.KindOf(err) != fault.Source {
				t.Fatalf("error %v; want one of the source", err)
			}
			hidesCredentials(t, config, err)
		})
	}
}

// TestNothingButTheConfigurationCounts sets every variable of the SDK's that
// would change what is sent, or to whom.
func TestNothingButTheConfigurationCounts(t *testing.T) {
	for name, value := range map[string]string{
		"ORGURL": "https://evil.example", "TOKEN": "00stray", "AUTHORIZATIONMODE": "PrivateKey", "CLIENTID": "0oastray", "SCOPES": "okta.users.manage",
		"PRIVATEKEY": "stray", "PRIVATEKEYID": "stray", "PROXY_HOST": "127.0.0.1", "PROXY_PORT": "1", "CONNECTIONTIMEOUT": "soon", "REQUESTTIMEOUT": "1",
		"CACHE_ENABLED": "true", "RATELIMIT_MAXRETRIES": "99", "RATELIMIT_MAXBACKOFF": "never", "USERAGENTEXTRA": "stray",
	} {
		t.Setenv("OKTA_CLIENT_"+name, value)
	}
	t.Setenv("OKTA_TESTING_DISABLE_HTTPS_CHECK", "true")
	var mu sync.Mutex
	var strange []string
	served := org(t, oktafault.People(450), nil, fixtures.OktaOptions{Wrap: observing(func(r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if !strings.HasPrefix(r.Header.Get("Authorization"), "SSWS 00") || strings.Contains(r.Header.Get("Authorization")+r.UserAgent(), "stray") {
			strange = append(strange, r.Method+" "+r.URL.Path)
		}
	})})
	config := signedInTo(served)
	config.HTTP.Version = "1.2.3"
	people, err := collect(t.Context(), t, connect(t, config), idp.Request{})
	mu.Lock()
	defer mu.Unlock()
	if err != nil || len(people) != 450 || len(strange) > 0 {
		t.Errorf("%d people came, error %v; strange were %q", len(people), err, strange)
	}
}
