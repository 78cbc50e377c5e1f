package coder_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cohort/coder"
	"cohort/fixtures"
	"cohort/internal/fault"
	"cohort/internal/probe"
)

const (
	ada = "user:00000000-0000-4000-8000-000000000001"
	bot = "user:00000000-0000-4000-8000-000000000002"
	cyd = "user:00000000-0000-4000-8000-000000000003"

	suffices = "; the role auditor and a token with the scopes user:read and template:*, without an allow-list, suffice"
)

func TestATokenThatSeesOnlySomeIsRefused(t *testing.T) {
	for _, c := range []struct {
		name    string
		options fixtures.CoderOptions
		why     string
	}{
		{"a member's", fixtures.CoderOptions{Role: fixtures.RoleMember}, "its owner has no role that may"},
		{"without users", fixtures.CoderOptions{Scopes: []string{"template:*"}},
			"its scopes leave out user:read, or its allow-list the users"},
		{"with one's own data alone", fixtures.CoderOptions{Scopes: []string{"user:read_personal", "api_key:*"}},
			"its scopes leave out user:read, or its allow-list the users"},
		{"for applications", fixtures.CoderOptions{Scopes: []string{"application_connect"}},
			"its scopes leave out user:read, or its allow-list the users"},
		{"a member's, without users", fixtures.CoderOptions{Role: fixtures.RoleMember, Scopes: []string{"template:*"}},
			"its scopes leave out user:read, or its allow-list the users"},
		{"with an allow-list of its owner", fixtures.CoderOptions{AllowList: []string{ada}},
			"its allow-list shows some of them at most"},
		{"with an allow-list of others", fixtures.CoderOptions{AllowList: []string{bot, cyd}},
			"its scopes leave out user:read, or its allow-list the users"},
		{"with an allow-list of all there are today", fixtures.CoderOptions{AllowList: []string{ada, bot, cyd}},
			"its allow-list shows some of them at most"},
		{"with an allow-list of templates", fixtures.CoderOptions{AllowList: []string{"template:*"}},
			"its scopes leave out user:read, or its allow-list the users"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := deployment(t, accounts(), c.options)
			for _, allowEmpty := range []bool{false, true} {
				users, err := client(t, coder.Config{URL: d.URL, Token: d.Token, AllowEmpty: allowEmpty}).Users(t.Context())
				want := "read the users of " + d.URL + ": the token may not read all of them, " + c.why + suffices
				if users != nil || fault.KindOf(err) != fault.Credentials || err.Error() != want {
					t.Errorf("%d users, error %v\nwant %s", len(users), err, want)
				}
			}
		})
	}
}

func TestATokenThatSeesEverybodyIsTrusted(t *testing.T) {
	least := []string{"user:read", "template:*"}
	for name, options := range map[string]fixtures.CoderOptions{
		"the least that does":         {Role: fixtures.RoleAuditor, Scopes: least},
		"a user admin's":              {Role: fixtures.RoleUserAdmin, Scopes: []string{"user:*"}},
		"a template admin's":          {Role: fixtures.RoleTemplateAdmin, Scopes: []string{"all"}},
		"an allow-list of all users":  {Role: fixtures.RoleAuditor, Scopes: least, AllowList: []string{"user:*"}},
		"an allow-list of everything": {Role: fixtures.RoleAuditor, Scopes: least, AllowList: []string{"*:*"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := deployment(t, accounts(), options)
			if users, err := client(t, coder.Config{URL: d.URL, Token: d.Token}).Users(t.Context()); err != nil || len(users) != 3 {
				t.Errorf("%d users, error %v; want 3", len(users), err)
			}
		})
	}
}

// Whatever the deployment says about the token, the list is looked at too.
func TestAListThatDoesNotAddUpIsRefused(t *testing.T) {
	for _, c := range []struct {
		name       string
		list       string
		allowEmpty bool
		kind       fault.Kind // no error when it is not set
		says       string
	}{
		{"nobody", `{"users":[],"count":0}`, false, fault.Source, "it has none; use --allow-empty if that is right"},
		{"nobody, and that is right", `{"users":[],"count":0}`, true, 0, ""},
		{"the token's owner alone", `{"users":[` + adaOnly + `],"count":1}`, false, fault.Credentials,
			"the list holds nobody but ada, whose token it is" + suffices + "; --allow-empty if there is nobody else"},
		{"the token's owner alone, and that is right", `{"users":[` + adaOnly + `],"count":1}`, true, 0, ""},
		{"everybody but the token's owner", `{"users":[` + cydOnly + `],"count":1}`, false, fault.Source,
			"ada, whose token it is, is not among them"},
		{"somebody else alone", `{"users":[` + cydOnly + `],"count":1}`, true, fault.Source,
			"ada, whose token it is, is not among them"},
		{"a count of more", `{"users":[` + adaOnly + `,` + cydOnly + `],"count":3}`, true, fault.Source, "it counts 3 but sent 2"},
		{"a count of fewer", `{"users":[` + adaOnly + `,` + cydOnly + `],"count":1}`, true, fault.Source, "it counts 1 but sent 2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			url := api(t, reply(http.StatusOK, mediaType, c.list))
			users, err := client(t, coder.Config{URL: url, AllowEmpty: c.allowEmpty}).Users(t.Context())
			if c.kind == 0 {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if users != nil || fault.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%d users, error %v (kind %d)\nwant kind %d and %q", len(users), err, fault.KindOf(err), c.kind, c.says)
			}
		})
	}
}

