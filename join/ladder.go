package join

import (
	"cmp"
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
	var claims []claim
	var disputes []meeting
	for _, m := range l.meetings(r, func(int) bool { return true }) {
		winner, ok := l.soleHolder(m.held)
		switch {
		case !slices.ContainsFunc(m.held, func(h holder) bool { return l.match[h.person] == NoMatch }):
			// Nobody asks; it may be a second account.
		case !ok || len(m.users) > 1:
			disputes = append(disputes, m)
		case l.match[winner.person] == NoMatch:
			claims = append(claims, claim{winner, m.users[0], m.key})
		case l.user[winner.person] != none:
			l.account[m.users[0]], l.person[m.users[0]] = Second, winner.person
		default:
			disputes = append(disputes, m)
		}
	}
	slices.SortFunc(claims, func(a, b claim) int { return cmp.Compare(a.person, b.person) })
	for len(claims) > 0 {
		person, n := claims[0].person, 1
		for n < len(claims) && claims[n].person == person {
			n++
		}
		best := l.best(claims[:n])
		l.match[person], l.user[person] = r.match, best.user
		for _, c := range claims[:n] {
			l.account[c.user], l.person[c.user] = Second, person
		}
		l.account[best.user], l.address[best.user] = Matched, best.address
		claims = claims[n:]
	}
	// What is left is disputed, and spent for those who found nothing else on
	// this rung.
	for _, m := range disputes {
		for _, h := range m.held {
			if l.match[h.person] == NoMatch {
				l.match[h.person] = Ambiguous
			}
		}
		for _, u := range m.users {
			l.account[u] = AmbiguousAccount
		}
	}
	l.disputes = append(l.disputes, disputes...)
}

// findSecondAccounts looks for the people of accounts that no rung decided,
// because whoever has their address was matched before that rung.
func (l *ladder) findSecondAccounts(domains DomainAliases) {
	every := rung{addresses: primaries | aliases | logins, key: domains.Key}
	for _, m := range l.meetings(every, func(p int) bool { return l.user[p] != none }) {
		owner, ok := l.soleHolder(m.held)
		for _, u := range m.users {
			if ok {
				l.account[u], l.person[u] = Second, owner.person
			} else {
				l.account[u] = AmbiguousAccount
			}
		}
		if !ok {
			l.disputes = append(l.disputes, m)
		}
	}
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
	holder
	user int32
	key  string
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
