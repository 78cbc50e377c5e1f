package okta_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cohort/fixtures"
	"cohort/idp"
	"cohort/internal/fault"
)

// someone is a user of whom only a test's own part is of interest.
func someone(n int, status string, profile map[string]any) fixtures.OktaUser {
	name := fmt.Sprintf("p%02d", n)
	u := fixtures.OktaUser{
		ID: fixtures.OktaID("00u", name), Status: status, Created: time.Date(2024, 1, 1, 0, 0, n, 0, time.UTC),
		Profile: map[string]any{"login": name + "@corp.example", "email": name + "@corp.example"},
	}
	for attribute, value := range profile {
		u.Profile[attribute] = value
	}
	return u
}

func TestEveryStatusIsMappedAndKept(t *testing.T) {
	want := map[string]idp.Status{
		fixtures.OktaStaged: idp.Unknown, fixtures.OktaProvisioned: idp.Active, fixtures.OktaActive: idp.Active,
		fixtures.OktaRecovery: idp.Active, fixtures.OktaLockedOut: idp.Active, fixtures.OktaPasswordExpired: idp.Active,
		fixtures.OktaSuspended: idp.Disabled, fixtures.OktaDeprovisioned: idp.Disabled,
	}
	var users []fixtures.OktaUser
	for status := range want {
		users = append(users, someone(len(users), status, nil))
	}
	for _, noSearch := range []bool{false, true} {
		served := org(t, users, nil, fixtures.OktaOptions{NoSearch: noSearch})
		people, err := collect(t.Context(), t, connect(t, signedInTo(served)), idp.Request{Fields: []idp.Field{idp.StatusRaw}})
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]idp.Status{}
		for _, p := range people {
			got[p.Fields[0].Text] = p.Status
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("without a search: %t (-want +got):\n%s", noSearch, diff)
		}
		config := signedInTo(served)
		config.Statuses = []string{"suspended", "password-expired", "SUSPENDED"}
		people, err = collect(t.Context(), t, connect(t, config), idp.Request{Fields: []idp.Field{idp.StatusRaw}})
		if err != nil || len(people) != 2 || people[0].Status == people[1].Status {
			t.Errorf("without a search: %t: of two statuses came %v, error %v", noSearch, people, err)
		}
	}
}

func TestManagersAreKnownByWhatTheOrgCallsThem(t *testing.T) {
	boss := someone(0, fixtures.OktaActive, nil)
	for name, test := range map[string]struct {
		profile map[string]any
		want    string
	}{
		"by id":              {map[string]any{"managerId": boss.ID}, boss.ID},
		"by login":           {map[string]any{"managerId": "P00@corp.example"}, "p00@corp.example"},
		"by manager alone":   {map[string]any{"manager": "p00@corp.example"}, "p00@corp.example"},
		"managerId wins":     {map[string]any{"managerId": boss.ID, "manager": "Boss, Big"}, boss.ID},
		"null counts as not": {map[string]any{"managerId": nil, "manager": boss.ID}, boss.ID},
	} {
		t.Run(name, func(t *testing.T) {
			users := []fixtures.OktaUser{boss, someone(1, fixtures.OktaActive, test.profile), someone(2, fixtures.OktaActive, test.profile)}
			people, err := collect(t.Context(), t, connect(t, signedInTo(org(t, users, nil, fixtures.OktaOptions{}))), idp.Request{Fields: []idp.Field{idp.ManagerEmail}})
			if err != nil || len(people) != 3 {
				t.Fatalf("%d people, error %v", len(people), err)
			}
			for _, p := range people {
				if p.ID == boss.ID && p.Ref != test.want || p.ID != boss.ID && p.Manager != test.want {
					t.Errorf("%s is known as %q and has the manager %q, want %q", p.ID, p.Ref, p.Manager, test.want)
				}
			}
		})
	}
}

func TestManagersWhoWereLeftOutAreLookedUp(t *testing.T) {
	var names []string
	want := map[string]string{}
	var users []fixtures.OktaUser
	for i := range 100 {
		u := someone(i, fixtures.OktaActive, map[string]any{"employeeNumber": fmt.Sprintf("E%d", i)})
		users = append(users, u)
		name := []string{u.ID, u.Profile["login"].(string), fmt.Sprintf("e%d", i)}[i%3]
		names = append(names, name)
		want[name] = u.Profile["email"].(string)
	}
	// An employee number that two have, and one that only one still has.
	users = append(users,
		someone(200, fixtures.OktaActive, map[string]any{"employeeNumber": "twice"}), someone(201, fixtures.OktaActive, map[string]any{"employeeNumber": "twice"}),
		someone(202, fixtures.OktaActive, map[string]any{"employeeNumber": "again"}), someone(203, fixtures.OktaDeprovisioned, map[string]any{"employeeNumber": "again"}))
	names = append(names, "twice", "again", "nobody", "00u00000000000000000", `quoted " \ name`)
	want["again"] = "p202@corp.example"
	served := org(t, users, nil, fixtures.OktaOptions{})
	got, err := connect(t, signedInTo(served)).Addresses(t.Context(), names)
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("error %v (-want +got):\n%s", err, diff)
	}
	if calls := served.Calls()["/api/v1/users"]; calls > 4 {
		t.Errorf("%d names took %d calls", len(names), calls)
	}
}

