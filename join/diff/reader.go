package diff

import (
	"slices"
	"strings"
)

// reader tells what a row of one export says about its person.
type reader struct {
	export *Export
	use    int // the column that says whether, or -1
	names  []int
}

func newReader(e *Export) reader {
	r := reader{export: e, use: -1}
	for _, name := range []string{"name", "coder_name", "username", "coder_username"} {
		if at := find(e.Headers, name); at >= 0 {
			r.names = append(r.names, at)
		}
	}
	return r
}

// name is what the row calls its person, or "".
func (r reader) name(row keyed) string {
	for _, at := range r.names {
		if name := row.cells[at]; name != "" {
			return name
		}
	}
	return ""
}

// rows are what is told of rows that have no partner.
func (r reader) rows(contents []content) []Row {
	var rows []Row
	for _, c := range contents {
		row := Row{Key: shownKey(c.row.key), Name: r.name(c.row)}
		if row.Name == "" && row.Key == "" {
			first := slices.IndexFunc(c.row.cells, func(cell string) bool { return cell != "" && cell != nothingInDX })
			if first >= 0 {
				row.Name = c.row.cells[first]
			}
		}
		if r.use >= 0 {
			if answer := useOf(c.row.cells[r.use]); answer != unknown {
				uses := answer == yes
				row.UsesCoder = &uses
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// describe counts the rows of an export, which are in the order of their keys.
func (r reader) describe(rows []keyed) Side {
	s := Side{Name: r.export.Name, Format: r.export.Format, Rows: len(rows)}
	for i, row := range rows {
		switch {
		case row.key == "":
			s.WithoutKey++
		case i > 0 && rows[i-1].key == row.key && (i == 1 || rows[i-2].key != row.key):
			s.SharedKeys++
		}
		if r.use >= 0 && useOf(row.cells[r.use]) == yes {
			s.UsingCoder++
		}
	}
	return s
}

func shownKey(key string) string { return strings.ReplaceAll(key, keySeparator, ", ") }
