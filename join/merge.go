package join

import (
	"fmt"
	"slices"
	"strings"

	"cohort/idp"
)

// conflict is a person whom some sources call active and others disabled.
type conflict struct {
	person   int32
	statuses []idp.Status // parallel to the sources; Unknown where one does not tell
}

// group is some records, by their place among all of the population.
type group []int32

// merge makes one person of the records that share an address which is unique
// within each source. Records that are joined by such addresses, also through
// others, are one person only if no source tells two of them apart.
func (p *Population) merge() {
	var whole []group
	for _, members := range p.sharing() {
		if p.tellsApart(members) {
			p.unmerged = append(p.unmerged, members)
		} else {
			whole = append(whole, members)
		}
	}
	// Whoever has a manager gets the address by which the manager is known in
	// the end, so these are settled first.
	for _, members := range whole {
		p.addressManager(members)
	}
	var gone []int32
	for _, members := range whole {
		p.combine(members)
		gone = append(gone, members[1:]...)
	}
	p.merged = len(gone)
	slices.Sort(gone)
	p.remove(gone)
}

// sharing are the groups of at least two records that addresses join, in the
// order of their first members.
func (p *Population) sharing() []group {
	parent := make([]int32, len(p.records))
	for i := range parent {
		parent[i] = int32(i)
	}
	root := func(i int32) int32 {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	for _, holders := range p.holders() {
		if p.tellsApart(holders) {
			continue
		}
		// The smaller root stays, so that a group is named by its first member.
		first := root(holders[0])
		for _, other := range holders[1:] {
			other = root(other)
			parent[max(first, other)] = min(first, other)
			first = min(first, other)
		}
	}
	members := make(map[int32]group)
	for i := range parent {
		if r := root(int32(i)); r != int32(i) {
			if members[r] == nil {
				members[r] = group{r}
			}
			members[r] = append(members[r], int32(i))
		}
	}
	groups := make([]group, 0, len(members))
	for _, g := range members {
		groups = append(groups, g)
	}
	slices.SortFunc(groups, func(a, b group) int { return int(a[0] - b[0]) })
	return groups
}

// holders are the records that have each address which more than one has.
func (p *Population) holders() map[string]group {
	// Most addresses have one holder, for whom no list is made.
	first := make(map[string]int32, len(p.records))
	shared := make(map[string]group)
	for i, r := range p.records {
		for address := range r.addresses(primaries | aliases | logins) {
			key := ExactKey(address)
			if key == "" {
				continue
			}
			holder, taken := first[key]
			switch held := shared[key]; {
			case !taken:
				first[key] = int32(i)
			case held == nil && holder != int32(i):
				shared[key] = group{holder, int32(i)}
			case held != nil && held[len(held)-1] != int32(i):
				shared[key] = append(held, int32(i))
			}
		}
	}
	return shared
}

// tellsApart says whether one source has two of the records, which are in the
// order of the sources.
func (p *Population) tellsApart(members group) bool {
	for i := 1; i < len(members); i++ {
		if p.records[members[i-1]].source() == p.records[members[i]].source() {
			return true
		}
	}
	return false
}

// addressManager gives those whom the records mean one address in all sources.
func (p *Population) addressManager(members group) {
	var address string
	for _, m := range members {
		if address = strings.TrimSpace(p.records[m].primary()); address != "" {
			break
		}
	}
	for _, m := range members {
		managers := p.sources[p.records[m].source()].managers
		own, _ := p.records[m].references()
		if _, wanted := managers[own]; wanted {
			managers[own] = &address
		}
	}
}

// combine puts into the first record what the others add to it.
func (p *Population) combine(members group) {
	people := make([]idp.Person, len(members))
	for i, m := range members {
		people[i] = p.person(m)
	}
	whole := people[0]
	var statuses []idp.Status
	for i, part := range people {
		for len(statuses) < p.records[members[i]].source() {
			statuses = append(statuses, idp.Unknown)
		}
		statuses = append(statuses, part.Status)
		if i > 0 {
			add(&whole, part)
		}
	}
	if slices.Contains(statuses, idp.Active) && slices.Contains(statuses, idp.Disabled) {
		p.conflicts = append(p.conflicts, conflict{members[0], statuses})
	}
	p.records[members[0]] = record(pack(nil, p.records[members[0]].source(), whole))
}

// add gives whole what it lacks and part has.
func add(whole *idp.Person, part idp.Person) {
	if whole.Status == idp.Unknown {
		whole.Status = part.Status
	}
	if whole.Placed && !part.Placed {
		whole.ID, whole.Placed = part.ID, false
	}
	if ExactKey(whole.Primary) == "" {
		whole.Primary = part.Primary
	} else if part.Primary != "" {
		whole.Aliases = append(whole.Aliases, part.Primary)
	}
	whole.Aliases = append(whole.Aliases, part.Aliases...)
	whole.Logins = append(whole.Logins, part.Logins...)
	fill(whole.Fields, part.Fields)
	fill(whole.Attributes, part.Attributes)
}

func fill(whole, part []idp.Value) {
	for i := range whole {
		if whole[i].Kind == idp.Absent {
			whole[i] = part[i]
		}
	}
}

// person unpacks a record. A manager whom a reference means becomes an
// address, since references are one source's own.
func (p *Population) person(i int32) idp.Person {
	c := p.records[i].cursor()
	person := idp.Person{
		Status: p.records[i].status(), Primary: c.text(), Aliases: c.list(), Logins: c.list(), ID: c.text(), Ref: c.text(),
		Placed: p.records[i].isPlaced(),
	}
	manager := p.managerEmail(c.source, c.text())
	for range p.request.Fields {
		person.Fields = append(person.Fields, c.packed().value())
	}
	for range p.request.Attributes {
		person.Attributes = append(person.Attributes, c.packed().value())
	}
	if at := slices.Index(p.request.Fields, idp.ManagerEmail); at >= 0 && person.Fields[at].Kind == idp.Absent {
		person.Fields[at] = idp.TextOf(manager)
	}
	return person
}

// remove takes records away; gone is sorted.
func (p *Population) remove(gone []int32) {
	if len(gone) == 0 {
		return
	}
	kept := p.records[:0]
	next := 0
	for i, r := range p.records {
		if next < len(gone) && gone[next] == int32(i) {
			next++
			continue
		}
		kept = append(kept, r)
	}
	p.records = kept
	moved := func(person int32) int32 {
		before, _ := slices.BinarySearch(gone, person)
		return person - int32(before)
	}
	for i := range p.conflicts {
		p.conflicts[i].person = moved(p.conflicts[i].person)
	}
	for _, g := range p.unmerged {
		for i := range g {
			g[i] = moved(g[i])
		}
	}
}

// personDoubt is a doubt about a person.
type personDoubt struct {
	person int32
	Doubt
}

// doubts are what the sources tell differently.
func (p *Population) doubts() []personDoubt {
	var doubts []personDoubt
	for _, c := range p.conflicts {
		var told []string
		for i, status := range c.statuses {
			if status != idp.Unknown {
				told = append(told, fmt.Sprintf("%s in %s", status, p.sources[i].name))
			}
		}
		doubts = append(doubts, personDoubt{c.person, Doubt{
			"status-conflict", p.id(c.person), strings.TrimSpace(p.records[c.person].primary()),
			strings.Join(told, ", ") + "; the source named first counts", nil,
		}})
	}
	for _, g := range p.unmerged {
		var names []string
		for _, member := range g {
			names = append(names, p.name(member))
		}
		slices.Sort(names)
		for _, member := range g {
			doubts = append(doubts, personDoubt{member, Doubt{
				"unmerged", p.id(member), strings.TrimSpace(p.records[member].primary()),
				"addresses make one person of these, whom one source tells apart", names,
			}})
		}
	}
	return doubts
}

// id is what to call a person who has no other name: the id, or the place in
// the source.
func (p *Population) id(person int32) string {
	r := p.records[person]
	c := r.cursor()
	c.skipAddresses()
	if r.isPlaced() && len(p.sources) > 1 {
		return p.sources[c.source].name + " " + c.text()
	}
	return c.text()
}

// name is how a person is called in a list: by address, and by id since
// addresses are what is in doubt.
func (p *Population) name(person int32) string {
	return strings.TrimSpace(strings.TrimSpace(p.records[person].primary()) + " (" + p.id(person) + ")")
}
