package join_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cohort/coder"
	"cohort/idp"
	"cohort/join"
)

// random is a population that is crowded enough for every outcome to be
// common: few names, in few spellings, shared freely.
func random(r *rand.Rand) (people []idp.Person, users []coder.User) {
	locals := []string{"a", "b", "c", "d", "e", "\u00fc", "u\u0308", "\u017f", "s", "\u0131", "i", "k", "\u212a"}
	hosts := []string{"corp.example", "old.example", "köln.example", "xn--kln-sna.example"}
	address := func() string {
		if r.IntN(12) == 0 {
			return ""
		}
		a := locals[r.IntN(len(locals))] + "@" + hosts[r.IntN(len(hosts))]
		switch r.IntN(6) {
		case 0:
			a = strings.ToUpper(a)
		case 1:
			a = " " + a
		}
		return a
	}
	some := func() (all []string) {
		for r.IntN(3) == 0 {
			all = append(all, address())
		}
		return all
	}
	for i := range r.IntN(14) {
		people = append(people, idp.Person{
			ID: fmt.Sprintf("p%02d", i), Status: idp.Status(r.IntN(3)),
			Primary: address(), Aliases: some(), Logins: some(),
		})
	}
	for i := range r.IntN(14) {
		status := []string{coder.StatusActive, coder.StatusDormant, coder.StatusSuspended}[r.IntN(3)]
		users = append(users, coder.User{
			ID: fmt.Sprintf("u%02d", i), Username: fmt.Sprintf("u%02d", i), Email: address(), Status: status,
		})
	}
	return people, users
}

func testDomains() join.DomainAliases { return join.DomainAliases{"old.example": "corp.example"} }

// naive joins by comparing everybody with everybody, as the documentation says
// it. It gives what a person and a user became, by their ids.
func naive(people []idp.Person, users []coder.User) (ofPeople, ofUsers map[string]string) {
	domains := testDomains()
	ofPeople, ofUsers = make(map[string]string), make(map[string]string)
	for _, u := range users {
		if strings.TrimSpace(u.Email) == "" {
			ofUsers[u.ID] = "no address"
		}
	}
	all := func(p idp.Person) []string { return slices.Concat([]string{p.Primary}, p.Aliases, p.Logins) }
	has := func(addresses []string, key func(string) string, k string) bool {
		return slices.ContainsFunc(addresses, func(a string) bool { return key(a) == k })
	}
	sole := func(held []idp.Person) (idp.Person, bool) {
		living := slices.DeleteFunc(slices.Clone(held), func(p idp.Person) bool { return p.Status == idp.Disabled })
		if len(held) == 1 {
			return held[0], true
		}
		if len(living) == 1 {
			return living[0], true
		}
		return idp.Person{}, false
	}
	rungs := []struct {
		name      string
		addresses func(idp.Person) []string
		key       func(string) string
	}{
		{"email", func(p idp.Person) []string { return []string{p.Primary} }, join.ExactKey},
		{"alias", func(p idp.Person) []string { return p.Aliases }, join.ExactKey},
		{"login", func(p idp.Person) []string { return p.Logins }, join.ExactKey},
		{"normalized", all, join.NormalizedKey},
		{"domain", all, domains.Key},
	}
	for _, rung := range rungs {
		wins := make(map[string][]coder.User)
		disputed := make(map[string]bool)
		before := make(map[string]bool)
		for _, p := range people {
			before[p.ID] = ofPeople[p.ID] == ""
		}
		open := slices.DeleteFunc(slices.Clone(users), func(u coder.User) bool { return ofUsers[u.ID] != "" })
		for _, u := range open {
			k := rung.key(u.Email)
			var held []idp.Person
			isOpen := false
			for _, p := range people {
				if has(rung.addresses(p), rung.key, k) {
					held = append(held, p)
					isOpen = isOpen || before[p.ID]
				}
			}
			rivals := 0
			for _, other := range open {
				if rung.key(other.Email) == k {
					rivals++
				}
			}
			winner, ok := sole(held)
			switch {
			case !isOpen:
			case ok && rivals == 1 && before[winner.ID]:
				wins[winner.ID] = append(wins[winner.ID], u)
			case ok && rivals == 1 && ofPeople[winner.ID] != "ambiguous":
				ofUsers[u.ID] = "second of " + winner.ID
			default:
				ofUsers[u.ID] = "ambiguous"
				for _, p := range held {
					disputed[p.ID] = true
				}
			}
		}
		for p, accounts := range wins {
			order := []string{coder.StatusActive, coder.StatusDormant, coder.StatusSuspended}
			best := slices.MinFunc(accounts, func(a, b coder.User) int {
				if by := slices.Index(order, a.Status) - slices.Index(order, b.Status); by != 0 {
					return by
				}
				return strings.Compare(rung.key(a.Email), rung.key(b.Email))
			})
			for _, u := range accounts {
				ofUsers[u.ID] = "second of " + p
			}
			ofUsers[best.ID] = "matched to " + p
			ofPeople[p] = rung.name + " " + best.ID
		}
		for p := range disputed {
			if ofPeople[p] == "" {
				ofPeople[p] = "ambiguous"
			}
		}
	}
	for _, u := range users {
		if ofUsers[u.ID] != "" {
			continue
		}
		var held []idp.Person
		for _, p := range people {
			if strings.Contains(ofPeople[p.ID], " ") && has(all(p), domains.Key, domains.Key(u.Email)) {
				held = append(held, p)
			}
		}
		owner, ok := sole(held)
		switch {
		case ok:
			ofUsers[u.ID] = "second of " + owner.ID
		case len(held) > 0:
			ofUsers[u.ID] = "ambiguous"
		default:
			ofUsers[u.ID] = "orphan"
		}
	}
	for _, p := range people {
		if ofPeople[p.ID] == "" {
			ofPeople[p.ID] = "none"
		}
	}
	return ofPeople, ofUsers
}

