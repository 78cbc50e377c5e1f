package coder

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"
)

// fieldSet is some of the fields of an exported user.
type fieldSet uint16

const (
	hasUsername fieldSet = 1 << iota
	hasName
	hasEmail
	hasID
	hasStatus
	hasLoginType
	hasRoles
	hasCreatedAt
	hasLastSeenAt
	allFields = 1<<iota - 1
)

// named is a field, by its name in the API and in cohort's columns.
type named struct {
	name  string
	field fieldSet
}

// fieldNames are all of them, in the order of the documentation.
func fieldNames() []named {
	return []named{
		{"username", hasUsername}, {"name", hasName}, {"email", hasEmail}, {"id", hasID}, {"status", hasStatus},
		{"login_type", hasLoginType}, {"roles", hasRoles}, {"created_at", hasCreatedAt}, {"last_seen_at", hasLastSeenAt},
	}
}

// String is for messages: the first of the fields.
func (f fieldSet) String() string {
	for _, known := range fieldNames() {
		if f&known.field != 0 {
			return known.name
		}
	}
	return ""
}

// fieldOf is the field that a header of a table or a CSV names: "CREATED AT",
// "created_at"; 0 where Coder has none that we know. Roles are no text there.
func fieldOf(header string) fieldSet {
	name := strings.ReplaceAll(strings.ToLower(strings.TrimSpace(header)), " ", "_")
	for _, known := range fieldNames() {
		if known.name == name && known.field != hasRoles {
			return known.field
		}
	}
	return 0
}

// ofPeople says whether a header is one that lists of people have, and lists of
// Coder users never.
func ofPeople(header string) bool {
	bare := strings.NewReplacer(" ", "", "_", "", "-", "").Replace(strings.ToLower(strings.TrimSpace(header)))
	switch bare {
	case "costcenter", "department", "displayname", "division", "dn", "employeeid", "employeenumber", "employeetype",
		"familyname", "firstname", "givenname", "jobtitle", "lastname", "manager", "manageremail", "managerid",
		"profile", "samaccountname", "surname", "title", "userprincipalname", "idpstatus", "match":
		return true
	}
	return false
}

// deletedColumn is what Coder's database, whose tables some dump, calls whether a
// user was deleted. Nothing that Coder itself lists has it.
const deletedColumn = "deleted"

// errDeleted is the error of a user who has no account any more.
var errDeleted = errors.New("the user is deleted, and a list of users has only those who are not")

// saysYes is for a cell of a database's dump.
func saysYes(cell string) bool {
	switch strings.ToLower(strings.TrimSpace(cell)) {
	case "true", "t", "1", "yes":
		return true
	default:
		return false
	}
}

// set reads one field, which has to be a text that Coder writes.
func (f fieldSet) set(u *User, text string) error {
	switch f {
	case hasID:
		id, err := uuid.Parse(text)
		if err != nil || id == uuid.Nil || len(text) != len(uuid.Nil.String()) {
			return fmt.Errorf("%s is no id of a user", quoted(text))
		}
		u.ID = strings.ToLower(text)
	case hasUsername:
		if text == "" || strings.ContainsFunc(text, unicode.IsSpace) {
			return fmt.Errorf("%s is no user name", quoted(text))
		}
		u.Username = text
	case hasStatus:
		switch status := strings.ToLower(text); status {
		case StatusActive, StatusDormant, StatusSuspended:
			u.Status = status
		default:
			return fmt.Errorf("%s is no status that is known (active, dormant, suspended)", quoted(text))
		}
	case hasCreatedAt, hasLastSeenAt:
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			return fmt.Errorf("%s in %s is no time of RFC 3339", quoted(text), f)
		}
		if f == hasCreatedAt {
			u.CreatedAt = moment(at)
		} else {
			u.LastSeenAt = moment(at)
		}
	case hasLoginType:
		u.LoginType = text
	case hasName:
		u.Name = text
		return garbled(text)
	case hasEmail:
		u.Email = text
		return garbled(text)
	}
	return nil
}

// errGarbled is the error of a text in which UTF-8 was taken for a code page of
// MS-DOS, which Windows PowerShell does with what programs print: "ø" becomes
// "├©".
var errGarbled = errors.New("letters were garbled on the way")

func garbled(text string) error {
	// All box-drawing characters begin with this byte.
	if strings.IndexByte(text, 0xe2) < 0 {
		return nil
	}
	box := false
	for _, r := range text {
		if box && r >= 0x80 {
			return errGarbled
		}
		box = r >= 0x2500 && r <= 0x257f
	}
	return nil
}

// quoted is a text for messages: not too long.
func quoted(text string) string { return fmt.Sprintf("%q", oneLine(text)) }
