package ldap

import (
	"slices"
	"strings"

	"cohort/idp"
)

// What stands in a search for all attributes that users have (RFC 4511, section
// 4.5.1.8), and for all that the server keeps for itself, such as when an entry
// was created (RFC 3673). A server that does not know the latter, such as
// Active Directory, takes it for an attribute that nobody has.
const (
	allUser        = "*"
	allOperational = "+"
)

// everything is what people turn out to have where all attributes are wanted.
type everything struct {
	sources []found
	bySlot  map[int]int    // slot → place in sources
	byName  map[string]int // name as the server spells it → place in sources
	present []int          // places in sources of what the current entry has
}

// found is an attribute that somebody has.
type found struct {
	source
	feeds []idp.Field
}

func newEverything() *everything {
	return &everything{bySlot: map[int]int{}, byName: map[string]int{}}
}

// meet takes notice of an attribute of the current entry, which gets a slot of
// its own. Nobody has it by then, so that what it was routed to stays right.
func (m *mapping) meet(name string) {
	at, known := m.everything.byName[name]
	if !known {
		at = m.discover(name)
		m.everything.byName[name] = at
	}
	if !slices.Contains(m.everything.present, at) {
		m.everything.present = append(m.everything.present, at)
	}
}

func (m *mapping) discover(name string) int {
	own := strings.Clone(name)
	if part, ok := partOf(own); ok {
		own = part.name
	}
	key := canonical(own)
	slot := m.want(own)[0]
	if slot == len(m.values) {
		m.values, m.isPlain, m.isBinary = append(m.values, nil), append(m.isPlain, false), append(m.isBinary, false)
	}
	e := m.everything
	at, known := e.bySlot[slot]
	if !known {
		at = len(e.sources)
		e.bySlot[slot] = at
		base, _, _ := strings.Cut(key, ";")
		e.sources = append(e.sources, found{
			source: source{kind: allValues, slots: []int{slot}, name: own, syntax: syntaxOf(key)},
			feeds:  feeds(base, m.origin.flavour),
		})
	}
	return at
}

// all are the attributes of the entry that was loaded last. What came under a
// name with options only is given under that name only.
func (m *mapping) all() []idp.Attribute {
	attributes := make([]idp.Attribute, 0, len(m.everything.present))
	for _, at := range m.everything.present {
		f := m.everything.sources[at]
		syntax := m.syntaxIn(f.source)
		value := idp.TextOrList(syntax.texts(m.values[f.slots[0]])...)
		if value.Kind != idp.Absent {
			attributes = append(attributes, idp.Attribute{Name: f.name, Value: value, Binary: syntax == octets, Feeds: f.feeds})
		}
	}
	return attributes
}
