package join

import (
	"runtime"
	"slices"

	"cohort/idp"
)

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
	w.Changes.add(other.Changes)
}

// chunkSize is how many rows one processor makes at a time.
const chunkSize = 1 << 14

// Write gives every row to the encoder, and closes it.
func (t *Table) Write(to *Encoder) (Written, error) {
	written := Written{Headers: t.columns.Headers(), Filled: make([]int, len(t.columns.list))}
	if err := to.Header(written.Headers); err != nil {
		return written, err
	}
	if err := to.flush(); err != nil {
		return written, err
	}
	// As many chunks as there are processors are made at a time, and written
	// in their order.
	chunks := make([]chunk, runtime.GOMAXPROCS(0))
	for rows := range slices.Chunk(t.rows, len(chunks)*chunkSize) {
		parts := spans(len(rows))
		inParallel(parts, func(part int, s span) { chunks[part].make(t, to.format, rows[s.from:s.to]) })
		for i := range parts {
			written.Add(chunks[i].written)
			if err := to.write(chunks[i].text); err != nil {
				return written, err
			}
		}
	}
	_, err := to.Close()
	written.Changes.add(to.changes)
	return written, err
}

// chunk is some rows of a table as text, with room to make more.
type chunk struct {
	text    []byte
	written Written
	row     row
	cells   []idp.Value
}

// make makes rows into text.
func (c *chunk) make(t *Table, format rowFormat, rows []pair) {
	c.text = c.text[:0]
	c.cells = slices.Grow(c.cells[:0], len(t.columns.list))[:len(t.columns.list)]
	c.written = Written{Headers: t.columns.Headers(), Filled: make([]int, len(t.columns.list))}
	for _, p := range rows {
		t.render(p, &c.row)
		if !t.columns.pass(&c.row) {
			c.written.LeftOut++
			continue
		}
		for i, column := range t.columns.list {
			c.cells[i] = column.cell(&c.row)
			if c.cells[i].Kind != idp.Absent {
				c.written.Filled[i]++
			}
		}
		c.text = format.appendRow(c.text, c.cells, &c.written.Changes)
		c.written.Rows++
	}
}
