package coder

import (
	"fmt"
	"strings"

	"github.com/coder/coder/v2/codersdk"
)

// jsonUser is a user that is being read.
type jsonUser struct {
	User
	fields fieldSet
	// wrong is what is the matter with a value, and ofPeople is a member that
	// people have and users never: neither is said before all members are
	// known, since this may be no user at all.
	wrong    error
	ofPeople string
}

// member reads the value of one member of a user.
func (u *jsonUser) member(j *jsonUsers, key string) error {
	field := fieldSet(0)
	switch key {
	case "id":
		field = hasID
	case "username":
		field = hasUsername
	case "name":
		field = hasName
	case "email":
		field = hasEmail
	case "status":
		field = hasStatus
	case "login_type":
		field = hasLoginType
	case "roles":
		field = hasRoles
	case "created_at":
		field = hasCreatedAt
	case "last_seen_at":
		field = hasLastSeenAt
	case "is_service_account":
		j.Peek()
		u.ServiceAccount = strings.HasPrefix(j.Text[j.At:], "true")
		return j.Skip()
	case deletedColumn:
		j.Peek()
		if strings.HasPrefix(j.Text[j.At:], "true") {
			u.note(errDeleted)
		}
		return j.Skip()
	default:
		if len(j.users) == 0 && ofPeople(key) {
			u.ofPeople = key
		}
		return j.Skip()
	}
	if u.fields&field != 0 {
		u.note(fmt.Errorf("%q is there twice", key))
	}
	u.fields |= field
	switch next := j.Peek(); {
	case field == hasRoles && next == '[':
		return u.roles(j)
	case next == '"' && field != hasRoles:
		text, err := j.String()
		if err != nil {
			return err
		}
		u.note(field.set(&u.User, text))
		return nil
	case next == 'n' && (field == hasName || field == hasRoles):
		// Whoever has none.
		return j.Skip()
	}
	start := j.At
	if err := j.Skip(); err != nil {
		return err
	}
	u.note(fmt.Errorf("%q is %s", key, quoted(j.Text[start:j.At])))
	return nil
}

func (u *jsonUser) note(err error) {
	if u.wrong == nil {
		u.wrong = err
	}
}

// roles reads the objects of the site-wide roles.
func (u *jsonUser) roles(j *jsonUsers) error {
	return j.Array(func() error {
		if j.Peek() != '{' {
			return j.Misplaced("a list", "a role")
		}
		role := ""
		err := j.Object(func(key string) (err error) {
			if key != "name" || j.Peek() != '"' {
				return j.Skip()
			}
			role, err = j.String()
			return err
		})
		if role != "" && role != codersdk.RoleMember {
			u.Roles = append(u.Roles, role)
		}
		return err
	})
}
