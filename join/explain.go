package join

import (
	"cmp"
	"slices"

	"cohort/idp"
)

// Explanation is all that the join knows about an address.
type Explanation struct {
	Asked ExplainedAddress
	// By is how what was asked for was found: "address", or "username or id",
	// or "" where nobody has it.
	By string
	// Cases are the people and the accounts that have to do with it.
	Cases []Case
	// Near are the first of those who could be meant, of More further ones.
	Near []NearMiss
	More int
}

// Case is a person, an account, or a person with the matched account.
type Case struct {
	// Match is the row's column match, as far as there is a person; for an
	// account alone it is none, second account, or ambiguous.
	Match     string
	Fields    []ExplainedField
	HasPerson bool
	HasUser   bool
	Addresses []ExplainedAddress
	Steps     []Step
	// Why is a sentence without a full stop: why the row is as it is.
	Why string
	// Remarks are sentences about what sources tell differently.
	Remarks []string
}

// ExplainedField is what both records say of one thing.
type ExplainedField struct{ Name, Person, Account string }

// ExplainedAddress is an address, and its keys from the strictest on.
type ExplainedAddress struct {
	// Kind is primary, alias or login for a person's, account for an account's.
	Kind    string
	Address string
	Exact   string
	// Normalized and Domain are what NormalizedKey and the domain aliases make
	// of it.
	Normalized string
	Domain     string
}

// Step is one rung of the ladder, and what came of it.
type Step struct{ Rung, Outcome string }

// ExplainColumns are what a table needs to be explained.
func ExplainColumns() Columns {
	return Columns{request: idp.Request{Fields: []idp.Field{
		idp.Name, idp.GivenName, idp.FamilyName, idp.Username, idp.Title, idp.Department, idp.EmployeeType, idp.StatusRaw,
	}}}
}

// Explain tells why an address matched or did not. It may be in any spelling;
// where nobody has it, it may be a username or an id. The table has to be
// joined with [ExplainColumns]; which rows it has is of no account.
func (t *Table) Explain(asked string) Explanation {
	e := Explanation{Asked: t.keysOf("asked", asked)}
	people, users := t.findByAddress(e.Asked.Domain)
	e.By = "address"
	if len(people)+len(users) == 0 {
		people, users = t.findByName(ExactKey(asked))
		e.By = "username or id"
	}
	if len(people)+len(users) == 0 {
		e.By = ""
	}
	people, users = t.withTheirs(people, users)
	told := t.trace(people, users)
	for _, p := range people {
		e.Cases = append(e.Cases, t.caseOfPerson(p, told))
	}
	for _, u := range users {
		if t.account[u] != Matched {
			e.Cases = append(e.Cases, t.caseOfAccount(u, told))
		}
	}
	near := t.nearMisses(asked, people, users)
	e.Near = near[:min(len(near), mostNear)]
	e.More = len(near) - len(e.Near)
	return e
}

func (t *Table) keysOf(kind, address string) ExplainedAddress {
	return ExplainedAddress{kind, address, ExactKey(address), NormalizedKey(address), t.options.Domains.Key(address)}
}

// findByAddress finds everybody who has an address with a key.
func (t *Table) findByAddress(key string) (people, users []int32) {
	if key == "" {
		return nil, nil
	}
	for p, r := range t.people.records {
		for address := range r.addresses(primaries | aliases | logins) {
			if t.options.Domains.Key(address) == key {
				people = append(people, int32(p))
				break
			}
		}
	}
	for u := range t.users {
		if t.options.Domains.Key(t.users[u].Email) == key {
			users = append(users, int32(u))
		}
	}
	return people, users
}

// findByName finds everybody who has a username or an id.
func (t *Table) findByName(name string) (people, users []int32) {
	if name == "" {
		return nil, nil
	}
	var r row
	for p := range t.people.records {
		t.render(pair{int32(p), none}, &r)
		usernames := t.items(&r, idp.Username)
		if ExactKey(r.id) == name || slices.ContainsFunc(usernames, func(username string) bool { return ExactKey(username) == name }) {
			people = append(people, int32(p))
		}
	}
	for u, user := range t.users {
		if ExactKey(user.Username) == name || ExactKey(user.ID) == name {
			users = append(users, int32(u))
		}
	}
	return people, users
}

// withTheirs adds the accounts of the people, the people of the accounts, and
// who disputes an address with them. Both come in a stable order.
func (t *Table) withTheirs(people, users []int32) (allPeople, allUsers []int32) {
	for _, u := range users {
		if t.person[u] != none {
			people = append(people, t.person[u])
		}
	}
	for _, d := range t.disputes {
		isHeld := slices.ContainsFunc(d.held, func(h holder) bool { return slices.Contains(people, h.person) })
		isShared := slices.ContainsFunc(d.users, func(u int32) bool { return slices.Contains(users, u) })
		if isHeld || isShared {
			users = append(users, d.users...)
		}
		if isShared {
			for _, h := range d.held {
				people = append(people, h.person)
			}
		}
	}
	for u, owner := range t.person {
		if owner != none && slices.Contains(people, owner) {
			users = append(users, int32(u))
		}
	}
	byRow := func(of func(int32) pair) func(a, b int32) int {
		return func(a, b int32) int {
			x, y := of(a), of(b)
			return cmp.Or(cmp.Compare(ExactKey(t.email(x)), ExactKey(t.email(y))), t.compareRest(x, y), int(a-b))
		}
	}
	slices.SortFunc(people, byRow(func(p int32) pair { return pair{p, none} }))
	slices.SortFunc(users, byRow(func(u int32) pair { return pair{none, u} }))
	return slices.Compact(people), slices.Compact(users)
}
