package ldap

import (
	"slices"
	"strings"
	"time"

	"cohort/idp"
	"cohort/internal/fault"
)

// origin is what a mapping knows of where its entries come from. Its zero is
// a server that tells nothing of itself, at a time at which nobody's account
// has expired.
type origin struct {
	flavour flavour
	// passwordPolicy says that the server tells of locks by an administrator.
	passwordPolicy bool
	// now is the time by which accounts have expired, or have not.
	now time.Time
}

// mapping turns entries into people for one request. It belongs to one read.
type mapping struct {
	// names are the attributes to ask the server for, each once.
	names []string

	slots   map[string]int      // canonical name → slot
	routes  map[string][]target // name as the server spells it → slots
	values  [][]string          // by slot: the current entry's values
	isPlain []bool              // by slot: whether they came without options

	fields     []source
	attributes []source
	always     always
	signs      []sign
	references references
	origin     origin
	withRefs   bool        // ManagerEmail was asked for
	everything *everything // nil where not all was asked for

	missing  []cut  // of the current entry
	isBinary []bool // by slot: whether values came with the option "binary"
	oddEmail *idp.Oddity
	tell     func(notice string)
	told     map[string]bool // names of which a notice told
}

// target is a slot that an attribute of the server fills.
type target struct {
	slot int
	// plain says that the name is the slot's own. Another has options besides,
	// and counts only where the plain one is absent.
	plain bool
}

// source says where a value comes from.
type source struct {
	kind   sourceKind
	slots  []int
	name   string // for notices
	syntax syntax // of allValues
}

type sourceKind uint8

const (
	firstValue sourceKind = iota // the first value of the first slot that has one
	allValues
	groupNames
	rawStatus
	entryName // the DN, which is no attribute
	nothing
)

// always are the slots that every person needs.
type always struct {
	mail    int
	aliases []int
	logins  []int
	manager int // with ManagerEmail only
	guid    int
	ids     []int
}

func mappingOf(req idp.Request, from origin) *mapping {
	m := &mapping{
		slots:  map[string]int{},
		routes: map[string][]target{},
		origin: from,

		references: newReferences(),
		withRefs:   slices.Contains(req.Fields, idp.ManagerEmail),
		oddEmail:   &idp.Oddity{},
		tell:       req.Tell,
		told:       map[string]bool{},
	}
	want := func(field idp.Field) []int { return m.want(candidates(field, from.flavour)...) }
	mail, aliases, ids := want(idp.Email), want(idp.Aliases), want(idp.ID)
	m.always = always{mail: mail[0], aliases: aliases, logins: want(idp.Logins), guid: ids[0], ids: ids[1:]}
	if m.withRefs {
		m.always.manager = want(idp.ManagerEmail)[0]
	}
	m.signs = signsOf(from.flavour, slices.Contains(req.Fields, idp.StatusRaw))
	for i := range m.signs {
		m.signs[i].slot = m.want(m.signs[i].name)[0]
	}
	for _, field := range req.Fields {
		m.fields = append(m.fields, m.fieldSource(field))
	}
	for _, name := range req.Attributes {
		m.attributes = append(m.attributes, m.attributeSource(name))
	}
	if req.All {
		m.everything = newEverything()
	}
	m.values = make([][]string, len(m.names))
	m.isPlain = make([]bool, len(m.names))
	m.isBinary = make([]bool, len(m.names))
	return m
}

// asked are the attributes to ask a server for: all of a person where all is
// wanted, and by name what not every server counts among all.
func (m *mapping) asked() []string {
	if m.everything == nil {
		return m.names
	}
	return append([]string{allUser, allOperational}, m.names...)
}

func (m *mapping) fieldSource(field idp.Field) source {
	names := candidates(field, m.origin.flavour)
	switch {
	case field == idp.StatusRaw:
		return source{kind: rawStatus}
	case field == idp.Groups:
		return source{kind: groupNames, slots: m.want(names...)}
	case field == idp.ManagerEmail, len(names) == 0:
		return source{kind: nothing}
	default:
		return source{kind: firstValue, slots: m.want(names...)}
	}
}

func (m *mapping) attributeSource(name string) source {
	switch key := canonical(name); key {
	case "":
		return source{kind: nothing}
	case "dn":
		return source{kind: entryName}
	default:
		return source{kind: allValues, slots: m.want(name), name: strings.TrimSpace(name), syntax: syntaxOf(key)}
	}
}

// want gives the attributes slots, and has the server asked for them.
func (m *mapping) want(names ...string) []int {
	slots := make([]int, len(names))
	for i, name := range names {
		key := canonical(name)
		slot, ok := m.slots[key]
		if !ok {
			slot = len(m.names)
			m.slots[key] = slot
			if name = strings.TrimSpace(name); !strings.EqualFold(name, key) {
				name = key
			}
			m.names = append(m.names, name)
		}
		slots[i] = slot
	}
	return slots
}

// person is what the entry says. The only error is a value that the server
// cut short; who can ask for the rest does so between load and build.
func (m *mapping) person(e *entry) (idp.Person, error) {
	m.load(e)
	if missing := m.cuts(); len(missing) > 0 {
		return idp.Person{}, fault.New(fault.Source, "leave this attribute out",
			"%s of %s has more values than were given", missing[0].name, e.DN)
	}
	return m.build(e), nil
}

// build makes the person of the entry that was loaded last.
func (m *mapping) build(e *entry) idp.Person {
	p := idp.Person{ID: m.id(e), Status: m.status()}
	m.addresses(&p)
	if m.withRefs {
		p.Ref = normalDN(e.DN)
		p.Manager = m.references.manager(first(m.values[m.always.manager]))
	}
	values := make([]idp.Value, len(m.fields)+len(m.attributes))
	for i, from := range m.fields {
		values[i] = m.value(from, e)
	}
	for i, from := range m.attributes {
		values[len(m.fields)+i] = m.value(from, e)
	}
	split := len(m.fields)
	p.Fields, p.Attributes = values[:split:split], values[split:]
	if m.everything != nil {
		p.All = m.all()
	}
	return p
}

func (m *mapping) value(from source, e *entry) idp.Value {
	switch from.kind {
	case firstValue:
		return idp.TextOf(m.first(from.slots))
	case allValues:
		return idp.TextOrList(m.texts(from)...)
	case groupNames:
		for _, slot := range from.slots {
			if len(m.values[slot]) > 0 {
				return idp.ListOf(m.references.groupNames(m.values[slot])...)
			}
		}
		return idp.Value{}
	case rawStatus:
		return idp.TextOrList(m.rawStatus()...)
	case entryName:
		return idp.TextOf(e.DN)
	default:
		return idp.Value{}
	}
}

// syntaxIn is how the values in a source's slot become text.
func (m *mapping) syntaxIn(from source) syntax {
	if m.isBinary[from.slots[0]] {
		return octets
	}
	return from.syntax
}

// texts are an attribute's values in their customary text form.
func (m *mapping) texts(from source) []string {
	values, syntax := m.values[from.slots[0]], m.syntaxIn(from)
	if syntax == octets && len(values) > 0 {
		if key := canonical(from.name); !m.told[key] {
			m.told[key] = true
			m.tell(from.name + " is binary, and its values stand in base64")
		}
	}
	return syntax.texts(values)
}

// first is the first value of the first slot that has one that is not empty.
func (m *mapping) first(slots []int) string {
	for _, slot := range slots {
		if value := first(m.values[slot]); value != "" {
			return value
		}
	}
	return ""
}

func first(values []string) string {
	for _, value := range values {
		if value != "" {
			return value
		}
	}
	return ""
}
