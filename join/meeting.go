package join

// meeting is a key that both sides have: the accounts that are still without a
// person, and the people.
type meeting struct {
	key   string
	users []int32
	held  []holder
}

// holder is a person who has a key, and the address that gives it.
type holder struct {
	person  int32
	address string
}

// meetings are the keys of a rung that open accounts and some of those people
// have who are included.
func (l *ladder) meetings(r rung, include func(person int) bool) []meeting {
	all, byKey := l.openAccounts(r.key)
	if len(all) == 0 {
		return nil
	}
	parts := spans(len(l.people))
	found := make([][]arrival, len(parts))
	inParallel(parts, func(part int, people span) {
		for p := people.from; p < people.to; p++ {
			if !include(p) {
				continue
			}
			for address := range l.people[p].addresses(r.addresses) {
				if at, ok := byKey[r.key(address)]; ok {
					found[part] = append(found[part], arrival{at, holder{int32(p), address}})
				}
			}
		}
	})
	var singles lists[holder]
	for _, arrivals := range found {
		for _, a := range arrivals {
			// Somebody may have a key by several addresses, one after another.
			if held := all[a.at].held; len(held) == 0 || held[len(held)-1].person != a.person {
				all[a.at].held = singles.add(held, a.holder)
			}
		}
	}
	met := all[:0]
	for _, m := range all {
		if len(m.held) > 0 {
			met = append(met, m)
		}
	}
	return met
}

// arrival is a person at a meeting.
type arrival struct {
	at int32
	holder
}

// openAccounts are the users that are still without a person, each key once,
// and where each key is among them.
func (l *ladder) openAccounts(key func(string) string) (all []meeting, byKey map[string]int32) {
	open := 0
	for _, account := range l.account {
		if account == Orphan {
			open++
		}
	}
	all, byKey = make([]meeting, 0, open), make(map[string]int32, open)
	var singles lists[int32]
	for u := range l.users {
		if l.account[u] != Orphan {
			continue
		}
		k := key(l.users[u].Email)
		at, known := byKey[k]
		if !known {
			at = int32(len(all))
			byKey[k] = at
			all = append(all, meeting{key: k})
		}
		all[at].users = singles.add(all[at].users, int32(u))
	}
	return all, byKey
}

// lists are many lists of which most have one item, and share their memory.
type lists[T any] struct{ block []T }

func (l *lists[T]) add(list []T, item T) []T {
	if len(list) > 0 {
		return append(list, item)
	}
	if len(l.block) == cap(l.block) {
		l.block = make([]T, 0, 1024)
	}
	l.block = append(l.block, item)
	n := len(l.block)
	return l.block[n-1 : n : n]
}
