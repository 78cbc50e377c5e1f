package join

import (
	"slices"

	"cohort/coder"
	"cohort/idp"
)

// ladder matches people to users, rung by rung. A rung decides only what the
// rungs before it left open on both sides, and looks at all of its keys before
// it decides any, so that the order of people and users is of no account.
// Whoever is matched already still holds an address: that it is free for
// somebody else would be a guess.
type ladder struct {
	people []record
	users  []coder.User
	matching
}

// rung is one way for a person and a user to have the same key.
type rung struct {
	match     Match
	addresses kinds
	key       func(address string) string
}

func climb(people []record, users []coder.User, domains DomainAliases) matching {
	l := newLadder(people, users)
	for _, r := range rungs(domains) {
		l.decide(r)
	}
	l.findSecondAccounts(domains)
	return l.matching
}

// rungs are the rungs of the ladder, in their order.
func rungs(domains DomainAliases) []rung {
	return []rung{
		{ByEmail, primaries, ExactKey},
		{ByAlias, aliases, ExactKey},
		{ByLogin, logins, ExactKey},
		{ByNormalized, primaries | aliases | logins, NormalizedKey},
		{ByDomain, primaries | aliases | logins, domains.Key},
	}
}

// newLadder stands before the first rung.
func newLadder(people []record, users []coder.User) *ladder {
	l := &ladder{people: people, users: users, matching: newMatching(len(people), len(users))}
	for u := range users {
		if ExactKey(users[u].Email) == "" {
			l.account[u] = NoAddress
		}
	}
	return l
}

// decide settles every key of a rung that both sides hold. Afterwards no
// user with such a key is open.
func (l *ladder) decide(r rung) {
	accounts := l.openAccounts(r.key)
	if len(accounts) == 0 {
		return
	}
	holders := l.holders(r, accounts, func(int) bool { return true })
	claims := make(map[int32][]claim)
	for key, held := range holders {
		if !slices.ContainsFunc(held, func(h holder) bool { return l.match[h.person] == NoMatch }) {
			delete(holders, key) // nobody asks; it may be a second account
			continue
		}
		winner, ok := l.soleHolder(held)
		switch {
		case !ok || len(accounts[key]) > 1:
			continue
		case l.match[winner.person] == NoMatch:
			claims[winner.person] = append(claims[winner.person], claim{accounts[key][0], key, winner.address})
		case l.user[winner.person] != none:
			u := accounts[key][0]
			l.account[u], l.person[u] = Second, winner.person
		default:
			continue
		}
		delete(holders, key)
	}
	for person, claimed := range claims {
		best := l.best(claimed)
		l.match[person], l.user[person] = r.match, best.user
		for _, c := range claimed {
			l.account[c.user], l.person[c.user] = Second, person
		}
		l.account[best.user], l.address[best.user] = Matched, best.address
	}
	// What is left is disputed, and spent for those who found nothing else on
	// this rung.
	for key, held := range holders {
		for _, h := range held {
			if l.match[h.person] == NoMatch {
				l.match[h.person] = Ambiguous
			}
		}
		for _, u := range accounts[key] {
			l.account[u] = AmbiguousAccount
		}
		l.disputes = append(l.disputes, dispute{held, accounts[key]})
	}
}

// findSecondAccounts looks for the people of accounts that no rung decided,
// because whoever has their address was matched before that rung.
func (l *ladder) findSecondAccounts(domains DomainAliases) {
	every := rung{addresses: primaries | aliases | logins, key: domains.Key}
	accounts := l.openAccounts(every.key)
	if len(accounts) == 0 {
		return
	}
	for key, held := range l.holders(every, accounts, func(p int) bool { return l.user[p] != none }) {
		owner, ok := l.soleHolder(held)
		for _, u := range accounts[key] {
			if ok {
				l.account[u], l.person[u] = Second, owner.person
			} else {
				l.account[u] = AmbiguousAccount
			}
		}
		if !ok {
			l.disputes = append(l.disputes, dispute{held, accounts[key]})
		}
	}
}

// openAccounts are the users that are still without a person, by key.
func (l *ladder) openAccounts(key func(string) string) map[string][]int32 {
	open := make(map[string][]int32)
	for u := range l.users {
		if l.account[u] == Orphan {
			k := key(l.users[u].Email)
			open[k] = append(open[k], int32(u))
		}
	}
	return open
}

// holder is a person who has a key, and the address that gives it.
type holder struct {
	person  int32
	address string
}

// holders are the people among those included who have the accounts' keys.
func (l *ladder) holders(r rung, accounts map[string][]int32, include func(person int) bool) map[string][]holder {
	parts := spans(len(l.people))
	found := make([]map[string][]holder, len(parts))
	inParallel(parts, func(part int, s span) {
		found[part] = l.holdersAmong(s, r, accounts, include)
	})
	holders := found[0]
	for _, more := range found[1:] {
		for key, held := range more {
			holders[key] = append(holders[key], held...)
		}
	}
	return holders
}

func (l *ladder) holdersAmong(people span, r rung, accounts map[string][]int32, include func(person int) bool) map[string][]holder {
	holders := make(map[string][]holder)
	for p := people.from; p < people.to; p++ {
		if !include(p) {
			continue
		}
		for address := range l.people[p].addresses(r.addresses) {
			key := r.key(address)
			if _, ok := accounts[key]; !ok {
				continue
			}
			held := holders[key]
			if len(held) == 0 || held[len(held)-1].person != int32(p) {
				holders[key] = append(held, holder{int32(p), address})
			}
		}
	}
	return holders
}

// soleHolder is the one who has a key among those who hold it: the only one,
// else the only one who is not disabled.
func (l *ladder) soleHolder(held []holder) (sole holder, ok bool) {
	if len(held) == 1 {
		return held[0], true
	}
	living := 0
	for _, h := range held {
		if l.people[h.person].status() != idp.Disabled {
			sole = h
			living++
		}
	}
	return sole, living == 1
}

// claim is an account to which one person has the right on a rung.
type claim struct {
	user    int32
	key     string
	address string
}

// best is the claim that becomes the match where a person has several: an
// account in use before one that is not, then the first key in byte order.
func (l *ladder) best(claims []claim) claim {
	best := claims[0]
	for _, c := range claims[1:] {
		rank, bestRank := disuse(l.users[c.user].Status), disuse(l.users[best.user].Status)
		if rank < bestRank || rank == bestRank && c.key < best.key {
			best = c
		}
	}
	return best
}

// disuse orders the statuses of accounts from in use to switched off.
func disuse(status string) int {
	switch status {
	case coder.StatusActive:
		return 0
	case coder.StatusDormant:
		return 1
	default:
		return 2
	}
}
