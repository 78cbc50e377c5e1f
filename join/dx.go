package join

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"cohort/idp"
	"cohort/internal/fault"
)

// DX is a table made ready for DX's upload of user CSVs: one row an e-mail, and
// only people of whom it is certain what to say.
type DX struct {
	table *Table
	// parts are the rows by the core properties that they lack: a blank cell of
	// a core property might wipe out what DX has.
	parts []DXPart
	left  []Doubt
	// Figures counts what became of the rows.
	Figures DXFigures
}

// DXPart is one file for DX.
type DXPart struct {
	// Without are the core properties that the file does not have, since its
	// people have none.
	Without []string
	rows    []dxRow
}

type dxRow struct {
	pair
	email string
}

// DX makes the table ready. users are those whom DX knows; nil where that is
// not known. A column that is empty for everybody is an error: it would
// overwrite an attribute of everybody.
func (t *Table) DX(users *DXUsers) (*DX, error) {
	switch t.options.Join {
	case Left, Inner, LeftAnti:
	default:
		return nil, fault.New(fault.Usage, "use left, inner or left-anti", "--join: DX takes people, and %s gives accounts without one", t.options.Join)
	}
	dx := &DX{table: t}
	rows := dx.certain()
	if users != nil {
		rows = dx.known(rows, users)
	}
	dx.Figures.Rows = len(rows)
	if err := dx.divide(rows); err != nil {
		return nil, err
	}
	slices.SortFunc(dx.left, compareDoubts)
	return dx, nil
}

// Parts are the files to write; the first has every column.
func (d *DX) Parts() []DXPart { return d.parts }

// LeftOut are the people without a row, each with the reason.
func (d *DX) LeftOut() []Doubt { return d.left }

// certain are the rows of people who are not disabled, have an e-mail that
// nobody else has, and an account or none for certain.
func (d *DX) certain() []dxRow {
	t := d.table
	var rows []dxRow
	var r row
	for _, p := range t.ordered() {
		t.render(p, &r)
		if !t.columns.pass(&r) {
			continue
		}
		email := ExactKey(r.primary)
		switch {
		case email == "":
			d.leave(&d.Figures.WithoutAddress, "dx-without-address", p, "the person has no e-mail")
		case r.match == Ambiguous:
			d.leave(&d.Figures.Ambiguous, "dx-ambiguous", p, "it is not known which account is the person's")
		case r.status == idp.Disabled.String():
			d.leave(&d.Figures.Disabled, "dx-disabled", p, "the person is disabled")
		default:
			rows = append(rows, dxRow{p, email})
		}
	}
	byEmail := d.holders(rows)
	return slices.DeleteFunc(rows, func(row dxRow) bool {
		if n := byEmail[row.email]; n > 1 {
			d.leave(&d.Figures.Duplicate, "dx-duplicate", row.pair, fmt.Sprintf("%d people have this e-mail", n))
			return true
		}
		return false
	})
}

// holders counts the people who are not disabled, by the e-mails of rows. All of
// the people count, also those of whom there is no row: an e-mail is not one
// person's because the other is ambiguous or does not meet a condition.
func (d *DX) holders(rows []dxRow) map[string]int {
	byEmail := make(map[string]int, len(rows))
	for _, row := range rows {
		byEmail[row.email] = 0
	}
	for _, r := range d.table.people.records {
		if r.status() == idp.Disabled {
			continue
		}
		email := ExactKey(r.primary())
		if n, isWritten := byEmail[email]; isWritten {
			byEmail[email] = n + 1
		}
	}
	return byEmail
}

// known leaves out whom DX does not know.
func (d *DX) known(rows []dxRow, users *DXUsers) []dxRow {
	rows = slices.DeleteFunc(rows, func(row dxRow) bool {
		if users.emails[row.email] {
			return false
		}
		d.leave(&d.Figures.Unknown, "dx-unknown", row.pair, "DX has no user with this e-mail")
		return true
	})
	d.Figures.NotWritten = len(users.emails) - len(rows)
	return rows
}

func (d *DX) leave(count *int, kind string, p pair, why string) {
	*count++
	d.left = append(d.left, Doubt{kind, d.table.id(p), strings.TrimSpace(d.table.email(p)), why, nil})
}

