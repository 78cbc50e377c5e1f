package join

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"cohort/coder"
	"cohort/idp"
	"cohort/internal/terminal"
)

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
		if d.person == p {
			c.Remarks = append(c.Remarks, d.Why)
		}
	}
	switch match := t.match[p]; {
	case u != none:
		c.Why = fmt.Sprintf("matched to the account %s, since its e-mail and the person's address %s %s", t.users[u].Username, terminal.Visible(r.matchEmail), sameness(match, t.users[u].Email, r.matchEmail))
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
func sameness(match Match, a, b string) string {
	switch {
	case a == b:
		return "are the same"
	case match == ByNormalized:
		return "are one in Unicode's Form C, with domains in ASCII"
	case match == ByDomain:
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
		{"place", r.place, ""},
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
