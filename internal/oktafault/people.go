package oktafault

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"cohort/fixtures"
)

// awkward are family names that something on the way may mangle: composed and
// decomposed letters, other scripts, characters that JSON or a CSV escapes.
var awkward = [...]string{ //nolint:gochecknoglobals // a constant in all but Go's grammar
	"Müller", "Mu\u0308ller", "Łukasiewicz", "Γεωργίου", "Иванова", "李", "O'Brien",
	"Smith, Jr.", `Back\slash`, "=formula", `"quoted"`, "𝒳 astral", "two  blanks", "<b>&amp;",
}

// People are n people, always the same for the same n, in the order of their
// identifiers: each but the first with a manager, every tenth with an awkward
// family name, every third with a second address, every twentieth
// DEPROVISIONED and every fiftieth SUSPENDED. They were created over five
// years; every hundred in a row, as in an import, in one millisecond.
func People(n int) []fixtures.OktaUser {
	users := make([]fixtures.OktaUser, n)
	for i := range users {
		created := time.Date(2020, 1, 1, 6, 0, 0, 0, time.UTC).Add(time.Duration(i/100) * (5 * 365 * 24 * time.Hour / time.Duration(n/100+1)))
		status := fixtures.OktaActive
		switch {
		case i%20 == 19:
			status = fixtures.OktaDeprovisioned
		case i%50 == 24:
			status = fixtures.OktaSuspended
		}
		users[i] = fixtures.OktaUser{
			ID:          ID(i),
			Status:      status,
			Created:     created.Truncate(time.Millisecond),
			Activated:   created.Add(time.Hour).Truncate(time.Millisecond),
			LastLogin:   time.Date(2026, 5, 1+i%28, i%24, i%60, 0, 0, time.UTC),
			LastUpdated: time.Date(2026, 1, 1+i%28, i%24, i%60, 0, 0, time.UTC),
			Profile:     profile(i),
		}
	}
	slices.SortFunc(users, func(a, b fixtures.OktaUser) int { return cmp.Compare(a.ID, b.ID) })
	return users
}

// Groups are groups of [People]: two of many, who are partly the same, one of
// one person, and one of nobody.
func Groups(users []fixtures.OktaUser) []fixtures.OktaGroup {
	group := func(name string, has func(i int) bool) fixtures.OktaGroup {
		g := fixtures.OktaGroup{ID: fixtures.OktaID("00g", name), Name: name, Type: fixtures.OktaOwnGroup, Created: users[0].Created}
		for i, u := range users {
			if u.Status != fixtures.OktaDeprovisioned && has(i) {
				g.Members = append(g.Members, u.ID)
			}
		}
		return g
	}
	return []fixtures.OktaGroup{
		group("Third", func(i int) bool { return i%3 == 0 }),
		group("Fourth", func(i int) bool { return i%4 == 0 }),
		group("First", func(i int) bool { return i == 0 }),
		group("Nobody", func(int) bool { return false }),
	}
}

// ID is the identifier of the i-th of [People] before they were put in order,
// counted from 0.
func ID(i int) string { return fixtures.OktaID("00u", strconv.Itoa(i)) }

func profile(i int) map[string]any {
	family := fmt.Sprintf("Family%d", i%1000)
	if i%10 == 0 {
		family = awkward[i/10%len(awkward)]
	}
	given := fmt.Sprintf("Given%d", i%500)
	p := map[string]any{
		"login":          fmt.Sprintf("p%06d@example.com", i),
		"email":          fmt.Sprintf("Person.%d@example.com", i),
		"firstName":      given,
		"lastName":       family,
		"displayName":    given + " " + family,
		"title":          fmt.Sprintf("Title %d", i%40),
		"department":     fmt.Sprintf("Department %d", i%25),
		"organization":   "Example",
		"employeeNumber": strconv.Itoa(100000 + i),
		"userType":       []string{"staff", "contractor", "intern"}[i%3],
		"city":           []string{"Wien", "Zürich", "São Paulo", "Oslo"}[i%4],
		"mobilePhone":    nil,
		"badgeNumber":    json.Number(strconv.FormatInt(9007199254740993+int64(2*i), 10)),
	}
	if i > 0 {
		p["managerId"] = ID((i - 1) / 10)
	}
	if i%3 == 0 {
		p["secondEmail"] = fmt.Sprintf("second.%d@corp.example.com", i)
	}
	return p
}
