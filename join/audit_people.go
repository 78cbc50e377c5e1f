package join

import (
	"cmp"
	"strings"
	"time"

	"cohort/coder"
	"cohort/idp"
)

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

// leaving says how the identity provider shows that the person at hand has
// left, and what became of the account since.
func (a *auditor) leaving(u *coder.User) string {
	evidence := "disabled in the identity provider"
	if raw := a.text(idp.StatusRaw); raw != "" {
		evidence += " by " + raw
	}
	left := leftAt(a.table.items(&a.row, idp.StatusRaw))
	if changed, err := time.Parse(time.RFC3339, a.row.attributes[0].value().Text); left.IsZero() && err == nil {
		left = changed
		evidence += " since " + left.UTC().Format(time.DateOnly)
	}
	evidence += "; " + a.standing(u)
	if !left.IsZero() {
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
