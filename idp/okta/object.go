package okta

import (
	"encoding/json"
	"strings"

	"cohort/internal/jsontext"
)

// object is the members of a JSON object, in their order. It refers to the
// text that it was read from: a page has thousands of members, of which a
// table wants few.
type object []member

type member struct {
	name  []byte
	value json.RawMessage
}

// objectOf reads a JSON object that is known to be whole; false for anything
// else. Null is an object without members.
func objectOf(raw json.RawMessage) (object, bool) {
	s := jsontext.Scanner[[]byte]{Text: raw, Deepest: deepest}
	if s.Peek() == 'n' {
		return nil, true
	}
	members := make(object, 0, 16)
	err := s.Object(func(name []byte) error {
		s.Peek()
		start := s.At
		err := s.Skip()
		members = append(members, member{name: name, value: raw[start:s.At]})
		return err
	})
	return members, err == nil
}

// deepest is how many objects and arrays may be inside each other: as many as
// encoding/json takes, which has seen the text before.
const deepest = 10_000

// get is the value of a name as it is spelled; nil without one. The last of
// several counts, as in encoding/json.
func (o object) get(name string) json.RawMessage {
	for i := len(o) - 1; i >= 0; i-- {
		if string(o[i].name) == name {
			return o[i].value
		}
	}
	return nil
}

// find is get, else the value of the name in any case: of several that differ
// in case alone, the first in the order of their bytes.
func (o object) find(name string) json.RawMessage {
	if value := o.get(name); value != nil {
		return value
	}
	found := ""
	for _, m := range o {
		if len(m.name) == len(name) && strings.EqualFold(string(m.name), name) && (found == "" || string(m.name) < found) {
			found = string(m.name)
		}
	}
	if found == "" {
		return nil
	}
	return o.get(found)
}
