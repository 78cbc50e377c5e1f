package join

import (
	"strconv"
	"strings"
	"time"

	"cohort/coder"
	"cohort/idp"
)

// ownField is a column that the join fills itself.
type ownField struct {
	name string
	cell func(*row) idp.Value
}

// ownFields are, in the order of the documentation: what every person carries,
// what the Coder user carries, and how they were matched.
func ownFields() []ownField {
	return []ownField{
		{string(idp.Email), func(r *row) idp.Value { return idp.TextOf(r.email()) }},
		{string(idp.ID), func(r *row) idp.Value { return idp.TextOf(r.id) }},
		{string(idp.StatusName), func(r *row) idp.Value { return idp.TextOf(r.status) }},
		{string(idp.SourceName), func(r *row) idp.Value { return idp.TextOf(r.source) }},

		{"coder_user", func(r *row) idp.Value { return r.flag(r.account != nil) }},
		{"coder_active", func(r *row) idp.Value {
			return r.flag(r.account != nil && r.account.Status == coder.StatusActive)
		}},
		{"coder_username", ofAccount(func(u *coder.User) idp.Value { return idp.TextOf(u.Username) })},
		{"coder_name", ofAccount(func(u *coder.User) idp.Value { return idp.TextOf(u.Name) })},
		{"coder_email", ofAccount(func(u *coder.User) idp.Value { return idp.TextOf(u.Email) })},
		{"coder_id", ofAccount(func(u *coder.User) idp.Value { return idp.TextOf(u.ID) })},
		{"coder_status", ofAccount(func(u *coder.User) idp.Value { return idp.TextOf(u.Status) })},
		{"coder_login_type", ofAccount(func(u *coder.User) idp.Value { return idp.TextOf(u.LoginType) })},
		{"coder_roles", ofAccount(func(u *coder.User) idp.Value { return idp.ListOf(u.Roles...) })},
		{"coder_created_at", ofAccount(func(u *coder.User) idp.Value { return timestamp(u.CreatedAt) })},
		{"coder_last_seen_at", ofAccount(func(u *coder.User) idp.Value { return timestamp(u.LastSeenAt) })},

		{"coder_active_days", ofUsage(func(u *coder.Usage) idp.Value { return count(int64(u.Days)) })},
		{"coder_active_seconds", ofUsage(func(u *coder.Usage) idp.Value { return count(u.Seconds) })},
		{"coder_last_active_day", ofUsage(func(u *coder.Usage) idp.Value { return idp.TextOf(u.LastDay) })},
		{levelField, (*row).usageLevel},

		{"match", func(r *row) idp.Value { return idp.TextOf(r.match.String()) }},
		{"match_email", func(r *row) idp.Value { return idp.TextOf(r.matchEmail) }},
	}
}

const levelField = "coder_usage_level"

// UsageFields are those for which usage has to be read.
func UsageFields() []string {
	return []string{"coder_active_days", "coder_active_seconds", "coder_last_active_day", levelField}
}

func ofAccount(cell func(*coder.User) idp.Value) func(*row) idp.Value {
	return func(r *row) idp.Value {
		if r.account == nil {
			return idp.Value{}
		}
		return cell(r.account)
	}
}

// ofUsage gives nothing without an account: that somebody has none is not that
// somebody does nothing.
func ofUsage(cell func(*coder.Usage) idp.Value) func(*row) idp.Value {
	return ofAccount(func(u *coder.User) idp.Value {
		if u.Usage == nil {
			return idp.Value{}
		}
		return cell(u.Usage)
	})
}

func count(n int64) idp.Value { return idp.NumberOf(strconv.FormatInt(n, 10)) }

// timestamp is RFC 3339 in UTC to the second; the zero Time is absent.
func timestamp(t time.Time) idp.Value {
	if t.IsZero() {
		return idp.Value{}
	}
	return idp.TextOf(t.UTC().Format(time.RFC3339))
}

// row is one line of the table while it is being written: a person, a Coder
// account, or both.
type row struct {
	account *coder.User // nil where there is none

	match      Match
	matchEmail string

	// What follows is of the person, and empty where there is none.
	hasPerson    bool
	id           string
	place        string // in a source without ids
	status       string
	source       string
	primary      string
	managerEmail string
	fields       []packed
	attributes   []packed
}

// email is the person's own address; the account's where there is no person.
func (r *row) email() string {
	if !r.hasPerson && r.account != nil {
		return strings.TrimSpace(r.account.Email)
	}
	return strings.TrimSpace(r.primary)
}

// flag says yes or no about the person's account; where it is not known which
// account that is, it says nothing.
func (r *row) flag(yes bool) idp.Value {
	if r.account == nil && r.match == Ambiguous {
		return idp.Value{}
	}
	return idp.BooleanOf(yes)
}

// usageLevel is a word for everybody, as DX wants it: without an account it is
// that of no use. Where it is not known which account is the person's, it says
// nothing.
func (r *row) usageLevel() idp.Value {
	switch {
	case r.account != nil && r.account.Usage != nil:
		return idp.TextOf(string(r.account.Usage.Level))
	case r.account == nil && r.match != Ambiguous:
		return idp.TextOf(string(coder.NoUse))
	default:
		return idp.Value{}
	}
}
