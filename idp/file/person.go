package file

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	ldap "github.com/go-ldap/ldap/v3"

	"cohort/idp"
)

// place is where a record stands, and the ID of who has none.
type place struct {
	unit   string // "line", or "record" where many may stand in one line
	number int
	length int // of its text, in bytes
}

func (p place) String() string {
	var room [32]byte
	return string(strconv.AppendInt(append(append(room[:0], p.unit...), ' '), int64(p.number), 10))
}

// builder makes people of records.
type builder struct {
	*mapping
	names *nameLog // nil where managers are not named by something else than an address

	ids         *seen
	statuses    map[statusWord]statusMeaning // of the words so far
	lastWord    statusWord
	lastMeaning statusMeaning
	groups      map[string]string // DNs and the names in them
	values      []idp.Value       // what is left of the room
	found       []idp.Attribute   // of the record, used again

	oddEmail, oddManager, oddStatus, oddDate idp.Oddity
}

func newBuilder(m *mapping) *builder {
	return &builder{
		mapping: m, ids: newSeen(),
		statuses: map[statusWord]statusMeaning{}, groups: map[string]string{},
	}
}

// rememberNames is for a file that names managers by something else than their
// addresses.
func (b *builder) rememberNames() { b.names = &nameLog{} }

// twice is that an ID comes again.
type twice struct{ column, id string }

func (t *twice) Error() string { return fmt.Sprintf("the %s %q comes again", t.column, t.id) }

// person is what the current record says.
func (b *builder) person(at place) (idp.Person, error) {
	var p idp.Person
	if err := b.identify(&p, at); err != nil {
		return idp.Person{}, err
	}
	if err := b.addresses(&p); err != nil {
		return idp.Person{}, err
	}
	p.Status = b.statusOf()

	values := b.take(len(b.fields) + len(b.attributes))
	split := len(b.fields)
	p.Fields, p.Attributes = values[:split:split], values[split:]
	for i, s := range b.fields {
		if s.isPlain && len(s.columns) == 1 {
			p.Fields[i] = b.cell(s.columns[0].slot)
			continue
		}
		var err error
		if p.Fields[i], err = b.field(&p, s); err != nil {
			return idp.Person{}, err
		}
	}
	for i, s := range b.attributes {
		var err error
		if p.Attributes[i], err = b.value(s); err != nil {
			return idp.Person{}, err
		}
	}
	if b.request.All {
		p.All = b.all()
	}
	if b.names != nil {
		b.remember(&p)
	}
	return p, nil
}

// all are the record's cells that have something in them: often few of the
// columns, where keys are data.
func (b *builder) all() []idp.Attribute {
	b.found = b.found[:0]
	for _, column := range b.everything {
		if value := b.cell(column.slot); value.Kind != idp.Absent {
			b.found = append(b.found, idp.Attribute{Name: column.name, Value: value, Feeds: column.feeds})
		}
	}
	return slices.Clone(b.found)
}

// begin prepares for a batch of people: how many it may have, and the room for
// their values, which is that of another batch if this is allowed.
func (b *builder) begin(used []idp.Value) (people int, values []idp.Value) {
	each := len(b.fields) + len(b.attributes)
	people = max(1, min(mostRecords, mostValues/max(each, 1)))
	if used == nil || !b.request.Reuse {
		used = make([]idp.Value, people*each)
	}
	b.values = used
	return people, used
}

// take gives room for n values.
func (b *builder) take(n int) []idp.Value {
	values := b.values[:n:n]
	b.values = b.values[n:]
	return values
}

// identify fills the ID. One that the file has is of one person.
func (b *builder) identify(p *idp.Person, at place) error {
	id, err := b.first(b.id)
	if err != nil {
		return err
	}
	if p.ID = id; id == "" {
		p.ID, p.Placed = at.String(), true
	}
	if len(b.id.columns) == 0 {
		return nil
	}
	if !b.ids.add(p.ID) {
		return &twice{b.id.columns[0].name, p.ID}
	}
	return nil
}

// first is the first text of a source, without blanks around it.
func (b *builder) first(s *source) (string, error) {
	value, err := b.value(s)
	if err != nil {
		return "", err
	}
	if value.Kind != idp.List {
		return strings.TrimSpace(value.Text), nil
	}
	for _, text := range value.Texts() {
		return text, nil
	}
	return "", nil
}

// field is the value of a person field.
func (b *builder) field(p *idp.Person, s *source) (idp.Value, error) {
	if s.field == idp.ManagerEmail {
		return b.manager(p), nil
	}
	value, err := b.value(s)
	if err != nil {
		return idp.Value{}, err
	}
	switch s.field {
	case idp.StatusRaw:
		if value.Kind == idp.Absent {
			return b.rawStatus(), nil
		}
	case idp.Groups:
		var groups []string
		for group := range items(value) {
			groups = append(groups, b.group(group))
		}
		return idp.ListOf(groups...), nil
	case idp.StartDate:
		if value.Kind != idp.Text {
			break
		}
		date, ok := idp.ReadDate(value.Text)
		if !ok {
			b.oddDate.Note(value.Text)
			break
		}
		return idp.TextOf(date), nil
	}
	return value, nil
}

// group is a group's name, also of one that is named by its DN.
func (b *builder) group(text string) string {
	if strings.IndexByte(text, '=') < 0 || strings.IndexByte(text, ',') < 0 {
		return text
	}
	name, ok := b.groups[text]
	if !ok {
		name = text
		if dn, err := ldap.ParseDN(text); err == nil && dn.RDNs[0].Attributes[0].Value != "" {
			name = dn.RDNs[0].Attributes[0].Value
		}
		if len(b.groups) < mostWords {
			b.groups[strings.Clone(text)] = name
		}
	}
	return name
}

// manager gives the manager's address where the file has it, and otherwise
// fills Person.Manager with what the file calls the manager.
func (b *builder) manager(p *idp.Person) idp.Value {
	for _, s := range [...]*source{b.managerEmail, b.managerRef} {
		if s == nil {
			continue
		}
		for _, column := range s.columns {
			switch text := strings.TrimSpace(b.text(column.slot)); {
			case text == "":
			case idp.IsAddress(text):
				p.Manager = ""
				return idp.TextOf(text)
			case b.names == nil || s == b.managerEmail && b.managerRef != nil:
				b.oddManager.Note(text)
			case p.Manager == "":
				p.Manager = strings.ToLower(text)
			}
		}
	}
	return idp.Value{}
}

// remember keeps the names by which others may mean the person.
func (b *builder) remember(p *idp.Person) {
	var names [keyKinds]string
	for kind, s := range b.keys {
		for _, column := range s.columns {
			if text := strings.TrimSpace(b.text(column.slot)); names[kind] == "" {
				names[kind] = strings.ToLower(text)
			}
		}
	}
	b.names.add(p.Primary, names)
}

// log is what the read remembers of people's names.
func (b *builder) log() *nameLog {
	if b.names == nil {
		return &nameLog{}
	}
	return b.names
}
