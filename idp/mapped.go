package idp

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"cohort/internal/intent"
)

// Mapper is a connector that follows a mapping itself.
type Mapper interface {
	Map(mapping Mapping) Connector
}

// Referrer is a connector that can tell, of an attribute's value that means a
// person, that person's Ref.
type Referrer interface {
	RefOf(value string) string
}

// Mapped is a connector whose people have the fields of the mapping from there,
// and only from there: where the attribute is absent so is the field, but for
// the ID, which is never empty.
//
// Of several values the first is the primary address, and the others are
// aliases; idp_status is read by [ReadStatus], start_date by [ReadDate], and
// manager_email may hold the manager's address or whatever the connector's own
// references hold. A [Lookup] stays one; with another attribute for addresses
// it finds nobody, since it knows of its own only.
func Mapped(connector Connector, mapping Mapping) Connector {
	if len(mapping) == 0 {
		return connector
	}
	if mapper, ok := connector.(Mapper); ok {
		return mapper.Map(mapping)
	}
	m := mapped{connector, mapping}
	if lookup, ok := connector.(Lookup); ok {
		return mappedLookup{m, lookup}
	}
	return m
}

type mapped struct {
	Connector
	mapping Mapping
}

type mappedLookup struct {
	mapped
	lookup Lookup
}

// Addresses implements [Lookup].
func (m mappedLookup) Addresses(ctx context.Context, refs []string) (map[string]string, error) {
	if _, other := m.mapping[Email]; other {
		return nil, ctx.Err()
	}
	return m.lookup.Addresses(ctx, refs)
}

// Plan implements [Planner]; it says nothing but the source's name where the
// connector is none.
func (m mapped) Plan(req Request) intent.Read {
	if planner, ok := m.Connector.(Planner); ok {
		return planner.Plan(m.reading(req).inner)
	}
	return intent.Read{Source: m.Source().Name}
}

// People implements [Connector].
func (m mapped) People(ctx context.Context, req Request) iter.Seq2[Person, error] {
	return func(yield func(Person, error) bool) {
		r := m.reading(req)
		for person, err := range m.Connector.People(ctx, r.inner) {
			if err != nil {
				yield(Person{}, err)
				return
			}
			r.people++
			if !yield(r.person(person), nil) {
				return
			}
		}
		r.tell(m.Source().Name)
	}
}

// mappedReading is one loop over a stream.
type mappedReading struct {
	request Request
	inner   Request
	mapping Mapping
	// at is where inner.Attributes has what a mapped field comes from.
	at map[Field]int
	// own is where the inner request has a field that is not mapped, parallel
	// to request.Fields; -1 where it is mapped.
	own   []int
	refOf func(value string) string
	// feeds are the fields of each attribute by its name, of those seen.
	feeds map[string][]Field

	people int
	filled map[Field]int

	oddEmail, oddStatus, oddDate Oddity
}

func (m mapped) reading(req Request) *mappedReading {
	r := &mappedReading{
		request: req, mapping: m.mapping, at: map[Field]int{}, filled: map[Field]int{},
		inner: Request{Attributes: slices.Clone(req.Attributes), All: req.All, AllowEmpty: req.AllowEmpty, Notify: req.Notify},
		feeds: map[string][]Field{},
		refOf: strings.TrimSpace,
	}
	if referrer, ok := m.Connector.(Referrer); ok {
		r.refOf = referrer.RefOf
	}
	for _, field := range req.Fields {
		attribute, isMapped := m.mapping[field]
		if field == StatusRaw && !isMapped {
			// The word belongs to the status.
			attribute, isMapped = m.mapping[StatusName]
		}
		if isMapped {
			r.at[field] = r.attribute(attribute)
			r.own = append(r.own, -1)
		}
		// The connector fills Ref only where it is asked for managers.
		if !isMapped || field == ManagerEmail {
			r.inner.Fields = append(r.inner.Fields, field)
		}
		if !isMapped {
			r.own = append(r.own, len(r.inner.Fields)-1)
		}
	}
	for _, field := range []Field{Email, ID, StatusName, Aliases, Logins} {
		if attribute, isMapped := m.mapping[field]; isMapped {
			r.at[field] = r.attribute(attribute)
		}
	}
	return r
}