func TestRandomPopulationsJoinAsTheNaiveJoinDoes(t *testing.T) {
	outcomes := make(map[string]int)
	for seed := range uint64(4000) {
		r := rand.New(rand.NewPCG(seed, 1))
		people, users := random(r)
		wantPeople, wantUsers := naive(people, users)

		joined := table(t, people, users, []string{"idp_id", "match", "coder_id"}, join.Options{Domains: testDomains()})
		gotPeople := make(map[string]string)
		for _, line := range lines(t, joined) {
			cells := strings.Split(line, ",")
			gotPeople[cells[0]] = strings.TrimSpace(cells[1] + " " + cells[2])
			outcomes[cells[1]]++
		}
		if diff := cmp.Diff(wantPeople, gotPeople); diff != "" {
			t.Fatalf("seed %d: people (-naive +join):\n%s", seed, diff)
		}

		var want join.Figures
		want.People.Total, want.Users.Total = len(people), len(users)
		for _, outcome := range wantUsers {
			switch kind, _, _ := strings.Cut(outcome, " "); kind {
			case "matched":
				want.Users.Matched++
			case "second":
				want.Users.Second++
			case "ambiguous":
				want.Users.Ambiguous++
			case "orphan":
				want.Users.Unmatched++
			default:
				want.Users.WithoutAddress++
			}
			outcomes[outcome[:6]]++
		}
		got := joined.Figures()
		if diff := cmp.Diff(want.Users, got.Users); diff != "" {
			t.Fatalf("seed %d: Coder users (-naive +join):\n%s", seed, diff)
		}
		addUp(t, got)
	}
	for _, outcome := range []string{
		"email", "alias", "login", "normalized", "domain", "ambiguous", "none",
		"matche", "second", "ambigu", "orphan", "no add",
	} {
		if outcomes[outcome] < 100 {
			t.Errorf("the random populations hardly ever give %q: %d times", outcome, outcomes[outcome])
		}
	}
}

func addUp(t *testing.T, f join.Figures) {
	t.Helper()
	p, u := f.People, f.Users
	if sum := p.Matched + p.Unmatched + p.Ambiguous + p.WithoutAddress; sum != p.Total {
		t.Errorf("people: %d outcomes for %d people: %+v", sum, p.Total, p)
	}
	if sum := u.Matched + u.Second + u.Unmatched + u.Ambiguous + u.WithoutAddress; sum != u.Total {
		t.Errorf("Coder users: %d outcomes for %d users: %+v", sum, u.Total, u)
	}
	byRung := 0
	for _, n := range p.MatchedBy {
		byRung += n
	}
	if byRung != p.Matched || p.Matched != u.Matched {
		t.Errorf("%d people matched, %d by rung, %d users", p.Matched, byRung, u.Matched)
	}
}

func TestTheOrderOfDeliveryNeverShows(t *testing.T) {
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 2))
		people, users := random(r)
		// Records that differ in nothing but what no column shows.
		for i := range people {
			people[i].ID = people[i].ID[:2]
		}
		render := func() []string {
			return lines(t, table(t, people, users,
				[]string{"email", "idp_id", "idp_status", "match", "match_email", "coder_id"},
				join.Options{Join: join.Full, Domains: testDomains()}))
		}
		want := render()
		r.Shuffle(len(people), func(i, j int) { people[i], people[j] = people[j], people[i] })
		r.Shuffle(len(users), func(i, j int) { users[i], users[j] = users[j], users[i] })
		if diff := cmp.Diff(want, render()); diff != "" {
			t.Fatalf("seed %d: after a shuffle (-before +after):\n%s", seed, diff)
		}
	}
}
