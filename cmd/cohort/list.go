package main

import "strings"

// list is a flag that may be given several times. With a separator, one time
// may hold several items.
type list struct {
	items     *[]string
	separator string
	given     bool
}

// String gives the items for the help.
func (l *list) String() string {
	if l.items == nil {
		return ""
	}
	return strings.Join(*l.items, l.separator)
}

// Type names the value in the help.
func (l *list) Type() string {
	if l.separator == "" {
		return "string"
	}
	return "list"
}

// Set adds to what was given; the first time replaces the default.
func (l *list) Set(value string) error {
	if !l.given {
		*l.items, l.given = nil, true
	}
	if l.separator == "" {
		return l.Append(value)
	}
	for item := range strings.SplitSeq(value, l.separator) {
		*l.items = append(*l.items, strings.TrimSpace(item))
	}
	return nil
}

// Append adds one item.
func (l *list) Append(item string) error {
	*l.items = append(*l.items, item)
	return nil
}

// Replace puts other items in place of all.
func (l *list) Replace(items []string) error { //nolint:unparam // as pflag.SliceValue has it
	*l.items, l.given = items, true
	return nil
}

// GetSlice gives the items.
func (l *list) GetSlice() []string { return *l.items }
