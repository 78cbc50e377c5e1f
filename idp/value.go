package idp

import (
	"strconv"
	"strings"
)

// Kind is the type of a [Value].
type Kind uint8

// The kinds of value. An identity provider without types, such as LDAP, uses
// Absent, Text and List.
const (
	Absent Kind = iota
	Text
	// Number keeps the digits as the source wrote them: identifiers beyond
	// 2^53 and trailing zeros survive.
	Number
	Boolean
	List
)

// Value is what an identity provider holds under one name. The zero Value is
// absent.
type Value struct {
	Kind Kind
	// Text is the value of a Text, Number (a JSON number) or Boolean ("true"
	// or "false").
	Text string
	// Items are the values of a List.
	Items []string
}

// TextOf is a text; the empty text is absent.
func TextOf(s string) Value {
	if s == "" {
		return Value{}
	}
	return Value{Kind: Text, Text: s}
}

// NumberOf is a number in JSON's spelling.
func NumberOf(literal string) Value { return Value{Kind: Number, Text: literal} }

// BooleanOf is true or false.
func BooleanOf(b bool) Value { return Value{Kind: Boolean, Text: strconv.FormatBool(b)} }

// ListOf is a list; a list of nothing is absent.
func ListOf(items ...string) Value {
	if len(items) == 0 {
		return Value{}
	}
	return Value{Kind: List, Items: items}
}

// TextOrList is how a source without types gives what it holds: nothing, one
// text, or a list of several.
func TextOrList(items ...string) Value {
	if len(items) == 1 {
		return TextOf(items[0])
	}
	return ListOf(items...)
}

// Texts are the value's texts without the blanks around them, and without
// those that are empty then.
func (v Value) Texts() []string {
	items := v.Items
	if v.Kind != List {
		items = []string{v.Text}
	}
	var texts []string
	for _, item := range items {
		if item = strings.TrimSpace(item); item != "" {
			texts = append(texts, item)
		}
	}
	return texts
}