// attribute is where the inner request has an attribute, which it gets.
func (r *mappedReading) attribute(name string) int {
	isSame := func(known string) bool { return strings.EqualFold(known, name) }
	if at := slices.IndexFunc(r.inner.Attributes, isSame); at >= 0 {
		return at
	}
	r.inner.Attributes = append(r.inner.Attributes, name)
	return len(r.inner.Attributes) - 1
}

func (r *mappedReading) person(p Person) Person {
	values := func(field Field) (items []string, isMapped bool) {
		at, isMapped := r.at[field]
		if !isMapped {
			return nil, false
		}
		return p.Attributes[at].Texts(), true
	}
	for field, at := range r.at {
		if p.Attributes[at].Kind != Absent {
			r.filled[field]++
		}
	}
	if id, ok := values(ID); ok && len(id) > 0 {
		p.ID = id[0]
	}
	if words, ok := values(StatusName); ok {
		p.Status = r.status(words)
	}
	if addresses, ok := values(Email); ok {
		known := p.Aliases
		p.Primary, p.Aliases = "", nil
		if odd := p.AddEmails(addresses); odd != "" {
			r.oddEmail.Note(odd)
		}
		for _, address := range known {
			p.AddAlias(address)
		}
	}
	if aliases, ok := values(Aliases); ok {
		p.Aliases = nil
		for _, address := range aliases {
			p.AddAlias(address)
		}
	}
	if logins, ok := values(Logins); ok {
		p.Logins = nil
		for _, login := range logins {
			p.AddLogin(login)
		}
	}
	fields := make([]Value, len(r.request.Fields))
	for i, field := range r.request.Fields {
		if own := r.own[i]; own >= 0 {
			fields[i] = p.Fields[own]
			continue
		}
		fields[i] = r.field(&p, field, p.Attributes[r.at[field]])
	}
	p.Fields = fields
	split := len(r.request.Attributes)
	p.Attributes = p.Attributes[:split:split]
	for i := range p.All {
		p.All[i].Feeds = r.fed(p.All[i])
	}
	return p
}

// fed are the fields that an attribute comes to under the mapping.
func (r *mappedReading) fed(a Attribute) []Field {
	if known, ok := r.feeds[a.Name]; ok {
		return known
	}
	var fields []Field
	for _, field := range MappableFields() {
		attribute, isMapped := r.mapping[field]
		if isMapped && strings.EqualFold(attribute, a.Name) || !isMapped && slices.Contains(a.Feeds, field) {
			fields = append(fields, field)
		}
	}
	r.feeds[a.Name] = fields
	return fields
}

// field is a mapped field's value.
func (r *mappedReading) field(p *Person, field Field, value Value) Value {
	switch field {
	case Groups:
		return ListOf(value.Texts()...)
	case StartDate:
		texts := value.Texts()
		if len(texts) == 0 {
			return Value{}
		}
		date, ok := ReadDate(texts[0])
		if !ok {
			r.oddDate.Note(texts[0])
			return value
		}
		return TextOf(date)
	case ManagerEmail:
		p.Manager = ""
		texts := value.Texts()
		switch {
		case len(texts) == 0:
			return Value{}
		case IsAddress(texts[0]):
			return TextOf(texts[0])
		}
		p.Manager = r.refOf(texts[0])
		return Value{}
	default:
		return value
	}
}

// status is that of the first word; that of none is not known.
func (r *mappedReading) status(words []string) Status {
	if len(words) == 0 {
		return Unknown
	}
	status, known := ReadStatus(r.mapping[StatusName], words[0])
	if !known {
		r.oddStatus.Note(words[0])
	}
	return status
}

// tell says what the stream as a whole has shown of its source.
func (r *mappedReading) tell(source string) {
	for _, field := range slices.Sorted(maps.Keys(r.at)) {
		if attribute := r.mapping[field]; attribute != "" && r.people > 0 && r.filled[field] == 0 {
			r.request.Tell(fmt.Sprintf("--map: nobody has a value of %s, so that %s is empty", attribute, field))
		}
	}
	r.oddEmail.Tell(r.request, NoAddress(source))
	r.oddStatus.Tell(r.request, func(people, example string) string {
		return fmt.Sprintf("the status of %s is unknown, since no word for it is meant by %s", people, example)
	})
	r.oddDate.Tell(r.request, func(people, example string) string {
		return fmt.Sprintf("the start_date of %s stays as it is, since nobody can tell which day %s is", people, example)
	})
}
