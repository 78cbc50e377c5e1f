package join

import (
	"slices"

	"cohort/coder"
	"cohort/idp"
)

// lookAtDispute looks at an account that several people have, or that shares
// their address with others.
func (a *auditor) lookAtDispute(u int32) {
	t := a.table
	d := a.disputes[u]
	var held []int32
	for _, h := range d.held {
		held = append(held, h.person)
	}
	if len(d.users) == 1 {
		a.disputed(u, held, t.explain(d)+": "+atMost(t.names(held), 5), peopleRemedy)
		return
	}
	var others []string
	for _, other := range d.users {
		if other != u {
			others = append(others, t.users[other].Username)
		}
	}
	slices.Sort(others)
	a.disputed(u, held, "it shares the address of "+atMost(t.names(held), 5)+" with "+atMost(others, 5), accountsRemedy)
}

// disputed adds an account that one of several people may have, or several
// accounts of one person.
func (a *auditor) disputed(u int32, held []int32, why, remedy string) {
	t := a.table
	user := &t.users[u]
	var person FindingPerson
	if len(held) == 1 {
		a.render(held[0], u)
		person = a.personOf()
	}
	severity, kinds := Medium, []FindingKind{FindingAmbiguous}
	switch {
	case user.Status == coder.StatusSuspended:
		severity = Info
	case !slices.ContainsFunc(held, func(p int32) bool { return t.people.records[p].status() != idp.Disabled }):
		// Whoever of them it is, they have left.
		kinds, remedy = append(kinds, FindingLeaver), suspendRemedy
	}
	for _, kind := range kinds {
		if kind == FindingLeaver {
			severity = High
		}
		a.add(kind, severity, user, person, why+"; "+a.standing(user), remedy)
		a.found[len(a.found)-1].Candidates = t.names(held)
	}
}

// names are what people are called in a list, sorted.
func (t *Table) names(people []int32) []string {
	names := make([]string, len(people))
	for i, p := range people {
		names[i] = t.people.name(p)
	}
	slices.Sort(names)
	return names
}
