package coder

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"cohort/internal/fault"
)

// jsonUsers reads lists of users as JSON: an array of users or of answers of
// the API, or one or several of either one after another.
type jsonUsers struct {
	scanner
	userList
	// pages counts the answers of the API, count is what they say.
	pages, count int
	// read counts the users that were begun.
	read int
}

// readJSON reads a text that begins with an array or an object.
func readJSON(text string) (*userList, error) {
	j := &jsonUsers{scanner: newScanner(text), userList: newUserList("user", text, "@")}
	// Nothing is missing of nobody.
	j.fields = allFields
	lists := 0
	for !j.IsAtEnd() {
		var err error
		if j.Peek() == '[' {
			lists++
			err = j.Array(j.element)
		} else {
			err = j.element()
		}
		if err == nil && lists > 1 {
			err = fault.New(fault.Usage, again, "line %d: here ends a second list", j.line())
		}
		if err != nil {
			return nil, j.explained(err)
		}
	}
	switch {
	case j.pages == 0:
	case j.read != j.count:
		return nil, fault.New(fault.Source, "save the answer to /api/v2/users without limit and offset",
			"Coder counted %d users, and %d are here", j.count, j.read)
	}
	if j.fields&hasLoginType != 0 {
		// The API leaves out the names of those who have none.
		j.fields |= hasName
	}
	return &j.userList, nil
}

// line is where the scanner is, counted from 1.
func (j *jsonUsers) line() int { return strings.Count(j.Text[:j.At], "\n") + 1 }

// explained is an error of the scanner with its place in the file.
func (j *jsonUsers) explained(err error) error {
	switch {
	case fault.KindOf(err) != fault.Other:
		return err
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fault.New(fault.Source, again, "the file ends in line %d, within the list", j.line())
	default:
		return fault.New(fault.Usage, again, "line %d: %w", j.line(), inWords(err))
	}
}

// element reads what is in the array, or stands alone.
func (j *jsonUsers) element() error {
	switch j.Peek() {
	case '{':
		return j.answer()
	case '"':
		return j.columnNames()
	}
	return j.Misplaced("a list", "a user")
}

// columnNames explains what the line for jq leaves that Coder's documentation
// has for the API: it prints the names of the columns as a JSON list, and fails
// at the first user, since @csv takes no lists such as their roles.
func (j *jsonUsers) columnNames() error {
	name, err := j.String()
	if err != nil {
		return err
	}
	return fault.New(fault.Usage,
		"save the API's answer as it is, without jq, or: coder users list -o json > users.json",
		"this is a list of words such as %s and holds no users: jq failed after the names of the columns, as the line in Coder's documentation of the API does",
		quoted(name))
}

// answer reads an answer of the API, or a user, which shows at the first
// member that only one of them has.
func (j *jsonUsers) answer() error {
	var (
		user    jsonUser
		isList  bool
		counted string
		message string
	)
	number := j.read + 1
	err := j.Object(func(key string) error {
		var err error
		switch key {
		case "users":
			if isList {
				return fmt.Errorf("%q is there twice", key)
			}
			isList = true
			if j.Peek() != '[' {
				return j.Misplaced("a list", "a list of users")
			}
			return j.Array(func() error {
				if j.Peek() != '{' {
					return j.Misplaced("a list", "a user")
				}
				return j.user()
			})
		case "count":
			counted, err = j.Number()
			return err
		case "message":
			if j.Peek() == '"' {
				message, err = j.String()
				return err
			}
		}
		return user.member(j, key)
	})
	switch {
	case err != nil:
		return err
	case isList:
		return j.page(counted)
	case user.fields == 0 && message != "":
		return fault.New(fault.Source, "is the token right? coder users list -o json writes a list",
			"this is not a list but an error of Coder: %s", oneLine(message))
	}
	j.read++
	return j.keep(&user, number)
}

// page compares what an answer says with what came.
func (j *jsonUsers) page(counted string) error {
	count, err := strconv.Atoi(counted)
	switch {
	case counted == "":
		return fault.New(fault.Usage, again, `"users" comes without "count"`)
	case err != nil:
		return fault.New(fault.Usage, again, `"count" is %s`, quoted(counted))
	case j.pages > 0 && count != j.count:
		return fault.New(fault.Source, "save the answer to /api/v2/users without limit and offset",
			"users came or went between the answers: Coder counted %d, then %d", j.count, count)
	}
	j.pages++
	j.count = count
	return nil
}

// user reads one user of a list.
func (j *jsonUsers) user() error {
	j.read++
	number := j.read
	var user jsonUser
	if err := j.Object(func(key string) error { return user.member(j, key) }); err != nil {
		return err
	}
	return j.keep(&user, number)
}

// keep takes a user whose fields must be those of all others.
func (j *jsonUsers) keep(user *jsonUser, number int) error {
	switch {
	case user.ofPeople != "":
		return people(user.ofPeople)
	case user.fields&hasEmail == 0:
		return fault.New(fault.Usage, formats, "user %d has no email: this is no list of Coder users", number)
	case user.wrong != nil:
		return j.wrong(number, user.wrong)
	case len(j.users) == 0:
		j.fields = user.fields
	default:
		if differing := (user.fields ^ j.fields) &^ hasName; differing != 0 {
			return j.wrong(number, fmt.Errorf("some users have %q and others have not", differing.String()))
		}
		j.fields |= user.fields & hasName
	}
	j.add(user.User, number)
	return nil
}

// people is the error about a list of people.
func people(column string) error {
	return fault.New(fault.Usage,
		"a list of people is for --idp; if they are Coder users, leave only columns of Coder's, such as username, email and status",
		"this looks like a list of people, not of Coder users: it has %s", quoted(column))
}
