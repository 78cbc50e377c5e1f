package okta_test

import (
	"strings"
	"testing"
	"time"

	"cohort/fixtures"
	"cohort/idp/idptest"
	"cohort/idp/okta"
	"cohort/internal/fault"
	"cohort/internal/oktafault"
	"cohort/internal/probe"
)

func TestWhatACheckSaysOfAServiceApp(t *testing.T) {
	for _, test := range []struct {
		name    string
		scopes  []string
		options fixtures.OktaOptions
		change  func(*okta.Config)
		step    string
		want    probe.Step
	}{
		{
			name: "all is well", step: probe.Groups,
			want: probe.Step{Outcome: probe.OK, Detail: "can be read"},
		},
		{
			name: "no scope for groups", scopes: []string{"okta.users.read"}, step: probe.Groups,
			want: probe.Step{Outcome: probe.Warn, Detail: "sign in to 127.0.0.1:", Kind: fault.Credentials,
				Mend: "grant the service app okta.users.read, for groups okta.groups.read too, or name those that it has in OKTA_CLIENT_SCOPES"},
		},
		{
			name: "no scope for users", scopes: []string{"okta.groups.read"}, step: probe.SignIn,
			want: probe.Step{Outcome: probe.Fail, Detail: "sign in to 127.0.0.1:", Kind: fault.Credentials,
				Mend: "grant the service app okta.users.read, for groups okta.groups.read too, or name those that it has in OKTA_CLIENT_SCOPES"},
		},
		{
			name: "no role", options: fixtures.OktaOptions{Role: fixtures.OktaNoRole}, step: probe.Rights,
			want: probe.Step{Outcome: probe.Fail, Detail: "read the people of 127.0.0.1:", Kind: fault.Credentials,
				Mend: "give the service app a role that may view all users, such as Read-Only Administrator; export --allow-empty takes this for the truth"},
		},
		{
			name: "another's id", change: func(c *okta.Config) { c.ClientID = "0oaNobody" }, step: probe.SignIn,
			want: probe.Step{Outcome: probe.Fail, Detail: "sign in to 127.0.0.1:", Kind: fault.Credentials,
				Mend: "check OKTA_CLIENT_CLIENTID, OKTA_CLIENT_PRIVATEKEY, OKTA_CLIENT_PRIVATEKEYID and this machine's clock"},
		},
		{
			name: "a part of the people", change: func(c *okta.Config) { c.Statuses = []string{"ACTIVE"} }, step: probe.People,
			want: probe.Step{Outcome: probe.OK, Count: 60,
				Detail: "in the group Everyone, besides those who have left, before --okta-search and --okta-status"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			served, _ := company(t, test.options)
			app, err := served.AddApp(test.scopes...)
			if err != nil {
				t.Fatal(err)
			}
			config := signedInTo(served)
			config.Token, config.ClientID, config.PrivateKey, config.PrivateKeyID = "", app.ClientID, string(app.PrivateKey), app.KeyID
			if test.change != nil {
				test.change(&config)
			}
			got := idptest.Steps(t, connect(t, config))[test.step]
			if got.Outcome != test.want.Outcome || !strings.HasPrefix(got.Detail, test.want.Detail) ||
				got.Mend != test.want.Mend || got.Kind != test.want.Kind || got.Count != test.want.Count {
				t.Errorf("%s: %+v\nwant %+v", test.step, got, test.want)
			}
		})
	}
}

func TestAnExportIsEstimatedByTheBudgetAndTheLatency(t *testing.T) {
	users := oktafault.People(3000)
	var everyone []string
	for _, u := range users {
		if u.Status != fixtures.OktaDeprovisioned {
			everyone = append(everyone, u.ID)
		}
	}
	group := fixtures.OktaGroup{ID: fixtures.OktaID("00g", "Everyone"), Type: fixtures.OktaBuiltInGroup, Name: "Everyone",
		Created: time.Unix(1_700_000_000, 0), Members: everyone}
	for _, test := range []struct {
		name        string
		options     fixtures.OktaOptions
		least, most time.Duration
	}{
		{"a wide budget", fixtures.OktaOptions{RateLimit: 600}, 0, 30 * time.Second},
		// Sixteen calls, of which nine go into this window and five into each of the next.
		{"a narrow one", fixtures.OktaOptions{RateLimit: 10}, 2 * time.Minute, 4 * time.Minute},
	} {
		t.Run(test.name, func(t *testing.T) {
			served := org(t, users, []fixtures.OktaGroup{group}, test.options)
			got := idptest.Steps(t, connect(t, signedInTo(served)))
			if takes := got[probe.Duration].Takes; takes < test.least || takes > test.most {
				t.Errorf("%+v, want from %s to %s", got[probe.Duration], test.least, test.most)
			}
			if n := served.Calls()["/api/v1/users"]; n != 1 {
				t.Errorf("%d calls for users, want one", n)
			}
		})
	}
}
