package file

import (
	"cmp"
	"slices"
	"strings"

	"cohort/idp"
)

// mapping says which columns of a file are asked for, and as what. It belongs
// to one read. In JSON, columns show up with the first record that has them.
type mapping struct {
	request idp.Request
	renamed idp.Mapping

	// row is the current record of a file without types; cells are that of
	// another. Either is by slot.
	row   []cell
	cells []idp.Value

	// fields and attributes are parallel to the request.
	fields     []*source
	attributes []*source
	// These are wanted beyond the request.
	email, id, aliases, logins, status *source
	// managerEmail is nil where nobody asked for it, and managerRef also where
	// the mapping names the only column for it.
	managerEmail, managerRef *source
	// keys are by what others may name a person as their manager.
	keys [keyKinds]*source
	// all are those above.
	all []*source
	// everything are the columns that have a name, where all was asked for.
	everything []named
	// unnamed counts those beyond [mostNamed].
	unnamed int
}

// named is a column under its own name.
type named struct {
	slot  int
	name  string
	feeds []idp.Field
}

// mostNamed is how many columns are shown where all was asked for; more are
// keys that are data.
const mostNamed = 10_000

// source is where a value comes from: the columns that mean it, the nearest
// first.
type source struct {
	field     idp.Field // of an attribute "attr:"
	attribute string
	columns   []column
	// isPlain says that a value is taken as it is.
	isPlain bool
}

type column struct {
	slot int
	near nearness
	name string
}

func newMapping(req idp.Request, renamed idp.Mapping) *mapping {
	m := &mapping{request: req, renamed: renamed}
	m.email, m.id = m.want(idp.Email), m.want(idp.ID)
	m.aliases, m.logins, m.status = m.want(idp.Aliases), m.want(idp.Logins), m.want(idp.StatusName)
	for _, field := range req.Fields {
		m.fields = append(m.fields, m.want(field))
	}
	if slices.Contains(req.Fields, idp.ManagerEmail) {
		m.managerEmail = m.want(idp.ManagerEmail)
		if _, isRenamed := renamed[idp.ManagerEmail]; !isRenamed {
			m.managerRef = m.want(managerRef)
		}
		m.keys = [keyKinds]*source{m.want(distinguishedName), m.want(idp.EmployeeID), m.id, m.want(idp.Username)}
	}
	for _, name := range req.Attributes {
		s := &source{attribute: strings.TrimSpace(name), isPlain: true}
		m.attributes = append(m.attributes, s)
		m.all = append(m.all, s)
	}
	return m
}

// want gives the source of a field, of which there is one.
func (m *mapping) want(field idp.Field) *source {
	for _, s := range m.all {
		if s.field == field {
			return s
		}
	}
	s := &source{field: field, isPlain: true}
	switch field {
	case idp.ManagerEmail, idp.Groups, idp.StartDate, idp.StatusRaw, idp.Country:
		s.isPlain = false
	}
	m.all = append(m.all, s)
	return s
}

// column takes notice of a column, and says whether anybody wants it.
func (m *mapping) column(name string, slot int) (isWanted bool) {
	name = strings.TrimSpace(name)
	plain := plainName(name)
	for _, s := range m.all {
		near := m.fit(s, name, plain)
		if near == strange {
			continue
		}
		isWanted = true
		s.columns = append(s.columns, column{slot, near, name})
		slices.SortStableFunc(s.columns, func(a, b column) int { return cmp.Compare(b.near, a.near) })
	}
	if m.request.All && name != "" {
		isWanted = m.give(name, plain, slot) || isWanted
	}
	return isWanted
}

// give gives a column under its own name, unless there are too many.
func (m *mapping) give(name, plain string, slot int) (isGiven bool) {
	isSame := func(other named) bool { return other.name == name }
	switch {
	case slices.ContainsFunc(m.everything, isSame):
		return false
	case len(m.everything) == mostNamed:
		m.unnamed++
		return false
	}
	m.everything = append(m.everything, named{slot, name, m.feeds(name, plain)})
	return true
}

// feeds are the fields that a column may come to.
func (m *mapping) feeds(name, plain string) []idp.Field {
	var fields []idp.Field
	for _, field := range idp.MappableFields() {
		means := m.fit(&source{field: field}, name, plain) != strange
		if _, isRenamed := m.renamed[field]; field == idp.ManagerEmail && !isRenamed {
			means = means || fit(managerRef, plain) != strange
		}
		if means {
			fields = append(fields, field)
		}
	}
	return fields
}

// cell is what the record has in a slot.
func (m *mapping) cell(slot int) idp.Value {
	if m.row != nil {
		return idp.TextOf(m.row[slot].String())
	}
	return m.cells[slot]
}

// text is what the record has in a slot if it is no list.
func (m *mapping) text(slot int) string {
	if m.row != nil {
		return m.row[slot].String()
	}
	return m.cells[slot].Text
}

// fit says how well a column's name fits what a source is of.
func (m *mapping) fit(s *source, name, plain string) nearness {
	wanted := s.attribute
	if renamed, ok := m.renamed[s.field]; ok && s.field != "" {
		wanted = renamed
	}
	switch {
	case wanted == "" && s.field != "":
		return fit(s.field, plain)
	case wanted != "" && strings.EqualFold(wanted, name):
		return ownName
	default:
		return strange
	}
}

// value is what the record has for a source: that of the nearest columns that
// have one. It is an error when they disagree.
func (m *mapping) value(s *source) (idp.Value, error) {
	if len(s.columns) == 1 && s.isPlain {
		return m.cell(s.columns[0].slot), nil
	}
	var value idp.Value
	var from column
	for _, column := range s.columns {
		switch candidate := m.cell(column.slot); {
		case candidate.Kind == idp.Absent:
		case s.field == idp.Country && column.near == knownName && isDigits(candidate.Text):
			// Active Directory has numbers in countryCode, 0 for none.
		case value.Kind == idp.Absent:
			value, from = candidate, column
		case column.near == from.near && !isSame(value, candidate):
			return value, &disagreement{s.field, from.name, column.name}
		}
	}
	return value, nil
}

func isSame(a, b idp.Value) bool {
	return strings.EqualFold(a.Text, b.Text) && slices.Equal(a.Items, b.Items)
}

func isDigits(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}

// disagreement is that two columns mean one field, and have different values.
type disagreement struct {
	field       idp.Field
	first, next string
}

func (d *disagreement) Error() string {
	return d.first + " and " + d.next + " are both " + string(d.field) + ", and they differ"
}

// lacks says whether a field is asked for of which no column was seen.
func (m *mapping) lacks(field idp.Field) bool {
	return slices.ContainsFunc(m.all, func(s *source) bool { return s.field == field && len(s.columns) == 0 })
}

// hasAddresses says whether there is a column that may hold addresses.
func (m *mapping) hasAddresses() bool {
	return len(m.email.columns)+len(m.aliases.columns)+len(m.logins.columns) > 0
}

// refers says whether there is a column that may name managers by something
// else than their addresses.
func (m *mapping) refers() bool {
	switch {
	case m.managerEmail == nil:
		return false
	case m.managerRef == nil:
		return true // the mapping's choice
	default:
		return len(m.managerRef.columns) > 0
	}
}
