package join

import (
	"cmp"
	"encoding/binary"
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

// Table is the result of a join: its rows in their order, not yet rendered.
type Table struct {
	people  *Population
	users   []coder.User
	columns Columns
	options Options
	matching
	rows []pair
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
	t.sortRows()
	return t, nil
}

// Len is the number of rows.
func (t *Table) Len() int { return len(t.rows) }

// selectRows chooses the rows of the kind of join.
func (t *Table) selectRows() {
	kind := t.options.Join
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

// sortRows orders by the exact key of the e-mail, then by id; rows without an
// e-mail come last, as NULL does in PostgreSQL and DuckDB. What is still equal
// is ordered by all that is known of it, so that the order in which sources
// deliver people never shows.
func (t *Table) sortRows() {
	type keyed struct {
		// prefix is the start of the key, so that most comparisons touch nothing
		// else.
		prefix uint64
		key    string
		pair
	}
	rows := make([]keyed, len(t.rows))
	for i, row := range t.rows {
		key := ExactKey(t.email(row))
		rows[i] = keyed{prefix(key), key, row}
	}
	slices.SortFunc(rows, func(a, b keyed) int {
		if a.prefix != b.prefix {
			return cmp.Compare(a.prefix, b.prefix)
		}
		if byKey := cmp.Compare(a.key, b.key); byKey != 0 {
			return byKey
		}
		if byID := cmp.Compare(t.id(a.pair), t.id(b.pair)); byID != 0 {
			return byID
		}
		return cmp.Compare(t.everything(a.pair), t.everything(b.pair))
	})
	for i, row := range rows {
		t.rows[i] = row.pair
	}
}

// prefix is the first eight bytes of a key as a number of the same order. The
// empty key is the greatest: no key starts with eight bytes 0xff, which UTF-8
// does not have.
func prefix(key string) uint64 {
	if key == "" {
		return 1<<64 - 1
	}
	var first [8]byte
	copy(first[:], key)
	return binary.BigEndian.Uint64(first[:])
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
	r.id = c.text()
	c.text() // the person's own reference
	r.managerEmail = t.people.managerEmail(c.source, c.text())
	for range t.people.request.Fields {
		r.fields = append(r.fields, c.value())
	}
	for range t.people.request.Attributes {
		r.attributes = append(r.attributes, c.value())
	}
}

// Write gives every row to the encoder, and closes it.
func (t *Table) Write(to Encoder) (Written, error) {
	written := Written{Headers: t.columns.Headers(), Filled: make([]int, len(t.columns.list))}
	if err := to.Header(written.Headers); err != nil {
		return written, err
	}
	var r row
	cells := make([]idp.Value, len(t.columns.list))
	for _, p := range t.rows {
		t.render(p, &r)
		if !t.columns.pass(&r) {
			written.LeftOut++
			continue
		}
		for i, column := range t.columns.list {
			cells[i] = column.cell(&r)
			if cells[i].Kind != idp.Absent {
				written.Filled[i]++
			}
		}
		if err := to.Row(cells); err != nil {
			return written, err
		}
		written.Rows++
	}
	changes, err := to.Close()
	written.Changes = changes
	return written, err
}

// Written says what a table became.
type Written struct {
	Rows int
	// LeftOut counts the rows that did not meet the conditions.
	LeftOut int
	Headers []string
	// Filled counts the rows with a value, a column.
	Filled  []int
	Changes Changes
}

// Add puts together what several files of one table became. Headers are those
// of the first.
func (w *Written) Add(other Written) {
	if w.Headers == nil {
		w.Headers = other.Headers
		w.Filled = make([]int, len(other.Headers))
	}
	for i, header := range other.Headers {
		if at := slices.Index(w.Headers, header); at >= 0 {
			w.Filled[at] += other.Filled[i]
		}
	}
	w.Rows += other.Rows
	w.LeftOut += other.LeftOut
	w.Changes.Formulas += other.Changes.Formulas
	w.Changes.FormulasKept += other.Changes.FormulasKept
	w.Changes.InvalidUTF8 += other.Changes.InvalidUTF8
	w.Changes.NUL += other.Changes.NUL
}
