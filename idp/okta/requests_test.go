package okta_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cohort/fixtures"
	"cohort/idp"
	"cohort/internal/fault"
	"cohort/internal/oktafault"
)

// observing gives a wrapper that shows every request before the org has it.
func observing(see func(*http.Request)) func(http.Handler) http.Handler {
	return func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			see(r)
			h.ServeHTTP(w, r)
		})
	}
}

func TestASearchNarrowsAtTheServer(t *testing.T) {
	users := []fixtures.OktaUser{
		someone(1, fixtures.OktaActive, map[string]any{"userType": "staff"}),
		someone(2, fixtures.OktaActive, map[string]any{"userType": "intern"}),
		someone(3, fixtures.OktaDeprovisioned, map[string]any{"userType": "staff"}),
	}
	var queries []string
	var mu sync.Mutex
	served := org(t, users, nil, fixtures.OktaOptions{Wrap: observing(func(r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		queries = append(queries, r.URL.Query().Get("search"))
	})})
	config := signedInTo(served)
	config.Search, config.Statuses = `profile.userType eq "staff" or profile.userType eq "boss"`, []string{"ACTIVE"}
	people, err := collect(t.Context(), t, connect(t, config), idp.Request{})
	if err != nil || len(people) != 1 || people[0].ID != users[0].ID {
		t.Errorf("%v came, error %v; want the one active member of the staff", people, err)
	}
	const want = `(profile.userType eq "staff" or profile.userType eq "boss") and (status eq "ACTIVE")`
	mu.Lock()
	if len(queries) != 1 || queries[0] != want {
		t.Errorf("searched for %q, want %q", queries, want)
	}
	mu.Unlock()

	config.Search, config.Statuses = `profile.userType eq "ghost"`, nil
	if people, err := collect(t.Context(), t, connect(t, config), idp.Request{}); err != nil || len(people) > 0 {
		t.Errorf("%d people came, error %v; want nobody, since nobody is meant", len(people), err)
	}
	config.Search = `profile.shoeSize eq "44"`
	_, err = collect(t.Context(), t, connect(t, config), idp.Request{})
	if fault.KindOf(err) != fault.Usage || !strings.Contains(err.Error(), "--okta-search") || !strings.Contains(err.Error(), "shoeSize") {
		t.Errorf("error %v; want one of usage with Okta's own word", err)
	}
}

func TestAnOrgIsReadListByListWhereItsSearchDoesNotAnswer(t *testing.T) {
	const people = 19 * 200 // full pages of 200 and of 190
	users := make([]fixtures.OktaUser, people)
	for i := range users {
		users[i] = fixtures.OktaUser{ID: oktafault.ID(i), Status: fixtures.OktaActive, Created: time.Unix(1_700_000_000, 0), Profile: map[string]any{
			"login": fmt.Sprintf("p%d@corp.example", i), "email": fmt.Sprintf("p%d@corp.example", i),
		}}
	}
	for _, noSearch := range []bool{true, false} {
		served := org(t, users, nil, fixtures.OktaOptions{NoSearch: noSearch, RateLimit: 1 << 20})
		var notices []string
		request := idp.Request{Notify: func(notice string) { notices = append(notices, notice) }}
		got, err := collect(t.Context(), t, connect(t, signedInTo(served)), request)
		if err != nil || len(got) != people {
			t.Errorf("%d people of %d came, error %v", len(got), people, err)
		}
		if said := strings.Join(notices, "\n"); strings.Contains(said, "list by list") != noSearch {
			t.Errorf("told of %q", said)
		}
	}
}

