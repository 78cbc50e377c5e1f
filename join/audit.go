package join

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"cohort/coder"
	"cohort/idp"
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

// AuditColumns are what a table needs to be audited.
func AuditColumns() Columns {
	return Columns{request: idp.Request{Fields: []idp.Field{
		idp.Name, idp.GivenName, idp.FamilyName, idp.Username, idp.StatusRaw,
	}}}
}

// Audit looks for what an identity team should know of. The table has to be
// joined with [AuditColumns]; which rows it has is of no account.
func (t *Table) Audit(options AuditOptions) Audit {
	a := auditor{table: t, AuditOptions: options, disputes: make(map[int32]dispute), near: findNeighbours(t)}
	// A deployment has seen at least whoever reads it; a file may not tell.
	a.tellsSeen = slices.ContainsFunc(t.users, func(u coder.User) bool { return !u.LastSeenAt.IsZero() })
	for _, d := range t.disputes {
		for _, u := range d.users {
			a.disputes[u] = d
		}
	}
	for u := range t.users {
		first := len(a.found)
		a.look(int32(u))
		a.raise(&t.users[u], first)
	}
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
	disputes  map[int32]dispute // by account
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
		Key:  Visible(string(kind) + ":" + cmp.Or(u.Username, ExactKey(u.Email), u.ID)),
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

// lookAtDispute looks at an account that several people have, or that shares
// their address with others.
func (a *auditor) lookAtDispute(u int32) {
	t := a.table
	d := a.disputes[u]
	var held []int32
	for _, h := range d.held {
		held = append(held, h.person)
	}
	if len(d.users) == 1 {
		a.disputed(u, held, t.explain(d)+": "+atMost(t.names(held), 5), peopleRemedy)
		return
	}
	var others []string
	for _, other := range d.users {
		if other != u {
			others = append(others, t.users[other].Username)
		}
	}
	slices.Sort(others)
	a.disputed(u, held, "it shares the address of "+atMost(t.names(held), 5)+" with "+atMost(others, 5), accountsRemedy)
}

// disputed adds an account that one of several people may have, or several
// accounts of one person.
func (a *auditor) disputed(u int32, held []int32, why, remedy string) {
	t := a.table
	user := &t.users[u]
	var person FindingPerson
	if len(held) == 1 {
		a.render(held[0], u)
		person = a.personOf()
	}
	severity, kinds := Medium, []FindingKind{FindingAmbiguous}
	switch {
	case user.Status == coder.StatusSuspended:
		severity = Info
	case !slices.ContainsFunc(held, func(p int32) bool { return t.people.records[p].status() != idp.Disabled }):
		// Whoever of them it is, they have left.
		kinds, remedy = append(kinds, FindingLeaver), suspendRemedy
	}
	for _, kind := range kinds {
		if kind == FindingLeaver {
			severity = High
		}
		a.add(kind, severity, user, person, why+"; "+a.standing(user), remedy)
		a.found[len(a.found)-1].Candidates = t.names(held)
	}
}

// names are what people are called in a list, sorted.
func (t *Table) names(people []int32) []string {
	names := make([]string, len(people))
	for i, p := range people {
		names[i] = t.people.name(p)
	}
	slices.Sort(names)
	return names
}

// lookAtPerson looks at an account whose person is known.
func (a *auditor) lookAtPerson(u int32) {
	t := a.table
	user, owner := &t.users[u], t.person[u]
	a.render(owner, u)
	person := a.personOf()
	isSecond := t.account[u] == Second
	isSuspended := user.Status == coder.StatusSuspended
	hasLeft := t.people.records[owner].status() == idp.Disabled
	var beside string
	if isSecond {
		beside = "; the person also has the account " + t.users[t.user[owner]].Username
	}
	if hasLeft && !isSuspended {
		a.add(FindingLeaver, High, user, person, a.leaving(user)+beside, suspendRemedy)
	}
	if isSecond {
		severity, remedy := Low, secondRemedy
		if isSuspended {
			severity, remedy = Info, suspendedRemedy
		}
		why := strings.TrimSpace(user.Email) + " is an address of " + cmp.Or(person.Name, t.people.name(owner))
		a.add(FindingSecondAccount, severity, user, person, why+beside+"; "+a.standing(user), remedy)
	}
	if since, idle := a.idleSince(user); idle && !hasLeft {
		a.add(FindingIdle, Low, user, person, since, idleRemedy)
	}
	if a.isAnother(owner, user) {
		severity := Medium
		if isSuspended {
			severity = Low
		}
		why := "the address is of " + person.Name + ", and the account of " + strings.TrimSpace(user.Name)
		a.add(FindingNameMismatch, severity, user, person, why+"; "+a.standing(user), mismatchRemedy)
	}
}

// render fills the row with a person and an account.
func (a *auditor) render(person, u int32) { a.table.render(pair{person, u}, &a.row) }

func (a *auditor) personOf() FindingPerson {
	name := cmp.Or(strings.TrimSpace(a.text(idp.Name)), strings.TrimSpace(a.text(idp.GivenName)+" "+a.text(idp.FamilyName)))
	return FindingPerson{Email: a.row.email(), Name: name, ID: a.row.id}
}

func (a *auditor) text(field idp.Field) string { return a.table.text(&a.row, field) }

// items are what the person of a row has in a field.
func (t *Table) items(r *row, field idp.Field) []string {
	at := slices.Index(t.people.request.Fields, field)
	switch {
	case at < 0 || r.fields[at].Kind == idp.Absent:
		return nil
	case r.fields[at].Kind == idp.List:
		return r.fields[at].Items
	default:
		return []string{r.fields[at].Text}
	}
}

func (t *Table) text(r *row, field idp.Field) string { return strings.Join(t.items(r, field), ", ") }

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

// leaving says how the identity provider shows that the person at hand has
// left, and what became of the account since.
func (a *auditor) leaving(u *coder.User) string {
	evidence := "disabled in the identity provider"
	if raw := a.text(idp.StatusRaw); raw != "" {
		evidence += " by " + raw
	}
	evidence += "; " + a.standing(u)
	if left := leftAt(a.table.items(&a.row, idp.StatusRaw)); !left.IsZero() {
		// Days are those of some time zone, where it may be a day later.
		seen, used := u.LastSeenAt.After(left), u.Usage != nil && u.Usage.LastDay > left.UTC().AddDate(0, 0, 1).Format(time.DateOnly)
		switch {
		case seen && used:
			evidence += "; seen and used after leaving"
		case used:
			evidence += "; used after leaving"
		case seen:
			evidence += "; seen after leaving"
		}
	}
	if u.LoginType == "password" || u.LoginType == "github" {
		evidence += "; its login by " + u.LoginType + " does not end with the identity provider's"
	}
	return evidence
}

// leftAt is the earliest time in a raw status that has passed, such as
// "accountExpires=2024-05-01T00:00:00Z (expired)"; zero where there is none.
func leftAt(raw []string) time.Time {
	var left time.Time
	for _, item := range raw {
		_, value, _ := strings.Cut(item, "=")
		value, expired := strings.CutSuffix(value, " (expired)")
		if at, err := time.Parse(time.RFC3339, value); expired && err == nil && (left.IsZero() || at.Before(left)) {
			left = at
		}
	}
	return left
}

// idleSince says since when an active account was not seen, if that is for so
// long that it is idle. Who was never seen is idle since the account was made;
// who used a workspace is not.
func (a *auditor) idleSince(u *coder.User) (evidence string, idle bool) {
	since, what := u.LastSeenAt, "active, but last seen "
	if since.IsZero() {
		since, what = u.CreatedAt, "active, but never seen since it was made "
	}
	if a.Idle <= 0 || !a.tellsSeen || since.IsZero() || u.Status != coder.StatusActive ||
		u.Usage != nil && u.Usage.Days > 0 || a.Now.Sub(since) < a.Idle {
		return "", false
	}
	return what + a.day(since), true
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

// atMost names the first n of a list.
func atMost(items []string, n int) string {
	if len(items) <= n {
		return strings.Join(items, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(items[:n], ", "), len(items)-n)
}
