package okta

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// record is one user, with every value as the org spelled it: the SDK's own
// types make floating-point numbers of integers, and lose a page to one
// timestamp that is none.
type record struct {
	id      string
	status  string
	top     object
	profile object
}

// recordOf reads a user. A user without an identifier is an error; all else
// may be missing.
func recordOf(raw json.RawMessage) (record, error) {
	top, ok := objectOf(raw)
	if !ok || top == nil {
		return record{}, errors.New("an entry of the list is not a JSON object")
	}
	r := record{id: textOf(top.get("id")), status: textOf(top.get("status")), top: top}
	if r.id == "" {
		return record{}, errors.New("an entry of the list has no id")
	}
	if r.profile, ok = objectOf(top.get("profile")); !ok && top.get("profile") != nil {
		return record{}, fmt.Errorf("the profile of %s is not a JSON object", r.id)
	}
	return r, nil
}

// text is an attribute of the profile, without the blanks around it.
func (r record) text(name string) string { return strings.TrimSpace(textOf(r.profile.get(name))) }

// find looks a name up, in any case: one of [ownFields] beside the profile, all
// else in the profile first; else a path with dots through objects, such as
// type.id or profile.department.
func (r record) find(name string) json.RawMessage {
	places := [...]object{r.profile, r.top}
	if _, isOwn := ownField(name); isOwn {
		places = [...]object{r.top, r.profile}
	}
	for _, o := range places {
		if value := o.find(name); value != nil {
			return value
		}
	}
	if !strings.Contains(name, ".") {
		return nil
	}
	for _, o := range places {
		if value := o.descend(name); value != nil {
			return value
		}
	}
	return nil
}

func (o object) descend(path string) json.RawMessage {
	name, rest, deeper := strings.Cut(path, ".")
	value := o.find(name)
	if value == nil || !deeper {
		return value
	}
	inner, ok := objectOf(value)
	if !ok {
		return nil
	}
	return inner.descend(rest)
}

// createdOf reads when a user came to be; false where the entry does not tell.
func createdOf(text string) (time.Time, bool) {
	t, err := time.Parse(time.RFC3339Nano, text)
	return t.UTC(), err == nil
}