// TestOnlyWhatIsWantedIsAskedFor looks at the requests: pages of 200, the
// smallest answers, and no call a person.
func TestOnlyWhatIsWantedIsAskedFor(t *testing.T) {
	var mu sync.Mutex
	var asked []url.Values
	const people = 620
	served := org(t, oktafault.People(people), nil, fixtures.OktaOptions{Wrap: observing(func(r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		asked = append(asked, r.URL.Query())
		if r.Method != http.MethodGet || r.URL.Path != "/api/v1/users" {
			t.Errorf("asked %s %s", r.Method, r.URL.Path)
		}
		if lean := r.Header.Get("Content-Type"); !strings.Contains(lean, "omitCredentials,omitCredentialsLinks,omitTransitioningToStatus") {
			t.Errorf("the answer is to be %q", lean)
		}
		if got := r.Header.Get("Authorization"); !strings.HasPrefix(got, "SSWS ") {
			t.Error("signed in by another scheme")
		}
	})})
	for _, test := range []struct {
		request idp.Request
		fields  string
	}{
		{idp.Request{Fields: []idp.Field{idp.Title, idp.Name, idp.ManagerEmail}}, "id,status,created,profile:(login,email,secondEmail,title,displayName,firstName,lastName,managerId,manager)"},
		{idp.Request{Attributes: []string{"NICKNAME", "title"}}, "id,status,created,profile:(login,email,secondEmail,nickName,title)"},
		{idp.Request{Attributes: []string{"LASTLOGIN", "Created", "type.id", "profile.City"}}, "id,status,created,lastLogin,type,profile:(login,email,secondEmail,city)"},
		{idp.Request{Attributes: []string{"lastLogin", "badgeNumber"}}, ""}, // as the org alone spells it
		{idp.Request{Attributes: []string{"profile.status"}}, ""},
		{idp.Request{All: true}, ""},
	} {
		config := signedInTo(served)
		config.Parallel = 1
		got, err := collect(t.Context(), t, connect(t, config), test.request)
		if err != nil || len(got) != people {
			t.Fatalf("%d people, error %v", len(got), err)
		}
		mu.Lock()
		if len(asked) != 4 {
			t.Errorf("four pages took %d calls", len(asked))
		}
		for _, query := range asked {
			if query.Get("fields") != test.fields || query.Get("limit") != "200" {
				t.Errorf("asked for the fields %q and %s a page, want %q", query.Get("fields"), query.Get("limit"), test.fields)
			}
		}
		asked = nil
		mu.Unlock()
	}
}

// TestThePageAfterIsAskedForEarly stands still at the first person: the next
// page is asked for all the same.
func TestThePageAfterIsAskedForEarly(t *testing.T) {
	for _, noSearch := range []bool{false, true} {
		later := make(chan struct{})
		var once sync.Once
		served := org(t, oktafault.People(600), nil, fixtures.OktaOptions{NoSearch: noSearch, Wrap: observing(func(r *http.Request) {
			if r.URL.Query().Has("after") {
				once.Do(func() { close(later) })
			}
		})})
		config := signedInTo(served)
		config.Parallel = 1
		for _, err := range connect(t, config).People(t.Context(), idp.Request{}) {
			if err != nil {
				t.Fatal(err)
			}
			select {
			case <-later:
			case <-time.After(10 * time.Second):
				t.Error("the second page was not asked for while the first was in use")
			}
			break
		}
	}
}

