package join

import (
	"fmt"
	"slices"
	"strings"
)

// told is what the ladder did with some people and accounts, rung by rung.
type told struct {
	people map[int32][]Step
	users  map[int32][]Step
	// reason and userReason say why somebody was left without the other side,
	// where it is not for want of it.
	reason     map[int32]string
	userReason map[int32]string
	// rivals counts the others who had the address by which somebody matched.
	rivals map[int32]int
}

// trace climbs the ladder once more, and writes down what happens to some.
func (t *Table) trace(people, users []int32) told {
	tr := told{
		people: make(map[int32][]Step), users: make(map[int32][]Step),
		reason: make(map[int32]string), userReason: make(map[int32]string), rivals: make(map[int32]int),
	}
	if len(people)+len(users) == 0 {
		return tr
	}
	l := newLadder(t.people.records, t.users)
	climbed := func(r rung, name string, decide func()) {
		open, byKey := l.openAccounts(r.key)
		accounts := func(key string) []int32 {
			if at, ok := byKey[key]; ok {
				return open[at].users
			}
			return nil
		}
		before := matching{match: slices.Clone(l.match), account: slices.Clone(l.account)}
		decide()
		for _, p := range people {
			tr.people[p] = append(tr.people[p], Step{name, tr.ofPerson(t, l, r, p, accounts, before.match[p])})
		}
		for _, u := range users {
			tr.users[u] = append(tr.users[u], Step{name, tr.ofAccount(t, l, r, u, before.account[u])})
		}
	}
	for _, r := range rungs(t.options.Domains) {
		if r.match == ByDomain && len(t.options.Domains) == 0 {
			continue
		}
		climbed(r, r.match.String(), func() { l.decide(r) })
	}
	last := rung{addresses: primaries | aliases | logins, key: t.options.Domains.Key}
	climbed(last, "second accounts", func() { l.findSecondAccounts(t.options.Domains) })
	return tr
}

// ofPerson says what a rung did with a person, who stood as before.
func (tr *told) ofPerson(t *Table, l *ladder, r rung, p int32, accounts func(key string) []int32, before Match) string {
	var keys []string
	for address := range l.people[p].addresses(r.addresses) {
		if key := r.key(address); key != "" && !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	var outcomes []string
	for _, key := range keys {
		for _, u := range accounts(key) {
			outcomes = append(outcomes, tr.between(t, l, r, p, u, key))
		}
	}
	switch {
	case len(outcomes) > 0:
		return strings.Join(outcomes, "; ")
	case before == Ambiguous:
		return "not tried: ambiguous already"
	case before != NoMatch:
		return "nothing more: matched by " + before.String()
	case len(keys) == 0:
		return "the person has no such address"
	default:
		return "no account left has " + strings.Join(keys, " or ")
	}
}

// between says what became of an account whose key a person has.
func (tr *told) between(t *Table, l *ladder, r rung, p, u int32, key string) string {
	username := t.users[u].Username
	owner := l.person[u]
	switch {
	case l.account[u] == AmbiguousAccount:
		reason := t.disputeOver(l, u)
		if l.match[p] == Ambiguous && tr.reason[p] == "" {
			tr.reason[p] = reason
		}
		return fmt.Sprintf("%s is of the account %s, and ambiguous: %s", key, username, reason)
	case owner == none:
		return fmt.Sprintf("%s is of the account %s, and nobody asks for it: whoever has it was decided before", key, username)
	case owner != p:
		reason := fmt.Sprintf("the account %s went to %s, who alone is not disabled of those who have %s", username, t.people.name(owner), key)
		if l.match[p] == NoMatch && tr.reason[p] == "" {
			tr.reason[p] = reason
		}
		return reason
	case l.account[u] == Second:
		return fmt.Sprintf("%s is of the account %s, which is a second one of this person", key, username)
	default:
		tr.rivals[p] = len(l.holding(r, key)) - 1
		return fmt.Sprintf("matched to the account %s: both have %s", username, key)
	}
}

// ofAccount says what a rung did with an account, which stood as before.
func (tr *told) ofAccount(t *Table, l *ladder, r rung, u int32, before Account) string {
	key := r.key(t.users[u].Email)
	switch {
	case before == NoAddress:
		return "the account has no e-mail"
	case before != Orphan:
		return "decided before"
	}
	var names []string
	for _, p := range l.holding(r, key) {
		names = append(names, t.people.name(p))
	}
	slices.Sort(names)
	switch l.account[u] {
	case Matched:
		return fmt.Sprintf("matched to %s: both have %s", t.people.name(l.person[u]), key)
	case Second:
		return fmt.Sprintf("a second account of %s: both have %s", t.people.name(l.person[u]), key)
	case AmbiguousAccount:
		tr.userReason[u] = t.disputeOver(l, u)
		return "ambiguous: " + tr.userReason[u]
	}
	if len(names) == 0 {
		return "nobody has " + key
	}
	reason := fmt.Sprintf("%s %s %s, and was decided before", strings.Join(names, " and "), plural(len(names), "has", "have"), key)
	tr.userReason[u] = reason
	return reason
}

// holding are the people who have a key on a rung.
func (l *ladder) holding(r rung, key string) []int32 {
	var people []int32
	for p := range l.people {
		for address := range l.people[p].addresses(r.addresses) {
			if r.key(address) == key {
				people = append(people, int32(p))
				break
			}
		}
	}
	return people
}

// disputeOver says why an account is nobody's.
func (t *Table) disputeOver(l *ladder, u int32) string {
	for _, d := range l.disputes {
		if slices.Contains(d.users, u) {
			var held []int32
			for _, h := range d.held {
				held = append(held, h.person)
			}
			return t.explain(d) + ": " + atMost(t.names(held), 5)
		}
	}
	return ""
}
