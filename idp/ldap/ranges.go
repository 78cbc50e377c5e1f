package ldap

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"cohort/idp/ldap/internal/wire"
	"cohort/internal/fault"
)

// cut is an attribute of which Active Directory gave only the first values:
// "member;range=0-1499" (MS-ADTS, section 3.1.1.3.1.3.3).
type cut struct {
	// name is the attribute's own, as the server spells it, with its options
	// but the range.
	name string
	// next is the index of the first value that is missing.
	next int
}

// attribute is what to ask the server for, to get the rest or more of it.
func (c cut) attribute() string { return fmt.Sprintf("%s;range=%d-*", c.name, c.next) }

// cuts are the attributes of the entry that was loaded last of which values
// are missing, but only those that somebody wants.
func (m *mapping) cuts() []cut { return m.missing }

// extend takes in what the server gave when it was asked for the missing
// values of the same entry. It is repeated while there are cuts left; each
// answer has to bring some of every one.
func (m *mapping) extend(rest *entry) error {
	var left []cut
	for _, c := range m.missing {
		i := slices.IndexFunc(rest.Attributes, func(a wire.Attribute) bool {
			part, ok := partOf(a.Name)
			return ok && strings.EqualFold(part.name, c.name)
		})
		if i < 0 {
			return fault.New(fault.Source, "", "the server did not give the values of %s of %s from the %d. on", c.name, rest.DN, c.next+1)
		}
		answer := rest.Attributes[i]
		part, _ := partOf(answer.Name)
		if part.first != c.next || !part.isLast && part.last < part.first {
			return fault.New(fault.Source, "", "the server gave %s of %s when it was asked for %s", answer.Name, rest.DN, c.attribute())
		}
		for _, t := range m.route(c.name) {
			if t.plain || !m.isPlain[t.slot] {
				m.values[t.slot] = append(m.values[t.slot], answer.Values...)
			}
		}
		if !part.isLast {
			left = append(left, cut{c.name, part.last + 1})
		}
	}
	m.missing = left
	return nil
}

// part is a name with the option that says which of the values these are.
type part struct {
	name        string
	first, last int
	isLast      bool // "first-*": nothing comes after them
}

func partOf(attribute string) (part, bool) {
	if !strings.Contains(attribute, ";") {
		return part{}, false
	}
	options := strings.Split(attribute, ";")
	const marker = "range="
	i := slices.IndexFunc(options, func(option string) bool {
		return len(option) > len(marker) && strings.EqualFold(option[:len(marker)], marker)
	})
	if i < 1 {
		return part{}, false
	}
	from, to, _ := strings.Cut(options[i][len(marker):], "-")
	p := part{name: strings.Join(slices.Delete(options, i, i+1), ";"), isLast: to == "*"}
	var err error
	if p.first, err = strconv.Atoi(from); err != nil || p.first < 0 {
		return part{}, false
	}
	if !p.isLast {
		if p.last, err = strconv.Atoi(to); err != nil {
			return part{}, false
		}
	}
	return p, true
}
