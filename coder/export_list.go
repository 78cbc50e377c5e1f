package coder

import (
	"errors"
	"strings"

	"cohort/internal/fault"
)

// userList is what was read so far.
type userList struct {
	users  []User
	fields fieldSet
	// unit is what counts places in the file: lines, or users where a line can
	// hold many.
	unit string
	// places are where each user stands.
	places []int
}

// newUserList makes room for the users of a text in which a character comes
// about once a user. It is no more than a multiple of the text, whatever that is.
func newUserList(unit, text, onceAUser string) userList {
	expected := min(strings.Count(text, onceAUser), len(text)/80)
	return userList{unit: unit, users: make([]User, 0, expected), places: make([]int, 0, expected)}
}

func (l *userList) add(u User, place int) {
	detach(&u)
	l.users = append(l.users, u)
	l.places = append(l.places, place)
}

// detach copies the user's texts, so that the file's text, which is several
// times as large, need not stay in memory for them.
func detach(u *User) {
	texts := [...]*string{&u.ID, &u.Username, &u.Name, &u.Email, &u.Status, &u.LoginType}
	block := u.ID + u.Username + u.Name + u.Email + u.Status + u.LoginType
	for _, text := range texts {
		n := len(*text)
		*text, block = block[:n], block[n:]
	}
	for i := range u.Roles {
		u.Roles[i] = strings.Clone(u.Roles[i])
	}
}

// again is the hint about files that are not what Coder wrote.
const again = "export it again: coder users list -o json > users.json"

// wrong is an error about one place of the file.
func (l *userList) wrong(place int, err error) error {
	hint := again
	if errors.Is(err, errGarbled) {
		hint = "PowerShell took UTF-8 for another encoding: run [Console]::OutputEncoding = [Text.Encoding]::UTF8 and export again"
	}
	return fault.New(fault.Usage, hint, "%s %d: %w", l.unit, place, err)
}

// check looks for what no list of everybody has: nobody or only oneself, unless
// that is allowed, and a user twice. Among living users, Coder holds ids, user
// names and addresses unique, the latter two in lower case.
func (l *userList) check(allowEmpty bool) error {
	switch {
	case allowEmpty:
	case len(l.users) == 0:
		return fault.New(fault.Source, "use --allow-empty if that is right", "the list holds nobody")
	case len(l.users) == 1:
		return fault.New(fault.Credentials,
			"export it as a user with the role auditor, or give the URL of the deployment as --coder; --allow-empty if there is nobody else",
			"the list holds a single user: Coder shows members only themselves, so that nobody can see whether this is everybody")
	}
	for _, unique := range []struct {
		field fieldSet
		key   func(*User) string
	}{
		{hasID, func(u *User) string { return u.ID }},
		{hasUsername, func(u *User) string { return strings.ToLower(u.Username) }},
		{hasEmail, func(u *User) string { return strings.ToLower(u.Email) }},
	} {
		if l.fields&unique.field == 0 {
			continue
		}
		key, first, other := l.repeated(unique.key)
		if other > 0 {
			return fault.New(fault.Usage, "is this one list of one deployment? "+again, "%s %d: the %s %s is there already, in %s %d",
				l.unit, l.places[other], unique.field, quoted(key), l.unit, l.places[first])
		}
	}
	return nil
}

// repeated finds the first user whose key another one has before; 0 is nobody.
// Coder orders users by their names, so that one look often does.
func (l *userList) repeated(keyOf func(*User) string) (key string, first, other int) {
	ascending, last := true, ""
	for i := range l.users {
		key := keyOf(&l.users[i])
		ascending = ascending && key > last
		if last = key; !ascending {
			break
		}
	}
	if ascending {
		return "", 0, 0
	}
	seen := make(map[string]int, len(l.users))
	for i := range l.users {
		key := keyOf(&l.users[i])
		if first, ok := seen[key]; ok && key != "" {
			return key, first, i
		}
		seen[key] = i
	}
	return "", 0, 0
}
