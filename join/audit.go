package join

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"cohort/coder"
	"cohort/idp"
	"cohort/internal/terminal"
)

// AuditOptions are the choices of an audit.
type AuditOptions struct {
	// Now is the moment from which days are counted.
	Now time.Time
	// Idle is for how long an account was not seen that is called idle; 0 looks
	// for none.
	Idle time.Duration
}

// Audit is what was found, in a stable order.
type Audit struct {
	Findings []Finding
	// Notes are sentences about what could not be looked for.
	Notes []string
}

// statusChanged is Okta's attribute for when an account got the status it has
// (https://developer.okta.com/docs/api/openapi/okta-management/management/tags/user).
// Others have none of the kind.
const statusChanged = "statusChanged"

// AuditColumns are what a table needs to be audited. Not every provider has all
// of it, which [Options] have to allow.
func AuditColumns() Columns {
	return Columns{request: idp.Request{
		Fields:     []idp.Field{idp.Name, idp.GivenName, idp.FamilyName, idp.Username, idp.StatusRaw},
		Attributes: []string{statusChanged},
	}}
}

// Audit looks for what an identity team should know of. The table has to be
// joined with [AuditColumns]; which rows it has is of no account.
func (t *Table) Audit(options AuditOptions) Audit {
	a := auditor{table: t, AuditOptions: options, disputes: make(map[int32]meeting), near: findNeighbours(t)}
	// A deployment has seen at least whoever reads it; a file may not tell.
	a.tellsSeen = slices.ContainsFunc(t.users, func(u coder.User) bool { return !u.LastSeenAt.IsZero() })
	for _, d := range t.disputes {
		for _, u := range d.users {
			a.disputes[u] = d
		}
	}
	parts := spans(len(t.users))
	found := make([][]Finding, len(parts))
	inParallel(parts, func(part int, s span) {
		mine := a // with a row of its own
		for u := s.from; u < s.to; u++ {
			first := len(mine.found)
			mine.look(int32(u))
			mine.raise(&t.users[u], first)
		}
		found[part] = mine.found
	})
	a.found = slices.Concat(found...)
	a.lookAtDomains()
	sortFindings(a.found)
	audit := Audit{Findings: a.found}
	if a.Idle > 0 && !a.tellsSeen && len(t.users) > 0 {
		audit.Notes = append(audit.Notes, "nothing tells when the accounts were last seen, so that none is called idle")
	}
	return audit
}

// auditor looks at one account after the other.
type auditor struct {
	AuditOptions
	table     *Table
	disputes  map[int32]meeting // by account
	near      neighbours
	tellsSeen bool // when accounts were last seen
	row       row  // of the account at hand, used again
	found     []Finding
}

// look finds what there is to say of one account.
func (a *auditor) look(u int32) {
	switch a.table.account[u] {
	case Matched, Second:
		a.lookAtPerson(u)
	case AmbiguousAccount:
		a.lookAtDispute(u)
	default:
		a.lookAtOrphan(u)
	}
}

// add keeps a finding about an account.
func (a *auditor) add(kind FindingKind, severity Severity, u *coder.User, p FindingPerson, evidence, remedy string) {
	a.found = append(a.found, Finding{
		Key:  terminal.Visible(string(kind) + ":" + cmp.Or(u.Username, ExactKey(u.Email), u.ID)),
		Kind: kind, Severity: severity, Person: p,
		Account: FindingAccount{
			Username: u.Username, Email: strings.TrimSpace(u.Email), ID: u.ID, Status: u.Status, LastSeenAt: u.LastSeenAt.UTC(),
		},
		Candidates: []string{}, Evidence: evidence, Remedy: remedy,
	})
}

// Remedies. Findings that ask for the same say it in the same words.
const (
	suspendRemedy   = "suspend the account: coder users suspend USERNAME"
	suspendedRemedy = "nothing, while it is suspended"
	orphanRemedy    = "find out whose it is, then suspend it or set the person's address; cohort explain ADDRESS shows near misses"
	serviceRemedy   = "see that somebody answers for it"
	peopleRemedy    = "give each of the people an address of their own in the identity provider"
	accountsRemedy  = "keep one of the accounts: to Coder they are two spellings"
	secondRemedy    = "move what is needed to the other account, then suspend this one"
	idleRemedy      = "ask whether it is needed: suspended, it takes no seat"
	mismatchRemedy  = "see whose the account is: an address that was given to somebody else gives the account away too"
	roleRemedy      = "take the roles away, unless somebody answers for them: coder users edit-roles USERNAME"
)

// standing says what the account is now.
func (a *auditor) standing(u *coder.User) string {
	status := "is " + u.Status
	if u.Status == "" {
		status = "is of unknown status"
	}
	switch {
	case !u.LastSeenAt.IsZero():
		status += ", last seen " + a.day(u.LastSeenAt)
	case a.tellsSeen:
		status += ", never seen"
	}
	switch use := u.Usage; {
	case use == nil:
	case use.Days == 0:
		status += ", no workspace used"
	default:
		status += fmt.Sprintf(", workspaces used on %d %s, last on %s", use.Days, plural(use.Days, "day", "days"), use.LastDay)
	}
	return "the account " + status
}

// day is a date, and how many days ago that was.
func (a *auditor) day(t time.Time) string {
	date := t.UTC().Format(time.DateOnly)
	switch days := int(a.Now.Sub(t) / (24 * time.Hour)); {
	case days < 1:
		return date
	case days == 1:
		return date + " (1 day ago)"
	default:
		return fmt.Sprintf("%s (%d days ago)", date, days)
	}
}

// raise marks the findings from first on where the account is privileged, and
// adds that it is.
func (a *auditor) raise(u *coder.User, first int) {
	roles := slices.DeleteFunc(slices.Clone(u.Roles), func(role string) bool { return !isPrivileged(role) })
	if len(roles) == 0 || len(a.found) == first {
		return
	}
	severity := Medium
	var kinds []string
	for i := first; i < len(a.found); i++ {
		f := &a.found[i]
		f.Privileged, f.Severity = true, f.Severity.raised()
		severity = max(severity, f.Severity)
		kinds = append(kinds, string(f.Kind))
	}
	of := a.found[first]
	slices.Sort(roles)
	a.add(FindingPrivileged, severity, u, of.Person, fmt.Sprintf("%s: %s; also found: %s; %s", plural(len(roles), "role", "roles"), strings.Join(roles, ", "), strings.Join(kinds, ", "), a.standing(u)), roleRemedy)
	last := &a.found[len(a.found)-1]
	last.Privileged, last.Candidates = true, of.Candidates
}

// isPrivileged says whether a role may change what others have: the owner's,
// and those of administrators (user-admin, template-admin).
func isPrivileged(role string) bool { return role == "owner" || strings.HasSuffix(role, "-admin") }