func TestOnlyAClearYesIsProof(t *testing.T) {
	for _, answer := range []string{`{}`, `null`, `{"read all users":false}`, `{"read its owner":true}`, `{"Read All Users":true}`} {
		url := serve(t, routes{"POST /api/v2/authcheck": reply(http.StatusOK, mediaType, answer)})
		users, err := client(t, coder.Config{URL: url}).Users(t.Context())
		if users != nil || fault.KindOf(err) != fault.Credentials {
			t.Errorf("%s: %d users, error %v; want one about the credentials", answer, len(users), err)
		}
	}
}

func TestTheCallerIsKnownAsFarAsTheTokenTells(t *testing.T) {
	for _, c := range []struct {
		name    string
		options fixtures.CoderOptions
		want    string
	}{
		{"a token of coder login", fixtures.CoderOptions{}, "the token of ada, owner; scopes coder:all; allow-list *:*"},
		{"one with scopes that may read itself",
			fixtures.CoderOptions{Scopes: []string{"user:read", "api_key:read"}, AllowList: []string{ada, "api_key:*"}},
			"the token of ada, owner; scopes user:read, api_key:read; allow-list " + ada + ", api_key:*"},
		{"one that may not", fixtures.CoderOptions{Scopes: []string{"user:read", "template:*"}},
			"the token of ada, owner; its scopes it may not read"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := deployment(t, accounts(), c.options)
			_, steps := checked(t, client(t, coder.Config{URL: d.URL, Token: d.Token}), false)
			if diff := cmp.Diff(probe.Step{Name: probe.SignIn, Outcome: probe.OK, Detail: c.want}, steps[probe.SignIn]); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestTheCallerOfOtherReleasesIsKnown(t *testing.T) {
	for _, c := range []struct{ name, key, want string }{
		{"an old one, with a single scope", `{"id":"AAAAAAAAAA","scope":"all"}`, "scopes all; allow-list "},
		{"a new one, with unknown kinds of objects",
			`{"scopes":["planet:read"],"allow_list":["planet:mars","*:*"]}`, "scopes planet:read; allow-list planet:mars, *:*"},
	} {
		t.Run(c.name, func(t *testing.T) {
			url := serve(t, routes{"GET /api/v2/users/me/keys/AAAAAAAAAA": reply(http.StatusOK, mediaType, c.key)})
			_, steps := checked(t, client(t, coder.Config{URL: url}), false)
			if got, want := steps[probe.SignIn].Detail, "the token of ada, auditor; "+c.want; got != want {
				t.Errorf("said %q, want %q", got, want)
			}
		})
	}
}

func TestATokenOfAnotherFormIsNotPutIntoAURL(t *testing.T) {
	for _, token := range []string{"secret", "se/../cret-x", "se%63ret-x", "-secret"} {
		url := serve(t, routes{"/api/v2/users/me/": func(w http.ResponseWriter, r *http.Request) {
			t.Errorf("%s is asked for", r.URL)
			w.WriteHeader(http.StatusNotFound)
		}})
		_, steps := checked(t, client(t, coder.Config{URL: url, Token: token}), false)
		if got, want := steps[probe.SignIn].Detail, "the token of ada, auditor; its scopes it may not read"; got != want {
			t.Errorf("said %q, want %q", got, want)
		}
	}
}

func TestAFailureToAskWhoCallsIsAnError(t *testing.T) {
	down := reply(http.StatusBadRequest, mediaType, `{"message":"No."}`)
	for path, want := range map[string]struct{ step, asked string }{
		"GET /api/v2/users/me":                 {probe.SignIn, "whose token this is"},
		"GET /api/v2/users/me/keys/AAAAAAAAAA": {probe.SignIn, "about the token"},
		"GET /api/v2/buildinfo":                {probe.Server, "for its version"},
	} {
		url := serve(t, routes{path: down})
		_, steps := checked(t, client(t, coder.Config{URL: url}), false)
		detail := "ask " + url + " " + want.asked + ": 400 Bad Request: No"
		if got := steps[want.step]; got.Outcome != probe.Fail || got.Detail != detail {
			t.Errorf("%s: %+v; want %s", path, got, detail)
		}
	}
	url := serve(t, routes{"GET /api/v2/users/me": reply(http.StatusNotFound, mediaType, `{"message":"Resource not found"}`)})
	_, steps := checked(t, client(t, coder.Config{URL: url}), false)
	if got := steps[probe.SignIn]; got.Outcome != probe.Fail || got.Kind != fault.Credentials {
		t.Errorf("a token that may not read its owner: %+v; want a failure of the credentials", got)
	}
}
