package diff

import (
	"io"

	"cohort/idp"
	"cohort/internal/jsontext"
	"cohort/join"
)

// WriteCSV writes one row a change: its kind, the key, the column, and both
// values. Of a row that only one export has, the value is what it calls the
// person; of a column that only one has, its name. Formulas are escaped.
func (r *Result) WriteCSV(w io.Writer) (join.Changes, error) {
	encoder := join.NewCSV(w, join.CSVOptions{})
	encoder.Header([]string{"change", "key", "column", "old", "new"})
	row := make([]idp.Value, 5)
	for _, change := range r.changes() {
		for i, text := range change {
			row[i] = idp.TextOf(text)
		}
		if err := encoder.Row(row); err != nil {
			return join.Changes{}, err
		}
	}
	return encoder.Close()
}

// changes are the rows of the CSV.
func (r *Result) changes() [][5]string {
	var all [][5]string
	for _, name := range r.Columns.OnlyOld {
		all = append(all, [5]string{"column-removed", "", "", name, ""})
	}
	for _, name := range r.Columns.OnlyNew {
		all = append(all, [5]string{"column-added", "", "", "", name})
	}
	for _, name := range r.Columns.Renamed {
		all = append(all, [5]string{"column-renamed", "", "", name.Old, name.New})
	}
	left := func(change string, rows []Row) {
		for _, row := range rows {
			all = append(all, [5]string{change, row.Key, "", row.Name, ""})
		}
	}
	joined := func(change string, rows []Row) {
		for _, row := range rows {
			all = append(all, [5]string{change, row.Key, "", "", row.Name})
		}
	}
	cells := func(change string, cells []Cell) {
		for _, cell := range cells {
			all = append(all, [5]string{change, cell.Key, cell.Column, cell.Old, cell.New})
		}
	}
	joined("joined", r.Joined)
	left("left", r.Left)
	joined("added-without-key", r.Added)
	left("removed-without-key", r.Removed)
	cells("started", r.Started)
	cells("stopped", r.Stopped)
	cells("level-up", r.LevelUp)
	cells("level-down", r.LevelDown)
	cells("changed", r.Changed)
	return all
}

// WriteJSON writes the result as one document.
func (r *Result) WriteJSON(w io.Writer) error { return jsontext.Write(w, r) }
