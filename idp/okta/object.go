package okta

import (
	"bytes"
	"encoding/json"
	"strings"
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
	raw = bytes.TrimSpace(raw)
	if string(raw) == "null" {
		return nil, true
	}
	if len(raw) < 2 || raw[0] != '{' {
		return nil, false
	}
	members := make(object, 0, 16)
	at := blank(raw, 1)
	if at < len(raw) && raw[at] == '}' {
		return members, true
	}
	for at < len(raw) && raw[at] == '"' {
		end := valueEnd(raw, at)
		name := raw[at:end]
		at = blank(raw, end)
		if at >= len(raw) || raw[at] != ':' {
			return nil, false
		}
		at = blank(raw, at+1)
		end = valueEnd(raw, at)
		if end == at {
			return nil, false
		}
		members = append(members, member{name: unquoted(name), value: raw[at:end]})
		at = blank(raw, end)
		if at >= len(raw) {
			return nil, false
		}
		if raw[at] == '}' {
			return members, true
		}
		if raw[at] != ',' {
			return nil, false
		}
		at = blank(raw, at+1)
	}
	return nil, false
}

// blank passes over what may stand between tokens (RFC 8259, section 2).
func blank(raw []byte, at int) int {
	for at < len(raw) && (raw[at] == ' ' || raw[at] == '\t' || raw[at] == '\n' || raw[at] == '\r') {
		at++
	}
	return at
}

// valueEnd is where the value ends that begins at a place.
func valueEnd(raw []byte, at int) int {
	depth := 0
	for at < len(raw) {
		switch raw[at] {
		case '"':
			at = stringEnd(raw, at)
		case '{', '[':
			depth++
			at++
		case '}', ']':
			if depth == 0 {
				return at
			}
			depth--
			at++
		case ',', ':', ' ', '\t', '\n', '\r':
			if depth == 0 {
				return at
			}
			at++
			continue
		default:
			at++
			if depth == 0 && at < len(raw) && bytes.IndexByte([]byte(",:}] \t\n\r"), raw[at]) < 0 {
				continue // within a number or a word
			}
		}
		if depth == 0 {
			return at
		}
	}
	return at
}

func stringEnd(raw []byte, at int) int {
	for at++; at < len(raw); at++ {
		switch raw[at] {
		case '\\':
			at++
		case '"':
			return at + 1
		}
	}
	return len(raw)
}

func unquoted(raw []byte) []byte {
	if len(raw) >= 2 && bytes.IndexByte(raw, '\\') < 0 {
		return raw[1 : len(raw)-1]
	}
	return []byte(textOf(raw))
}

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
