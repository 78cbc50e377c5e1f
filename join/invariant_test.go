package join_test

import (
	"encoding/csv"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"cohort/coder"
	"cohort/idp"
	"cohort/join"
)

// keysOf gives the person's keys on a rung.
func keysOf(p idp.Person, rung string) (keys []string) {
	every := slices.Concat([]string{p.Primary}, p.Aliases, p.Logins)
	addresses, key := every, join.ExactKey
	switch rung {
	case "email":
		addresses = []string{p.Primary}
	case "alias":
		addresses = p.Aliases
	case "login":
		addresses = p.Logins
	case "normalized":
		key = join.NormalizedKey
	case "domain":
		key = testDomains().Key
	}
	for _, address := range addresses {
		if k := key(address); k != "" {
			keys = append(keys, k)
		}
	}
	return keys
}

// share says whether a person has the key of an account on a rung.
func share(p idp.Person, u coder.User, rung string) bool {
	key := join.ExactKey(u.Email)
	switch rung {
	case "normalized":
		key = join.NormalizedKey(u.Email)
	case "domain":
		key = testDomains().Key(u.Email)
	}
	return slices.Contains(keysOf(p, rung), key)
}

// joinedFrom joins people of several sources with users.
func joinedFrom(t *testing.T, sources [][]idp.Person, users []coder.User, kind join.Kind) *join.Table {
	t.Helper()
	columns, err := join.ParseColumns([]string{"idp_id", "match", "match_email", "coder_id"})
	if err != nil {
		t.Fatal(err)
	}
	population := join.NewPopulation(columns.Request())
	for i, people := range sources {
		source := population.AddSource(string(rune('a'+i)) + ":")
		for _, p := range people {
			if err := source.Add(p); err != nil {
				t.Fatal(err)
			}
		}
	}
	joined, err := join.Join(population, users, columns, join.Options{Join: kind, Domains: testDomains()})
	if err != nil {
		t.Fatal(err)
	}
	return joined
}

func cellsOf(t *testing.T, joined *join.Table) [][]string {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(strings.Join(lines(t, joined), "\n"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// What must hold of every row can be said without a word on how rows are found.
func TestEveryMatchIsEarnedOnItsRung(t *testing.T) {
	rungs := []string{"email", "alias", "login", "normalized", "domain"}
	found := make(map[string]int)
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 3))
		people, users := random(r)
		sources := [][]idp.Person{people}
		if cut := r.IntN(len(people) + 1); seed%2 == 0 {
			sources = [][]idp.Person{people[:cut], people[cut:]}
		}
		joined := joinedFrom(t, sources, users, join.Full)
		addUp(t, joined.Figures())
		isMerged := joined.Figures().People.Merged > 0
		if isMerged {
			found["merged"]++
		}

		person, account := make(map[string]idp.Person), make(map[string]coder.User)
		for _, p := range people {
			person[p.ID] = p
		}
		for _, u := range users {
			account[u.ID] = u
		}
		var without []idp.Person
		taken := make(map[string]bool)
		for _, row := range cellsOf(t, joined) {
			id, match, email, user := row[0], row[1], row[2], row[3]
			if user != "" && taken[user] {
				t.Fatalf("seed %d: %s has two rows", seed, user)
			}
			taken[user] = true
			rung := slices.Index(rungs, match)
			switch {
			case rung >= 0:
				found[match]++
				if key := join.ExactKey(email); rung < 3 && key != join.ExactKey(account[user].Email) ||
					testDomains().Key(email) != testDomains().Key(account[user].Email) {
					t.Fatalf("seed %d: %s matched by %s: %q is not %q", seed, id, match, email, account[user].Email)
				}
				// Who was merged has addresses of several records.
				if !isMerged && !share(person[id], account[user], match) {
					t.Fatalf("seed %d: %s and %s matched by %s, and share no key of it", seed, id, user, match)
				}
				for _, earlier := range rungs[:rung] {
					if share(person[id], account[user], earlier) {
						t.Fatalf("seed %d: %s and %s matched by %s, and share a key of %s", seed, id, user, match, earlier)
					}
				}
			case id != "" && match == "none":
				without = append(without, person[id])
			}
		}
		for _, u := range users {
			if !taken[u.ID] {
				t.Fatalf("seed %d: %s has no row", seed, u.ID)
			}
		}
		// Nobody is left without an account that is left without a person.
		for _, row := range cellsOf(t, joinedFrom(t, sources, users, join.RightAnti)) {
			found["orphan"]++
			for _, p := range without {
				if slices.ContainsFunc(rungs, func(rung string) bool { return share(p, account[row[3]], rung) }) {
					t.Fatalf("seed %d: %s and %s share an address, and neither is matched or ambiguous", seed, p.ID, row[3])
				}
			}
		}
	}
	for _, what := range append(rungs, "merged", "orphan") {
		if found[what] < 100 {
			t.Errorf("the random populations hardly ever give %q: %d times", what, found[what])
		}
	}
}
