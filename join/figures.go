package join

import (
	"strings"

	"cohort/coder"
	"cohort/idp"
)

// Figures counts the outcomes of a join. They add up:
// [PeopleFigures.Total] and [UserFigures.Total] are the sums of what follows
// them.
type Figures struct {
	People PeopleFigures `json:"people"`
	Users  UserFigures   `json:"coder_users"`
	// Leavers are disabled people whose account is not suspended.
	Leavers int `json:"disabled_people_with_living_account"`
}

// PeopleFigures counts people by outcome. Total and Merged make the number of
// records that the sources gave.
type PeopleFigures struct {
	Total int `json:"total"`
	// Merged counts the records that are part of a person of an earlier source.
	Merged int `json:"merged"`
	// Conflicts counts the people whom one source calls active and another
	// disabled.
	Conflicts      int            `json:"status_conflicts"`
	Matched        int            `json:"matched"`
	Unmatched      int            `json:"unmatched"`
	Ambiguous      int            `json:"ambiguous"`
	WithoutAddress int            `json:"without_address"`
	MatchedBy      map[string]int `json:"matched_by"`
}

// UserFigures counts Coder users by outcome.
type UserFigures struct {
	Total          int `json:"total"`
	Matched        int `json:"matched"`
	Second         int `json:"second_accounts"`
	Unmatched      int `json:"unmatched"`
	Ambiguous      int `json:"ambiguous"`
	WithoutAddress int `json:"without_address"`
}

// Figures counts the whole join, whichever rows were chosen of it.
func (t *Table) Figures() Figures {
	f := Figures{
		People: PeopleFigures{Total: len(t.people.records), Merged: t.people.merged, Conflicts: len(t.people.conflicts), MatchedBy: make(map[string]int)},
		Users:  UserFigures{Total: len(t.users)},
	}
	for _, rung := range Rungs() {
		f.People.MatchedBy[rung.String()] = 0
	}
	for p, match := range t.match {
		switch {
		case match == Ambiguous:
			f.People.Ambiguous++
		case match != NoMatch:
			f.People.Matched++
			f.People.MatchedBy[match.String()]++
			if t.isLeaver(p) {
				f.Leavers++
			}
		case t.people.records[p].hasAddress():
			f.People.Unmatched++
		default:
			f.People.WithoutAddress++
		}
	}
	for _, account := range t.account {
		switch account {
		case Matched:
			f.Users.Matched++
		case Second:
			f.Users.Second++
		case AmbiguousAccount:
			f.Users.Ambiguous++
		case NoAddress:
			f.Users.WithoutAddress++
		default:
			f.Users.Unmatched++
		}
	}
	return f
}

func (t *Table) isLeaver(person int) bool {
	return t.people.records[person].status() == idp.Disabled && t.users[t.user[person]].Status != coder.StatusSuspended
}

// hasAddress says whether the person can be matched at all.
func (r record) hasAddress() bool {
	for address := range r.addresses(primaries | aliases | logins) {
		if strings.TrimSpace(address) != "" { // as the keys do
			return true
		}
	}
	return false
}
