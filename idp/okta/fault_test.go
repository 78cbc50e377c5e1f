package okta_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cohort/fixtures"
	"cohort/idp"
	"cohort/idp/okta"
	"cohort/internal/fault"
	"cohort/internal/oktafault"
)

// misbehaving serves an org behind a fault until the test ends.
func misbehaving(tb testing.TB, users []fixtures.OktaUser, groups []fixtures.OktaGroup, f oktafault.Fault) *oktafault.Server {
	tb.Helper()
	served, err := oktafault.Serve(users, groups, fixtures.OktaOptions{RateLimit: 1 << 20}, f)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := served.Close(); err != nil {
			tb.Error(err)
		}
	})
	return served
}

// teams are groups of an org of [oktafault.People]: of everybody, of some, of
// one person, and of nobody.
func teams(users []fixtures.OktaUser) []fixtures.OktaGroup {
	team := func(name string, in func(int) bool) fixtures.OktaGroup {
		g := fixtures.OktaGroup{ID: fixtures.OktaID("00g", name), Name: name, Type: fixtures.OktaOwnGroup, Created: users[0].Created}
		for i, u := range users {
			if u.Status != fixtures.OktaDeprovisioned && in(i) {
				g.Members = append(g.Members, u.ID)
			}
		}
		return g
	}
	return []fixtures.OktaGroup{
		team("Everyone", func(int) bool { return true }),
		team("Thirds", func(i int) bool { return i%3 == 0 }),
		team("One", func(i int) bool { return i == 0 }),
		team("Nobody", func(int) bool { return false }),
	}
}

// everything is a request for what any column may want.
func everything(withGroups bool) idp.Request {
	req := columns()
	req.Fields = append(req.Fields, idp.StatusRaw)
	req.Attributes = []string{"badgeNumber", "lastLogin", "created"}
	if withGroups {
		req.Fields = append(req.Fields, idp.Groups)
	}
	return req
}

// asApp signs in as a new service app of the org.
func asApp(tb testing.TB, config okta.Config, served *fixtures.Org, scopes ...string) okta.Config {
	tb.Helper()
	app, err := served.AddApp(scopes...)
	if err != nil {
		tb.Fatal(err)
	}
	config.Token, config.ClientID, config.PrivateKey, config.PrivateKeyID = "", app.ClientID, string(app.PrivateKey), app.KeyID
	return config
}

// TestEveryFaultIsHealedOrAnError reads an org through each way to misbehave:
// what comes is everybody once, as from an org that behaves, or an error.
func TestEveryFaultIsHealedOrAnError(t *testing.T) {
	users := oktafault.People(oktafault.Crowd)
	groups := teams(users)
	for _, withGroups := range []bool{false, true} {
		want, err := collect(t.Context(), t, connect(t, signedInTo(misbehaving(t, users, groups, oktafault.Fault{}).Org)), everything(withGroups))
		if err != nil || len(want) != oktafault.Crowd {
			t.Fatalf("without a fault: %d people, error %v", len(want), err)
		}
		for _, f := range oktafault.All() {
			t.Run(fmt.Sprintf("%s, groups %t", f, withGroups), func(t *testing.T) {
				t.Parallel()
				served := misbehaving(t, users, groups, f)
				config := signedInTo(served.Org)
				config.HTTP.ReadTimeout = time.Second
				if f.OAuth {
					config = asApp(t, config, served.Org)
				}
				// Far beyond what the time-outs come to.
				ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
				defer cancel()
				got, failure := collect(ctx, t, connect(t, config), everything(withGroups))
				if served.Struck() == 0 {
					t.Error("the fault did not show")
				}
				if failure == nil {
					isWhole(t, f, want, got)
				} else {
					isOfAKind(t, f, failure)
					hidesCredentials(t, config, failure)
				}
				closesAll(t, served.Org)
			})
		}
	}
}

// isWhole compares with what an org gives that has no fault.
func isWhole(t *testing.T, f oktafault.Fault, want, got []idp.Person) {
	t.Helper()
	if f.Outcome == oktafault.Fails {
		t.Fatalf("%d people came and no error: %s", len(got), f.Doc)
	}
	if f.Outcome == oktafault.Spoils {
		isVictim := func(p idp.Person) bool { return p.ID == oktafault.Victim() }
		if i := slices.IndexFunc(got, isVictim); i < 0 || cmp.Equal(got[i], want[slices.IndexFunc(want, isVictim)]) {
			t.Error("nobody's record is spoilt")
		}
		want, got = slices.DeleteFunc(slices.Clone(want), isVictim), slices.DeleteFunc(got, isVictim)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%d people (-want +got):\n%.2000s", len(got), diff)
	}
}

// isOfAKind fails where an error is of none of the fault's kinds, or came by
// the test's own patience alone.
func isOfAKind(t *testing.T, f oktafault.Fault, failure error) {
	t.Helper()
	if f.Outcome == oktafault.Heals || f.Outcome == oktafault.Spoils || !slices.Contains(f.Kinds, fault.KindOf(failure)) {
		t.Errorf("it %s of kind %v, and of kind %v is %v", f.Outcome, f.Kinds, fault.KindOf(failure), failure)
	}
	if errors.Is(failure, context.DeadlineExceeded) {
		t.Errorf("only the test's own time ended it: %v", failure)
	}
	var advised *fault.Error
	if errors.As(failure, &advised) && advised.Hint == "" {
		t.Errorf("it says nothing of what to do: %v", failure)
	}
}

// hidesCredentials fails where an error says more than it may.
func hidesCredentials(t *testing.T, config okta.Config, failure error) {
	t.Helper()
	said := failure.Error()
	for name, secret := range map[string]string{
		"the API token": config.Token, "the key": config.PrivateKey, "an assertion": "client_assertion=", "a JWT": "eyJ", "a header": "SSWS",
	} {
		if secret != "" && strings.Contains(said, secret) {
			t.Errorf("the error holds %s: %s", name, said)
		}
	}
	var request *url.Error
	if errors.As(failure, &request) {
		t.Errorf("the chain holds a whole URL: %#v", request)
	}
	if strings.ContainsAny(said, "\n\r") || len(said) > 500 {
		t.Errorf("it is not one line: %q", said)
	}
}

// closesAll waits for the other end of connections, which sees them end a
// moment later.
func closesAll(t *testing.T, served *fixtures.Org) {
	t.Helper()
	for range 400 {
		if served.Connections() == 0 {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Errorf("%d connections are still open", served.Connections())
}
