package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// list is a flag that may be given several times. With a separator, one time
// may hold several items.
type list struct {
	items     *[]string
	separator string
	kind      string // names an item in the help
	// allowed are the only items where there are any; offer says what else the
	// shell may propose for an item.
	allowed []string
	offer   offer
	given   bool
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
	switch {
	case l.kind != "":
		return l.kind
	case l.separator != "":
		return "list"
	default:
		return "string"
	}
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
		if err := l.Append(strings.TrimSpace(item)); err != nil {
			return err
		}
	}
	return nil
}

// Append adds one item.
func (l *list) Append(item string) error {
	if l.allowed != nil {
		if err := among(item, l.allowed); err != nil {
			return err
		}
	}
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

// complete proposes what the item typed last may become.
func (l *list) complete(typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	propose := l.offer
	if l.allowed != nil {
		propose = words(l.allowed)
	}
	if propose == nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	if l.separator == "" {
		return propose(typed)
	}
	at := strings.LastIndex(typed, l.separator) + 1
	before, typed := typed[:at], typed[at:]
	given := strings.Split(before, l.separator)
	proposed, directive := propose(typed)
	var items []string
	for _, item := range proposed {
		if !slices.Contains(given, item) {
			items = append(items, before+item)
		}
	}
	return items, directive | cobra.ShellCompDirectiveNoSpace
}
