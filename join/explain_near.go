package join

import (
	"cmp"
	"slices"
	"strings"

	"cohort/idp"
)

// NearMiss is somebody whose address, or name, is nearly the one in question.
type NearMiss struct {
	// Side is "person" or "account".
	Side    string
	Address string
	Name    string
	// Why says in what they differ.
	Why string

	nearness nearness
}

// mostNear is how many near misses are told.
const mostNear = 10

// nearness is a way to be near; a smaller one is nearer.
type nearness int

const (
	oneOff nearness = iota
	otherTag
	otherDomain
	sameName
	far
)

func (n nearness) String() string {
	return [...]string{
		"one letter off", "the same but for what follows a +", "the same local part at another domain", "the same display name", "",
	}[n]
}

// quarry is what is looked for among those who could be meant.
type quarry struct {
	keys []string // of addresses
	name []string // words
}

// nearMisses looks for the other side of the people and accounts that have
// none, and on both sides where nobody was found.
func (t *Table) nearMisses(asked string, people, users []int32) []NearMiss {
	var amongPeople, amongAccounts []quarry
	if len(people)+len(users) == 0 {
		local, _, _ := cutDomain(NormalizedKey(asked))
		q := quarry{keys: []string{NormalizedKey(asked)}, name: words(local)}
		amongPeople, amongAccounts = []quarry{q}, []quarry{q}
	}
	var r row
	for _, p := range people {
		if t.match[p] != NoMatch {
			continue
		}
		t.render(pair{p, none}, &r)
		q := quarry{name: words(t.text(&r, idp.Name))}
		for address := range t.people.records[p].addresses(primaries | aliases | logins) {
			q.keys = append(q.keys, NormalizedKey(address))
		}
		amongAccounts = append(amongAccounts, q)
	}
	for _, u := range users {
		if t.account[u] == Orphan {
			amongPeople = append(amongPeople, quarry{keys: []string{NormalizedKey(t.users[u].Email)}, name: words(t.users[u].Name)})
		}
	}
	near := append(t.nearPeople(amongPeople, people), t.nearAccounts(amongAccounts, users)...)
	slices.SortFunc(near, func(a, b NearMiss) int {
		return cmp.Or(int(a.nearness-b.nearness), cmp.Compare(a.Address, b.Address), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Side, b.Side))
	})
	return slices.Compact(near)
}

func (t *Table) nearPeople(quarries []quarry, but []int32) []NearMiss {
	var near []NearMiss
	if len(quarries) == 0 {
		return nil
	}
	var r row
	for p, record := range t.people.records {
		if slices.Contains(but, int32(p)) {
			continue
		}
		t.render(pair{int32(p), none}, &r)
		best := NearMiss{Side: "person", Name: t.text(&r, idp.Name), nearness: far}
		for _, q := range quarries {
			for address := range record.addresses(primaries | aliases | logins) {
				best = best.orNearer(q, address)
			}
		}
		if best.nearness < far {
			near = append(near, best)
		}
	}
	return near
}

func (t *Table) nearAccounts(quarries []quarry, but []int32) []NearMiss {
	var near []NearMiss
	for u, user := range t.users {
		if slices.Contains(but, int32(u)) {
			continue
		}
		best := NearMiss{Side: "account", Name: cmp.Or(user.Name, user.Username), nearness: far}
		for _, q := range quarries {
			best = best.orNearer(q, user.Email)
		}
		if best.nearness < far {
			near = append(near, best)
		}
	}
	return near
}

// orNearer is the near miss with the address, if that is nearer.
func (m NearMiss) orNearer(q quarry, address string) NearMiss {
	if n := q.nearness(address, m.Name); n < m.nearness {
		m.nearness, m.Why, m.Address = n, n.String(), strings.TrimSpace(address)
	}
	return m
}

// nearness says how near an address and a name are to what is looked for.
func (q quarry) nearness(address, name string) nearness {
	nearest := far
	if len(q.name) >= 2 && slices.Equal(q.name, words(name)) {
		nearest = sameName
	}
	key := NormalizedKey(address)
	if key == "" {
		return nearest
	}
	local, domain, ok := cutDomain(key)
	for _, wanted := range q.keys {
		wantedLocal, wantedDomain, wantedOK := cutDomain(wanted)
		switch {
		case wanted == "" || wanted == key:
		case isOneOff(key, wanted):
			return oneOff
		case !ok || !wantedOK:
		case domain == wantedDomain && untagged(local) == untagged(wantedLocal):
			nearest = min(nearest, otherTag)
		case local == wantedLocal:
			nearest = min(nearest, otherDomain)
		}
	}
	return nearest
}

// untagged is a local part without its subaddress (RFC 5233).
func untagged(local string) string {
	before, _, _ := strings.Cut(local, "+")
	return before
}

// isOneOff says whether one letter more, less, other, or swapped with the next
// makes one text of the other: a Damerau-Levenshtein distance of 1.
func isOneOff(one, other string) bool {
	a, b := []rune(one), []rune(other)
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	return max(len(a), len(b)) == 1 || len(a) == 2 && len(b) == 2 && a[0] == b[1] && a[1] == b[0]
}
