package ldap

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cohort/idp"
	"cohort/internal/intent"
)

func planner(t *testing.T, config Config) *Connector {
	t.Helper()
	config.PlanOnly = true
	c, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// What kind of server it is shows when it is asked: a plan names all that any
// kind is asked for.
func TestAPlanHasTheAttributesOfEveryKindOfServer(t *testing.T) {
	c := planner(t, Config{URL: "ldaps://ldap.example.com/dc=example,dc=com"})
	for _, request := range []idp.Request{
		{},
		{Fields: idp.MappedFields(), Attributes: []string{"badge", "MAIL"}},
		{All: true},
	} {
		calls := c.Plan(request).Calls
		at := slices.IndexFunc(calls, func(call intent.Call) bool { return call.Purpose == "everybody" })
		for f := other; f <= freeIPA; f++ {
			for _, name := range mappingOf(request, origin{flavour: f}).asked() {
				if !slices.Contains(calls[at].Attributes, name) {
					t.Errorf("%s is asked for %s, which is not in the plan", f, name)
				}
			}
		}
	}
}

func TestAPlanSaysHowAndAsWhomItConnects(t *testing.T) {
	for _, test := range []struct {
		name    string
		config  Config
		hosts   []string
		account string
		methods []string
	}{
		{
			"over TLS, as an account whose password is not there",
			Config{URL: "ldaps://ldap.example.com/dc=example,dc=com", BindDN: "cn=reader", Hosts: []string{"ldap2.example.com:1636"}},
			[]string{"ldap.example.com:636", "ldap2.example.com:1636"}, "cn=reader; the password goes to the hosts above, and to nobody else",
			[]string{"bind", "search", "search", "search"},
		},
		{
			"with StartTLS, as nobody",
			Config{URL: "ldap://[::1]:1389/dc=example,dc=com"},
			[]string{"[::1]:1389"}, "nobody (anonymous)",
			[]string{"StartTLS", "bind", "search", "search", "search"},
		},
		{
			"without encryption, by a certificate whose key is not there",
			Config{URL: "ldap://ldap/dc=example,dc=com", StartTLS: "off", CertFile: "/nowhere/cert.pem", KeyFile: "/nowhere/key.pem"},
			[]string{"ldap:389"}, "the client certificate of --ldap-cert-file, by SASL EXTERNAL; its key does not leave this machine",
			[]string{"bind", "search", "search", "search"},
		},
		{
			"where DNS says",
			Config{URL: "ldaps:///dc=example,dc=com"},
			[]string{"those that DNS names for example.com, only inside that domain"}, "nobody (anonymous)",
			[]string{"DNS", "DNS", "bind", "search", "search", "search"},
		},
		{
			"on a socket",
			Config{URL: "ldapi://%2Frun%2Fldapi/dc=example,dc=com"},
			[]string{"the socket /run/ldapi on this machine"}, "this machine's user, by SASL EXTERNAL",
			[]string{"bind", "search", "search", "search"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			read := planner(t, test.config).Plan(idp.Request{})
			var methods []string
			for _, call := range read.Calls {
				methods = append(methods, call.Method)
			}
			for _, diff := range []string{
				cmp.Diff(test.hosts, read.Hosts), cmp.Diff(test.account, read.Account), cmp.Diff(test.methods, methods),
			} {
				if diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			}
		})
	}
}

func TestWhatIsOnlyPlannedIsNotRead(t *testing.T) {
	c := planner(t, Config{URL: "ldap://127.0.0.1:1", BindDN: "cn=reader", Base: "dc=example,dc=com"})
	for _, err := range c.People(t.Context(), idp.Request{}) {
		if !errors.Is(err, errPlanOnly) {
			t.Errorf("the error is %v", err)
		}
	}
	if _, err := c.Addresses(t.Context(), []string{"uid=ada"}); !errors.Is(err, errPlanOnly) {
		t.Errorf("the error is %v", err)
	}
}