func TestAliasesAndLoginsAreAddresses(t *testing.T) {
	users := []fixtures.OktaUser{
		someone(1, fixtures.OktaActive, map[string]any{"email": "One@corp.example", "login": "uno@corp.example", "secondEmail": " eins@corp.example "}),
		someone(2, fixtures.OktaActive, map[string]any{"email": "two@corp.example", "login": "two", "secondEmail": nil}),
		someone(3, fixtures.OktaActive, map[string]any{"email": "n/a", "login": "three@", "secondEmail": "none"}),
	}
	var notices []string
	people, err := collect(t.Context(), t, connect(t, signedInTo(org(t, users, nil, fixtures.OktaOptions{}))),
		idp.Request{Notify: func(notice string) { notices = append(notices, notice) }})
	want := []idp.Person{
		{ID: users[0].ID, Status: idp.Active, Primary: "One@corp.example", Aliases: []string{"eins@corp.example"}, Logins: []string{"uno@corp.example"}, Fields: []idp.Value{}, Attributes: []idp.Value{}},
		{ID: users[1].ID, Status: idp.Active, Primary: "two@corp.example", Fields: []idp.Value{}, Attributes: []idp.Value{}},
		{ID: users[2].ID, Status: idp.Active, Fields: []idp.Value{}, Attributes: []idp.Value{}},
	}
	if len(notices) != 1 || !strings.HasSuffix(notices[0], ` has for the email of 1 person is no address, such as "n/a", and counts as none`) {
		t.Errorf("notices %q, want one about an address", notices)
	}
	slices.SortFunc(want, func(a, b idp.Person) int { return strings.Compare(a.ID, b.ID) })
	if diff := cmp.Diff(want, people); diff != "" || err != nil {
		t.Errorf("error %v (-want +got):\n%s", err, diff)
	}
}

func TestAMissingRightIsNamed(t *testing.T) {
	users := []fixtures.OktaUser{someone(1, fixtures.OktaActive, nil)}
	withGroups := idp.Request{Fields: []idp.Field{idp.Groups}}
	for _, test := range []struct {
		name    string
		role    string
		isApp   bool
		scopes  []string
		request idp.Request
		says    string
	}{
		{"a token without a role", fixtures.OktaNoRole, false, nil, idp.Request{}, "the administrator who made the API token needs a role that may view all users"},
		{"an app without a role", fixtures.OktaNoRole, true, nil, idp.Request{}, "give the service app a role that may view all users"},
		{"an app that sees no groups", "", true, nil, withGroups, "the service app needs the scope okta.groups.read and a role that may view all groups"},
		{"an app without the scope", "", true, []string{"okta.groups.read"}, idp.Request{}, "okta.users.read"},
		{"an app without the scope for groups", "", true, []string{"okta.users.read"}, withGroups, "okta.groups.read"},
	} {
		t.Run(test.name, func(t *testing.T) {
			served := org(t, users, nil, fixtures.OktaOptions{Role: test.role})
			config := signedInTo(served)
			if test.isApp {
				config = asApp(t, config, served, test.scopes...)
			}
			people, err := collect(t.Context(), t, connect(t, config), test.request)
			if fault.KindOf(err) != fault.Credentials || !strings.Contains(err.Error(), test.says) {
				t.Errorf("%d people, error %v; want one of credentials with %q", len(people), err, test.says)
			}
			if err != nil {
				hidesCredentials(t, config, err)
			}
		})
	}
}

func TestNobodyMayBeTheTruth(t *testing.T) {
	for _, search := range []string{"", `status eq "STAGED"`} {
		served := org(t, nil, nil, fixtures.OktaOptions{})
		config := signedInTo(served)
		config.Search = search
		c := connect(t, config)
		_, err := collect(t.Context(), t, c, idp.Request{})
		if fault.KindOf(err) != fault.Credentials || !strings.HasSuffix(err.Error(), "; export --allow-empty takes this for the truth") {
			t.Errorf("%q: error %v; want one of credentials that names --allow-empty", search, err)
		}
		calls := served.Calls()["/api/v1/users"]
		people, err := collect(t.Context(), t, c, idp.Request{AllowEmpty: true})
		if err != nil || len(people) > 0 {
			t.Errorf("%q: nobody is allowed: %d people, error %v", search, len(people), err)
		}
		if more := served.Calls()["/api/v1/users"] - calls; more != 1 {
			t.Errorf("%q: nobody is allowed: %d calls, want 1", search, more)
		}
	}
}

func TestAttributesKeepTheirSpelling(t *testing.T) {
	users := []fixtures.OktaUser{someone(1, fixtures.OktaActive, map[string]any{
		"badgeNumber": json.Number("9007199254740993"), "locker": "00042", "keys": []any{json.Number("7"), json.Number("9007199254740993")},
		"parking": nil, "remote": true, "workload": json.Number("0.80"),
	})}
	served := org(t, users, nil, fixtures.OktaOptions{})
	request := idp.Request{Attributes: []string{"BADGENUMBER", "locker", "keys", "parking", "remote", "workload", "created", "status", "lastLogin", "unknown"}}
	people, err := collect(t.Context(), t, connect(t, signedInTo(served)), request)
	if err != nil || len(people) != 1 {
		t.Fatalf("%d people, error %v", len(people), err)
	}
	want := []idp.Value{
		idp.NumberOf("9007199254740993"), idp.TextOf("00042"), idp.ListOf("7", "9007199254740993"), {}, idp.BooleanOf(true), idp.NumberOf("0.80"),
		idp.TextOf("2024-01-01T00:00:01.000Z"), idp.TextOf("ACTIVE"), {}, {},
	}
	if diff := cmp.Diff(want, people[0].Attributes); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
