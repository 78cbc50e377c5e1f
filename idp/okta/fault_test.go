package okta_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"cohort/fixtures"
	"cohort/idp"
	"cohort/idp/okta"
	"cohort/internal/fault"
	"cohort/internal/oktafault"
)

// misbehaving serves an org behind a fault, to be closed.
func misbehaving(tb testing.TB, users []fixtures.OktaUser, groups []fixtures.OktaGroup, f oktafault.Fault) *oktafault.Server {
	tb.Helper()
	served, err := oktafault.Serve(users, groups, fixtures.OktaOptions{RateLimit: 1 << 20}, f)
	if err != nil {
		tb.Fatal(err)
	}
	return served
}

// teams are groups of a small org: two of several pages of members, and some of
// one person each.
func teams(users []fixtures.OktaUser) []fixtures.OktaGroup {
	groups := make([]fixtures.OktaGroup, 8)
	for n := range groups {
		name := fmt.Sprintf("team %d", n)
		groups[n] = fixtures.OktaGroup{ID: fixtures.OktaID("00g", name), Name: name, Type: fixtures.OktaOwnGroup, Created: users[0].Created}
		for i, u := range users {
			if u.Status != fixtures.OktaDeprovisioned && (n < 2 && i%3 != n || i == n) {
				groups[n].Members = append(groups[n].Members, u.ID)
			}
		}
	}
	return groups
}

// withGroups is a request for groups beside the columns; its answers are the
// smallest.
func withGroups() idp.Request {
	req := columns()
	req.Fields = append(req.Fields, idp.StatusRaw, idp.Groups)
	return req
}

// withAttributes is a request for the org's own attributes beside the columns;
// its answers have everything.
func withAttributes() idp.Request {
	req := columns()
	req.Fields = append(req.Fields, idp.StatusRaw)
	req.Attributes = []string{"badgeNumber", "lastLogin", "created"}
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

// reading is one read of an org that may misbehave, and what came of it.
type reading struct {
	served  *oktafault.Server
	config  okta.Config
	request idp.Request

	people      []idp.Person
	failure     error
	connections int // that were left open
}

func readingOf(tb testing.TB, served *oktafault.Server, f oktafault.Fault, request idp.Request) *reading {
	tb.Helper()
	r := &reading{served: served, config: signedInTo(served.Org), request: request}
	r.config.HTTP.ReadTimeout = 20 * time.Second
	if f.Silent {
		r.config.HTTP.ReadTimeout = 4 * time.Second
	}
	if f.OAuth {
		r.config = asApp(tb, r.config, served.Org)
	}
	return r
}

func (r *reading) run(tb testing.TB, c *okta.Connector) {
	tb.Helper()
	// Far beyond what the time-outs come to.
	ctx, cancel := context.WithTimeout(tb.Context(), 2*time.Minute)
	defer cancel()
	r.people, r.failure = collect(ctx, tb, c, r.request)
	// The other end of a connection sees it end a moment later.
	for range 400 {
		if r.connections = r.served.Connections(); r.connections == 0 {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	if err := r.served.Close(); err != nil {
		tb.Error(err)
	}
}

// TestEveryFaultIsHealedOrAnError reads an org through each way to misbehave:
// what comes is everybody once, as from an org that behaves, or an error.
func TestEveryFaultIsHealedOrAnError(t *testing.T) {
	var readers, waiters errgroup.Group
	readers.SetLimit(4)
	type test struct {
		name string
		oktafault.Fault
		*reading
		want *reading
		size int
	}
	var tests []test
	var later []func() error
	for name, request := range map[string]idp.Request{"groups": withGroups(), "attributes": withAttributes()} {
		users, groups := oktafault.People(oktafault.Crowd), []fixtures.OktaGroup(nil)
		if name == "groups" {
			// The calls that faults hit are those for the members.
			users = oktafault.People(450)
			groups = teams(users)
		}
		begin := func(f oktafault.Fault) *reading {
			r := readingOf(t, misbehaving(t, users, groups, f), f, request)
			c := connect(t, r.config)
			read := func() error {
				r.run(t, c)
				return nil
			}
			if f.Silent {
				// All at a time, after the others: that nothing else is slow.
				later = append(later, read)
			} else {
				readers.Go(read)
			}
			return r
		}
		want := begin(oktafault.Fault{})
		for _, f := range oktafault.All() {
			if f.OAuth && request.Attributes == nil {
				continue // signing in has nothing to do with what is asked for
			}
			tests = append(tests, test{f.Name + ", with " + name, f, begin(f), want, len(users)})
		}
	}
	_ = readers.Wait() // what failed is in the readings
	for _, read := range later {
		waiters.Go(read)
	}
	_ = waiters.Wait()
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.want.failure != nil || len(test.want.people) != test.size {
				t.Fatalf("without a fault: %d people, error %v", len(test.want.people), test.want.failure)
			}
			if test.served.Struck() == 0 {
				t.Error("the fault did not show")
			}
			if test.connections > 0 {
				t.Errorf("%d connections are still open", test.connections)
			}
			if test.failure == nil {
				isWhole(t, test.Fault, test.want.people, test.people)
				return
			}
			isOfAKind(t, test.Fault, test.failure)
			hidesCredentials(t, test.config, test.failure)
		})
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
		if !slices.ContainsFunc(got, isVictim) {
			t.Error("the one whose record is spoilt is missing")
		}
		want, got = slices.DeleteFunc(slices.Clone(want), isVictim), slices.DeleteFunc(got, isVictim)
	}
	if !reflect.DeepEqual(want, got) { // which is many times as fast as a difference
		t.Errorf("%d people (-want +got):\n%.2000s", len(got), cmp.Diff(want, got))
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

// hidesCredentials fails where an error says more than it may, or is another's.
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
	for cause := failure; cause != nil; cause = errors.Unwrap(cause) {
		if from := reflect.Indirect(reflect.ValueOf(cause)).Type().PkgPath(); strings.Contains(from, "okta-sdk") || strings.Contains(from, "backoff") {
			t.Errorf("the chain holds an error of the SDK's: %#v", cause)
		}
	}
	if strings.ContainsAny(said, "\n\r") || len(said) > 500 {
		t.Errorf("it is not one line: %q", said)
	}
}