// divide puts each row into the part that has all core properties of the row
// and no other.
func (d *DX) divide(rows []dxRow) error {
	columns := d.table.columns.list
	filled := make([]int, len(columns))
	parts := make(map[string]*DXPart)
	var r row
	for _, one := range rows {
		d.table.render(one.pair, &r)
		var without []string
		for i, column := range columns {
			value := dxValue(column, &r)
			switch {
			case value.Kind != idp.Absent:
				filled[i]++
			case slices.Contains(dxProperties(), column.header):
				without = append(without, column.header)
			}
			if _, ok := dxDate(column.header, value); !ok {
				return fault.New(fault.Usage, "DX wants YYYY-MM-DD", "--columns: %s is not a date for everybody", column.header)
			}
		}
		key := strings.Join(without, "\n")
		if parts[key] == nil {
			parts[key] = &DXPart{Without: without}
		}
		parts[key].rows = append(parts[key].rows, one)
	}
	if len(rows) == 0 {
		return fault.New(fault.Other, "", "nobody is left for DX: %s", cmp.Or(d.Figures.LeftOut(strconv.Itoa), "the table has no rows"))
	}
	for i, n := range filled {
		if n == 0 {
			return fault.New(fault.Usage, "leave it out, so that DX keeps what it has",
				"--columns: %s is empty for everybody and would overwrite it in DX", columns[i].header)
		}
	}
	for _, part := range parts {
		d.parts = append(d.parts, *part)
	}
	slices.SortFunc(d.parts, func(a, b DXPart) int {
		return cmp.Or(cmp.Compare(len(a.Without), len(b.Without)), slices.Compare(a.Without, b.Without))
	})
	if len(d.parts[0].Without) > 0 {
		// The first file is always there, so that nobody takes an earlier one
		// for it.
		d.parts = slices.Insert(d.parts, 0, DXPart{})
	}
	return nil
}

// Write writes one part as CSV. Nothing is escaped and lines end as they do: DX
// would show it.
func (d *DX) Write(w io.Writer, part DXPart, separator string) (Written, error) {
	var columns []column
	for _, c := range d.table.columns.list {
		if !slices.Contains(part.Without, c.header) {
			columns = append(columns, c)
		}
	}
	written := Written{Filled: make([]int, len(columns))}
	for _, c := range columns {
		written.Headers = append(written.Headers, c.header)
	}
	to := newCSV(w, csvFormat{CSVOptions: CSVOptions{Separator: separator}, forDX: true})
	to.Header(written.Headers)
	cells := make([]idp.Value, len(columns))
	var r row
	for _, one := range part.rows {
		d.table.render(one.pair, &r)
		for i, c := range columns {
			value := dxValue(c, &r)
			if value.Kind != idp.Absent {
				written.Filled[i]++
			} else if hasNUL(c.cell(&r)) {
				to.changes.NUL++
			}
			cells[i] = dxCell(c.header, value, one.email)
		}
		if err := to.Row(cells); err != nil {
			return written, err
		}
		written.Rows++
	}
	var err error
	written.Changes, err = to.Close()
	return written, err
}

// dxValue is what a row has in a column; what DX would show as nothing is
// absent.
func dxValue(c column, r *row) idp.Value {
	value := c.cell(r)
	isNothing := func(text string) bool {
		return strings.TrimFunc(text, func(r rune) bool { return r == 0 || unicode.IsSpace(r) }) == ""
	}
	if value.Kind == idp.List {
		value.Items = slices.DeleteFunc(slices.Clone(value.Items), isNothing)
		return idp.TextOrList(value.Items...)
	}
	if isNothing(value.Text) {
		return idp.Value{}
	}
	return value
}

func hasNUL(value idp.Value) bool {
	return strings.Contains(value.Text+strings.Join(value.Items, ""), "\x00")
}

// dxCell is a value as DX wants it.
func dxCell(header string, value idp.Value, email string) idp.Value {
	isProperty := slices.Contains(dxProperties(), header)
	switch {
	case header == string(idp.Email):
		return idp.TextOf(email)
	case isProperty && value.Kind == idp.Boolean:
		return idp.TextOf(strings.ToUpper(value.Text))
	case isProperty:
		date, _ := dxDate(header, value)
		return date
	case value.Kind == idp.Absent:
		return idp.TextOf("None")
	case value.Kind == idp.Boolean && value.Text == "true":
		return idp.TextOf("Yes")
	case value.Kind == idp.Boolean:
		return idp.TextOf("No")
	default:
		return value
	}
}

// dxDate is the date of a property that holds one; a moment loses its time of
// day. All other values are as they are.
func dxDate(header string, value idp.Value) (idp.Value, bool) {
	if value.Kind == idp.Absent || !slices.Contains(dxDates(), header) {
		return value, true
	}
	if _, err := time.Parse(time.DateOnly, value.Text); err == nil {
		return value, true
	}
	moment, err := time.Parse(time.RFC3339, value.Text)
	return idp.TextOf(moment.Format(time.DateOnly)), err == nil
}
