package join

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"cohort/coder"
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
			return cmp.Or(cmp.Compare(ExactKey(t.email(x)), ExactKey(t.email(y))), cmp.Compare(t.id(x), t.id(y)),
				cmp.Compare(t.everything(x), t.everything(y)), int(a-b))
		}
	}
	slices.SortFunc(people, byRow(func(p int32) pair { return pair{p, none} }))
	slices.SortFunc(users, byRow(func(u int32) pair { return pair{none, u} }))
	return slices.Compact(people), slices.Compact(users)
}

// caseOfPerson tells about a person, and the matched account.
func (t *Table) caseOfPerson(p int32, told told) Case {
	u := t.user[p]
	var r row
	t.render(pair{p, u}, &r)
	c := Case{Match: t.match[p].String(), HasPerson: true, HasUser: u != none, Fields: t.fields(&r), Steps: told.people[p]}
	cursor := t.people.records[p].cursor()
	c.Addresses = append(c.Addresses, t.keysOf("primary", cursor.text()))
	for _, kind := range []string{"alias", "login"} {
		for _, address := range cursor.list() {
			c.Addresses = append(c.Addresses, t.keysOf(kind, address))
		}
	}
	c.Addresses = slices.DeleteFunc(c.Addresses, func(a ExplainedAddress) bool { return a.Exact == "" })
	if u != none {
		c.Addresses = append(c.Addresses, t.keysOf("account", t.users[u].Email))
	}
	for _, d := range t.people.doubts() {
		if d.Who == r.id {
			c.Remarks = append(c.Remarks, d.Why)
		}
	}
	switch match := t.match[p]; {
	case u != none:
		c.Why = fmt.Sprintf("matched to the account %s, since its e-mail and the person's address %s %s", t.users[u].Username, Visible(r.matchEmail), sameness(match))
		if others := told.rivals[p]; others > 0 {
			c.Why += fmt.Sprintf("; %s more, and disabled, %s it", plural(others, "one person", fmt.Sprint(others, " people")), plural(others, "has", "have"))
		}
	case match == Ambiguous:
		c.Why = "nobody can say whose the account is: " + told.reason[p]
	case len(c.Addresses) == 0:
		c.Why = "not matched, since the person has no address"
	case told.reason[p] != "":
		c.Why = "not matched, since " + told.reason[p]
	default:
		taken := cmp.Or(strings.Join(t.takenFrom(p), " and "), "no account has an address of the person")
		c.Why = "not matched, since " + taken
	}
	return c
}

// takenFrom says which accounts have an address of a person, and went to
// somebody else on an earlier rung.
func (t *Table) takenFrom(p int32) []string {
	keys := make(map[string]bool)
	for address := range t.people.records[p].addresses(primaries | aliases | logins) {
		if key := t.options.Domains.Key(address); key != "" {
			keys[key] = true
		}
	}
	var taken []string
	for u := range t.users {
		if owner := t.person[u]; owner != none && keys[t.options.Domains.Key(t.users[u].Email)] {
			taken = append(taken, fmt.Sprintf("the account %s, of %s, went to %s by %s",
				t.users[u].Username, strings.TrimSpace(t.users[u].Email), t.people.name(owner), t.match[owner]))
		}
	}
	slices.Sort(taken)
	return taken
}

// sameness says in which way two addresses are one on a rung.
func sameness(match Match) string {
	switch match {
	case ByNormalized:
		return "are one in Unicode's Form C, with domains in ASCII"
	case ByDomain:
		return "are one by --domain-alias"
	default:
		return "are the same but for case"
	}
}

// caseOfAccount tells about an account that is no person's match.
func (t *Table) caseOfAccount(u int32, told told) Case {
	user := &t.users[u]
	c := Case{Match: "none", HasUser: true, Fields: t.fields(&row{account: user}), Steps: told.users[u]}
	if ExactKey(user.Email) != "" {
		c.Addresses = []ExplainedAddress{t.keysOf("account", user.Email)}
	}
	switch t.account[u] {
	case Second:
		owner := t.person[u]
		c.Match = "second account"
		c.Why = fmt.Sprintf("a second account of %s, who is matched to the account %s", t.people.name(owner), t.users[t.user[owner]].Username)
	case AmbiguousAccount:
		c.Match = Ambiguous.String()
		c.Why = "nobody can say whose the account is: " + told.userReason[u]
	case NoAddress:
		c.Why = "nobody's, since it has no e-mail"
	default:
		c.Why = "nobody's, since nobody has its e-mail"
		if told.userReason[u] != "" {
			c.Why = "nobody's, since " + told.userReason[u]
		}
	}
	return c
}

// fields are both records, side by side. What neither has is left out.
func (t *Table) fields(r *row) []ExplainedField {
	u := r.account
	if u == nil {
		u = &coder.User{}
	}
	of := func(field idp.Field) string {
		if !r.hasPerson {
			return ""
		}
		return t.text(r, field)
	}
	email := ""
	if r.hasPerson {
		email = r.primary
	}
	kind := ""
	if u.ServiceAccount {
		kind = "service account"
	}
	all := []ExplainedField{
		{"email", email, u.Email},
		{"name", of(idp.Name), u.Name},
		{"given_name", of(idp.GivenName), ""},
		{"family_name", of(idp.FamilyName), ""},
		{"username", of(idp.Username), u.Username},
		{"id", r.id, u.ID},
		{"status", r.status, u.Status},
		{"status_raw", of(idp.StatusRaw), ""},
		{"source", r.source, ""},
		{"title", of(idp.Title), ""},
		{"department", of(idp.Department), ""},
		{"employee_type", of(idp.EmployeeType), ""},
		{"kind", "", kind},
		{"login_type", "", u.LoginType},
		{"roles", "", strings.Join(u.Roles, ", ")},
		{"created_at", "", timestamp(u.CreatedAt).Text},
		{"last_seen_at", "", timestamp(u.LastSeenAt).Text},
	}
	if u.Usage != nil {
		all = append(all, ExplainedField{"active_days", "", fmt.Sprint(u.Usage.Days)}, ExplainedField{"last_active_day", "", u.Usage.LastDay})
	}
	return slices.DeleteFunc(all, func(f ExplainedField) bool { return f.Person == "" && f.Account == "" })
}
