package join

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"cohort/internal/fault"
	"cohort/internal/suggest"
)

// Finding is something about an account, or a mail domain, that an identity
// team should look at.
type Finding struct {
	// Key names the finding from run to run: its kind, a colon, and the
	// account's username, or the domain, spelled as [Visible] does, so that it
	// can be copied from wherever it is shown.
	Key      string      `json:"key"`
	Kind     FindingKind `json:"kind"`
	Severity Severity    `json:"severity"`
	// Privileged says that the account has the role owner or that of an
	// administrator, which raised the severity.
	Privileged bool           `json:"privileged"`
	Person     FindingPerson  `json:"person,omitzero"`
	Account    FindingAccount `json:"account,omitzero"`
	// Candidates are the people, by address and id, one of whom has the account.
	Candidates []string `json:"candidates"`
	// Evidence is a sentence without a full stop: what was found.
	Evidence string `json:"evidence"`
	// Remedy is a sentence without a full stop: what to do.
	Remedy string `json:"remedy"`
}

// FindingPerson is whose account a finding is about; the zero FindingPerson
// where nobody or several could be meant.
type FindingPerson struct {
	Email string `json:"email"`
	Name  string `json:"name"`
	ID    string `json:"id"`
}

// FindingAccount is the account that a finding is about; the zero
// FindingAccount where it is about a mail domain.
type FindingAccount struct {
	Username string `json:"username"`
	Email    string `json:"email"`
	ID       string `json:"id"`
	Status   string `json:"status"`
	// LastSeenAt is zero where the account was never seen, or nobody tells.
	LastSeenAt time.Time `json:"last_seen_at,omitzero"`
}

// FindingKind is what a finding is about.
type FindingKind string

// The kinds of findings.
const (
	// FindingLeaver is a disabled person's account that is not suspended.
	FindingLeaver FindingKind = "leaver"
	// FindingPrivileged is an owner's or administrator's account of which
	// another finding speaks.
	FindingPrivileged FindingKind = "privileged"
	// FindingOrphan is an account without a person.
	FindingOrphan FindingKind = "orphan"
	// FindingNameMismatch is an account with a person's address and clearly
	// another one's name: an address that was used again.
	FindingNameMismatch FindingKind = "name-mismatch"
	// FindingAmbiguous is an account whose address several people or accounts
	// have.
	FindingAmbiguous FindingKind = "ambiguous"
	// FindingSecondAccount is a further account of a person.
	FindingSecondAccount FindingKind = "second-account"
	// FindingIdle is an active account of an active person, who was not seen
	// for long.
	FindingIdle FindingKind = "idle"
	// FindingUnmatchedDomain is a mail domain of accounts that nobody in the
	// identity provider has an address of.
	FindingUnmatchedDomain FindingKind = "unmatched-domain"
)

// FindingKinds are all kinds of findings, the gravest first.
func FindingKinds() []FindingKind {
	return []FindingKind{
		FindingLeaver, FindingPrivileged, FindingOrphan, FindingNameMismatch,
		FindingAmbiguous, FindingSecondAccount, FindingIdle, FindingUnmatchedDomain,
	}
}

// About says what a kind is, as a heading does.
func (k FindingKind) About() string {
	return map[FindingKind]string{
		FindingLeaver:          "disabled in the identity provider, and not suspended in Coder",
		FindingPrivileged:      "an owner or administrator among the other findings",
		FindingOrphan:          "an account without a person",
		FindingNameMismatch:    "a person's address, and clearly another person's name",
		FindingAmbiguous:       "an account that several people could have",
		FindingSecondAccount:   "a further account of somebody",
		FindingIdle:            "active on both sides, and not seen for long",
		FindingUnmatchedDomain: "a mail domain of accounts that nobody in the identity provider has",
	}[k]
}

// ParseFindingKinds reads the names of kinds of findings; flag is what named
// them.
func ParseFindingKinds(flag string, names []string) ([]FindingKind, error) {
	var known []string
	for _, kind := range FindingKinds() {
		known = append(known, string(kind))
	}
	var kinds []FindingKind
	for _, name := range names {
		if !slices.Contains(known, name) {
			hint := suggest.Hint(name, known, "known are "+strings.Join(known, ", "))
			return nil, fault.New(fault.Usage, hint, "%s: %q is no kind of finding", flag, name)
		}
		kinds = append(kinds, FindingKind(name))
	}
	return kinds, nil
}

// Severity says how soon a finding wants somebody to act. Greater is graver.
type Severity uint8

// The severities.
const (
	// Info is in order as it is, as long as somebody knows of it: a suspended
	// account without a person, a service account.
	Info Severity = iota
	Low
	Medium
	High
	Critical
)

// String gives the severity as it stands in every format.
func (s Severity) String() string {
	return [...]string{"info", "low", "medium", "high", "critical"}[s]
}

// MarshalJSON writes the severity's name.
func (s Severity) MarshalJSON() ([]byte, error) { return json.Marshal(s.String()) }

// raised is the next severity.
func (s Severity) raised() Severity { return min(s+1, Critical) }

// sortFindings orders by kind, then the gravest first, then by key. What is
// still equal is ordered by all that tells two accounts apart.
func sortFindings(findings []Finding) {
	order := make(map[FindingKind]int)
	for i, kind := range FindingKinds() {
		order[kind] = i
	}
	slices.SortFunc(findings, func(a, b Finding) int {
		return cmp.Or(order[a.Kind]-order[b.Kind], cmp.Compare(b.Severity, a.Severity), cmp.Compare(a.Key, b.Key),
			cmp.Compare(a.Account.ID, b.Account.ID), cmp.Compare(a.Account.Email, b.Account.Email), cmp.Compare(a.Evidence, b.Evidence))
	})
}
