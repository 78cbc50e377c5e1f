package join

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"cohort/idp"
)

// Doubt is something that the join did not decide, or that a person may want
// to look at.
type Doubt struct {
	// Kind is "ambiguous-person", "ambiguous-account", "second-account",
	// "status-conflict", "unmerged", or for DX one that begins with "dx-".
	Kind string
	// Who is the person's id, or the account's username. Where a source has no
	// ids it is the person's place, "line 12", with the source's name where
	// there are several.
	Who string
	// Address is the one in question, as its holder has it.
	Address string
	// Why is a sentence without a full stop.
	Why string
	// Candidates are whom it could belong to: usernames for a person, people's
	// addresses and ids for an account.
	Candidates []string
}

// Review is what the join left in doubt, in a stable order.
func (t *Table) Review() []Doubt {
	var doubts []Doubt
	for _, d := range t.disputes {
		why := t.explain(d)
		var accounts, people []string
		for _, u := range d.users {
			accounts = append(accounts, t.users[u].Username)
		}
		for _, h := range d.held {
			people = append(people, t.people.name(h.person))
		}
		slices.Sort(accounts)
		slices.Sort(people)
		for _, h := range d.held {
			if t.match[h.person] == Ambiguous {
				doubts = append(doubts, Doubt{"ambiguous-person", t.id(pair{h.person, none}), strings.TrimSpace(h.address), why, accounts})
			}
		}
		for _, u := range d.users {
			doubts = append(doubts, Doubt{"ambiguous-account", t.users[u].Username, t.users[u].Email, why, people})
		}
	}
	for u, account := range t.account {
		if account == Second {
			owner := t.person[u]
			why := "the person is matched to the account " + t.users[t.user[owner]].Username
			doubts = append(doubts, Doubt{"second-account", t.users[u].Username, t.users[u].Email, why, []string{t.people.name(owner)}})
		}
	}
	for _, d := range t.people.doubts() {
		doubts = append(doubts, d.Doubt)
	}
	slices.SortFunc(doubts, compareDoubts)
	return doubts
}

func compareDoubts(a, b Doubt) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Who, b.Who), cmp.Compare(a.Address, b.Address),
		slices.Compare(a.Candidates, b.Candidates))
}

// explain says why a key is nobody's.
func (t *Table) explain(d meeting) string {
	living := 0
	for _, h := range d.held {
		if t.people.records[h.person].status() != idp.Disabled {
			living++
		}
	}
	switch {
	case len(d.users) > 1:
		return fmt.Sprintf("%d accounts have this address", len(d.users))
	case living == 0:
		return fmt.Sprintf("%d people have this address, and all are disabled", len(d.held))
	default:
		return fmt.Sprintf("%d people who are not disabled have this address", living)
	}
}

// WriteReview writes doubts as CSV.
func WriteReview(w io.Writer, doubts []Doubt, options CSVOptions) error {
	encoder := NewCSV(w, options)
	encoder.Header([]string{"kind", "who", "address", "why", "candidates"})
	for _, d := range doubts {
		if err := encoder.Row([]idp.Value{
			idp.TextOf(d.Kind), idp.TextOf(d.Who), idp.TextOf(d.Address), idp.TextOf(d.Why), idp.ListOf(d.Candidates...),
		}); err != nil {
			return err
		}
	}
	_, err := encoder.Close()
	return err
}
