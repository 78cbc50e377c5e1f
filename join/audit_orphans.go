package join

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"cohort/coder"
	"cohort/internal/terminal"
)

// neighbours are the people near the accounts that no person has: who has such
// an account's address after all, or its local part at another domain.
type neighbours struct {
	key     func(address string) string
	domains map[string]bool            // of all people's addresses
	holders map[string][]int32         // by the key of such an account
	locals  map[string]map[string]bool // the keys of people's addresses, by the local part of such an account
}

// findNeighbours looks at everybody's addresses once.
func findNeighbours(t *Table) neighbours {
	n := neighbours{
		key: t.options.Domains.Key, domains: make(map[string]bool),
		holders: make(map[string][]int32), locals: make(map[string]map[string]bool),
	}
	for u, account := range t.account {
		if account == Orphan {
			key := n.key(t.users[u].Email)
			n.holders[key] = nil
			if local, _, ok := cutDomain(key); ok {
				n.locals[local] = nil
			}
		}
	}
	for p, r := range t.people.records {
		for address := range r.addresses(primaries | aliases | logins) {
			key := n.key(address)
			local, domain, ok := cutDomain(key)
			if ok {
				n.domains[domain] = true
			}
			if held, wanted := n.holders[key]; wanted && (len(held) == 0 || held[len(held)-1] != int32(p)) {
				n.holders[key] = append(held, int32(p))
			}
			if keys, wanted := n.locals[local]; wanted && ok {
				if keys == nil {
					keys = make(map[string]bool)
					n.locals[local] = keys
				}
				keys[key] = true
			}
		}
	}
	return n
}

// namesakes are the addresses of people, as keys, that have the local part of
// an account whose address nobody has.
func (n neighbours) namesakes(email string) []string {
	local, _, ok := cutDomain(n.key(email))
	if !ok {
		return nil
	}
	return slices.Sorted(maps.Keys(n.locals[local]))
}

// lookAtDomains finds the mail domains of accounts that nobody in the identity
// provider has an address of.
func (a *auditor) lookAtDomains() {
	t := a.table
	unknown := make(map[string][]int32)
	for u := range t.users {
		_, domain, ok := cutDomain(a.near.key(t.users[u].Email))
		if ok && domain != "" && !a.near.domains[domain] {
			unknown[domain] = append(unknown[domain], int32(u))
		}
	}
	for domain, users := range unknown {
		severity, living := Info, 0
		elsewhere := make(map[string]int) // accounts by a domain where they have a namesake
		for _, u := range users {
			if t.users[u].Status != coder.StatusSuspended {
				severity = Low
				living++
			}
			at := make(map[string]bool)
			for _, namesake := range a.near.namesakes(t.users[u].Email) {
				_, other, _ := cutDomain(namesake)
				at[other] = true
			}
			for other := range at {
				elsewhere[other]++
			}
		}
		evidence := fmt.Sprintf("%d %s, %d not suspended; nobody in the identity provider has an address there",
			len(users), plural(len(users), "account", "accounts"), living)
		remedy := "see who these are: outsiders, or a domain that --domain-alias should know"
		if best, n := mostCommon(elsewhere); n > 0 {
			evidence += fmt.Sprintf("; %d %s a namesake at %s", n, plural(n, "has", "have"), best)
			remedy = fmt.Sprintf("see whether these are the same people: --domain-alias %s=%s", domain, best)
		}
		a.found = append(a.found, Finding{
			Key: terminal.Visible(string(FindingUnmatchedDomain) + ":" + domain), Kind: FindingUnmatchedDomain, Severity: severity,
			Candidates: []string{}, Evidence: evidence, Remedy: remedy,
		})
	}
}

// mostCommon is the domain with the highest count, of several the first by name.
func mostCommon(counts map[string]int) (domain string, n int) {
	for _, other := range slices.SortedFunc(maps.Keys(counts), cmp.Compare) {
		if counts[other] > n {
			domain, n = other, counts[other]
		}
	}
	return domain, n
}

// lookAtOrphan looks at an account that the ladder gave to nobody.
func (a *auditor) lookAtOrphan(u int32) {
	t := a.table
	user := &t.users[u]
	if user.ServiceAccount {
		a.orphan(user, "a service account, which is no person's", serviceRemedy)
		return
	}
	if t.account[u] == NoAddress {
		a.orphan(user, "it has no e-mail", orphanRemedy)
		return
	}
	held := a.near.holders[a.near.key(user.Email)]
	if len(held) == 0 {
		why := "nobody has its address"
		if others := a.near.namesakes(user.Email); len(others) > 0 {
			why += ", but its local part: " + atMost(others, 3)
		}
		a.orphan(user, why, orphanRemedy)
		return
	}
	// Whoever has its address was ambiguous before that was asked.
	a.disputed(u, held, "its address has "+atMost(t.names(held), 5)+", of whom another address is ambiguous", peopleRemedy)
}

// orphan adds an account without a person.
func (a *auditor) orphan(u *coder.User, why, remedy string) {
	severity := Medium
	if u.ServiceAccount {
		severity = Info
	}
	if u.Status == coder.StatusSuspended {
		severity, remedy = Info, suspendedRemedy
	}
	a.add(FindingOrphan, severity, u, FindingPerson{}, why+"; "+a.standing(u), remedy)
}
