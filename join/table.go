package join

import (
	"slices"
	"strings"

	"cohort/coder"
	"cohort/idp"
)

// Options are the choices of a join beside its columns.
type Options struct {
	Join    Kind
	Domains DomainAliases
	// AllowMissing leaves a column empty whose attribute nobody has, which is
	// an error otherwise.
	AllowMissing bool
}

// Table is the result of a join: its rows, not yet rendered.
type Table struct {
	people  *Population
	users   []coder.User
	columns Columns
	options Options
	matching
	rows      []pair // as they come; see ordered
	isOrdered bool
}

// pair is a row: indexes of a person and a user, of which one may be none.
type pair struct{ person, user int32 }

// Join matches the people, as columns asked for them, with the users.
func Join(people *Population, users []coder.User, columns Columns, options Options) (*Table, error) {
	if !options.AllowMissing {
		if err := columns.checkFilled(people.filled()); err != nil {
			return nil, err
		}
	}
	t := &Table{people: people, users: users, columns: columns, options: options}
	people.gather()
	t.matching = climb(people.records, users, options.Domains)
	t.selectRows()
	return t, nil
}

// UnusedAliases are the domains that stand for others, and that no address has.
func (t *Table) UnusedAliases() []string {
	return t.options.Domains.unused(t.people.records, t.users)
}

// selectRows chooses the rows of the kind of join.
func (t *Table) selectRows() {
	kind := t.options.Join
	if kind == Left || kind == Full {
		t.rows = make([]pair, 0, len(t.people.records))
	}
	for p := range t.people.records {
		if user := t.user[p]; kind.hasPerson(t.match[p]) {
			t.rows = append(t.rows, pair{int32(p), user})
		}
	}
	for u := range t.users {
		if kind.hasAccount(t.account[u]) {
			t.rows = append(t.rows, pair{none, int32(u)})
		}
	}
}

func (t *Table) email(p pair) string {
	if p.person == none {
		return t.users[p.user].Email
	}
	return t.people.records[p.person].primary()
}

func (t *Table) id(p pair) string {
	if p.person == none {
		return t.users[p.user].ID
	}
	return t.people.id(p.person)
}

// ownID is the id that the source itself has.
func (t *Table) ownID(p pair) string {
	if p.person != none && t.people.records[p.person].isPlaced() {
		return ""
	}
	return t.id(p)
}

func (t *Table) everything(p pair) string {
	if p.person == none {
		return t.users[p.user].Username
	}
	return string(t.people.records[p.person])
}

// render fills r, whose slices are used again, with what the columns may need.
func (t *Table) render(p pair, r *row) {
	*r = row{fields: r.fields[:0], attributes: r.attributes[:0]}
	if p.user != none {
		r.account = &t.users[p.user]
	}
	if p.person == none {
		if t.account[p.user] == AmbiguousAccount {
			r.match = Ambiguous
		}
		return
	}
	r.hasPerson = true
	r.match = t.match[p.person]
	if p.user != none {
		r.matchEmail = strings.TrimSpace(t.address[p.user])
	}
	record := t.people.records[p.person]
	r.status = record.status().String()
	c := record.cursor()
	r.source = t.people.sources[c.source].name
	r.primary = c.text()
	c.skipLists()
	if r.id = c.text(); record.isPlaced() {
		r.id, r.place = "", r.id
	}
	c.text() // the person's own reference
	r.managerEmail = t.people.managerEmail(c.source, c.text())
	for range t.people.request.Fields {
		r.fields = append(r.fields, c.packed())
	}
	for range t.people.request.Attributes {
		r.attributes = append(r.attributes, c.packed())
	}
}

// items are what the person of a row has in a field.
func (t *Table) items(r *row, field idp.Field) []string {
	at := slices.Index(t.people.request.Fields, field)
	if at < 0 || r.fields[at].isAbsent() {
		return nil
	}
	value := r.fields[at].value()
	if value.Kind == idp.List {
		return value.Items
	}
	return []string{value.Text}
}

func (t *Table) text(r *row, field idp.Field) string { return strings.Join(t.items(r, field), ", ") }