func TestGroupsTakeCallsByTheirNumberAndNotByPeoples(t *testing.T) {
	users := oktafault.People(600)
	groups := oktafault.Groups(users)
	served := org(t, users, groups, fixtures.OktaOptions{})
	config := signedInTo(served)
	request := idp.Request{Fields: []idp.Field{idp.Groups}}
	var before, told int
	request.Notify = func(notice string) {
		if strings.Contains(notice, "call") {
			before, told = served.Calls()["/api/v1/groups/{id}"], 1
			// Third: 190 of 600, Fourth: 143, and one each for the two small ones.
			if want := "the members of 4 groups of " + strings.TrimPrefix(served.Origin, "https://") + " take 4 calls; --okta-groups chooses groups"; notice != want {
				t.Errorf("told %q, want %q", notice, want)
			}
		}
	}
	people, err := collect(t.Context(), t, connect(t, config), request)
	if err != nil || len(people) != len(users) {
		t.Fatalf("%d people, error %v", len(people), err)
	}
	if calls := served.Calls()["/api/v1/groups/{id}"]; told != 1 || before != 0 || calls != 4 {
		t.Errorf("told %d times, after %d calls of %d; want once, before the first of 4", told, before, calls)
	}
	got := map[string][]string{}
	for _, p := range people {
		for _, name := range p.Fields[0].Items {
			got[name] = append(got[name], p.ID)
		}
	}
	want := map[string][]string{}
	for _, g := range groups {
		if len(g.Members) > 0 {
			want[g.Name] = slices.Sorted(slices.Values(g.Members))
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("members (-want +got):\n%s", diff)
	}

	config.Groups, request.Notify = []string{"third", "First"}, nil
	if people, err = collect(t.Context(), t, connect(t, config), request); err != nil {
		t.Fatal(err)
	}
	for _, p := range people {
		for _, name := range p.Fields[0].Items {
			if name != "Third" && name != "First" {
				t.Errorf("%s is in %q, which was not named", p.ID, name)
			}
		}
	}
	config.Groups = []string{"Thirt"}
	_, err = collect(t.Context(), t, connect(t, config), request)
	if fault.KindOf(err) != fault.Usage || !strings.Contains(err.Error(), `did you mean "Third"?`) {
		t.Errorf("error %v; want one of usage with the near name", err)
	}
}

// TestTheLimitIsToldOfAndKept lets another client take a part of every window.
func TestTheLimitIsToldOfAndKept(t *testing.T) {
	const limit = 16
	var served *fixtures.Org
	var calls atomic.Int64
	served = org(t, oktafault.People(oktafault.Crowd), nil, fixtures.OktaOptions{RateLimit: limit, Window: time.Second, Wrap: observing(func(*http.Request) {
		if calls.Add(1)%3 == 0 {
			served.Spend("/api/v1/users", 1)
		}
	})})
	config := signedInTo(served)
	type wait struct {
		reason string
		ahead  bool
	}
	var waits []wait
	config.Waiting = func(reason string, until time.Time) { waits = append(waits, wait{reason, until.After(time.Now())}) }
	people, err := collect(t.Context(), t, connect(t, config), idp.Request{})
	if err != nil || len(people) != oktafault.Crowd {
		t.Fatalf("%d people, error %v", len(people), err)
	}
	if served.TooMany() > 0 {
		t.Errorf("%d calls were refused", served.TooMany())
	}
	if len(waits) == 0 || slices.ContainsFunc(waits, func(w wait) bool { return w != wait{"the rate limit of /api/v1/users", true} }) {
		t.Errorf("told of the waits %v", waits)
	}
}

func TestAWaitForWhatMayPassIsToldToo(t *testing.T) {
	for _, status := range []int{http.StatusTooManyRequests, http.StatusServiceUnavailable} {
		var calls atomic.Int64
		served := org(t, oktafault.People(3), nil, fixtures.OktaOptions{Wrap: func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if calls.Add(1) == 1 {
					w.WriteHeader(status)
					return
				}
				next.ServeHTTP(w, r)
			})
		}})
		config := signedInTo(served)
		var told []string
		config.Waiting = func(reason string, until time.Time) {
			if until.After(time.Now()) {
				told = append(told, reason)
			}
		}
		people, err := collect(t.Context(), t, connect(t, config), idp.Request{})
		if err != nil || len(people) != 3 {
			t.Fatalf("%d people, error %v", len(people), err)
		}
		want := []string{fmt.Sprintf("%d %s", status, http.StatusText(status))}
		if diff := cmp.Diff(want, told); diff != "" {
			t.Errorf("told of the waits (-want +got):\n%s", diff)
		}
	}
}

// TestWhatIsNoOktaIsAskedOnce meets a sign-in page before anything else: no
// patience turns it into an API.
func TestWhatIsNoOktaIsAskedOnce(t *testing.T) {
	var asked atomic.Int64
	served := org(t, oktafault.People(1), nil, fixtures.OktaOptions{Wrap: func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			asked.Add(1)
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write([]byte("<!DOCTYPE html>"))
		})
	}})
	_, err := collect(t.Context(), t, connect(t, signedInTo(served)), idp.Request{})
	if fault.KindOf(err) != fault.Source || !strings.Contains(err.Error(), "not an Okta API: got text/html") {
		t.Errorf("error %v", err)
	}
	if asked.Load() != 1 {
		t.Errorf("asked %d times", asked.Load())
	}
}
