package join

import (
	"iter"
	"runtime"
	"slices"
	"strings"
	"sync"

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

// How much one processor makes at a time: some rows, or fewer where they are
// long, as with photographs in them.
const (
	chunkRows  = 1 << 12
	chunkBytes = 1 << 21
)

// Write gives every row to the encoder, and closes it.
func (t *Table) Write(to *Encoder) (Written, error) {
	written := Written{Headers: t.columns.Headers(), Filled: make([]int, len(t.columns.list))}
	to.Header(written.Headers)
	if err := to.flush(); err != nil {
		return written, err
	}
	for c := range t.chunks(to.format) {
		written.Add(c.written)
		if err := to.write(c.text); err != nil {
			return written, err
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
	touched byte
}

// together is how many records are fetched from memory at the same time.
const together = 32

// touch reads from each person's record. In the order of the rows they lie all
// over the memory, and waiting for one after another takes longer.
func (t *Table) touch(rows []pair) (read byte) {
	for _, p := range rows {
		if p.person != none {
			r := t.people.records[p.person]
			read += r[0] + r[len(r)/2] + r[len(r)-1]
		}
	}
	return read
}

// chunks gives all rows as text, in their order. While one chunk is used the
// next ones are made, by as many makers as there are processors, who take
// turns.
func (t *Table) chunks(format rowFormat) iter.Seq[*chunk] {
	return func(yield func(*chunk) bool) {
		rows := slices.Collect(slices.Chunk(t.ordered(), t.rowsTogether()))
		var working sync.WaitGroup
		defer working.Wait()
		left := make(chan struct{})
		defer close(left)
		makers := make([]maker, min(runtime.GOMAXPROCS(0), len(rows)))
		for i := range makers {
			makers[i] = maker{made: make(chan *chunk), used: make(chan *chunk, 2)}
			// One is made while the other is used.
			makers[i].used <- &chunk{}
			makers[i].used <- &chunk{}
			working.Go(func() {
				for n := i; n < len(rows); n += len(makers) {
					c := <-makers[i].used
					c.make(t, format, rows[n])
					select {
					case makers[i].made <- c:
					case <-left:
						return
					}
				}
			})
		}
		for n := range rows {
			maker := makers[n%len(makers)]
			c := <-maker.made
			if !yield(c) {
				return
			}
			maker.used <- c
		}
	}
}

// isFilled says whether something of a cell is left without the NULs.
func isFilled(cell *idp.Value) bool {
	isStrange := cell.Text != "" && cell.Text[0] == 0
	return cell.Kind != idp.Absent && (!isStrange || strings.Trim(cell.Text, "\x00") != "")
}

// rowsTogether is how many rows make a chunk.
func (t *Table) rowsTogether() int {
	total := 0
	for _, r := range t.people.records {
		total += len(r)
	}
	each := total / max(len(t.people.records), 1)
	return max(1, min(chunkRows, chunkBytes/max(each, 1)))
}

// maker is the two ends at which chunks come and go.
type maker struct{ made, used chan *chunk }

// make makes rows into text.
func (c *chunk) make(t *Table, format rowFormat, rows []pair) {
	c.text = c.text[:0]
	c.cells = slices.Grow(c.cells[:0], len(t.columns.list))[:len(t.columns.list)]
	c.written = Written{Headers: t.columns.Headers(), Filled: make([]int, len(t.columns.list))}
	for i, p := range rows {
		if i%together == 0 {
			c.touched = t.touch(rows[i:min(i+together, len(rows))])
		}
		t.render(p, &c.row)
		if !t.columns.pass(&c.row) {
			c.written.LeftOut++
			continue
		}
		for i := range t.columns.list {
			cell := &c.cells[i]
			if column := &t.columns.list[i]; column.packed != nil && c.row.hasPerson {
				column.packed(&c.row).unpack(cell)
			} else {
				*cell = column.cell(&c.row)
			}
			if isFilled(cell) {
				c.written.Filled[i]++
			}
		}
		c.text = format.appendRow(c.text, c.cells, &c.written.Changes)
		c.written.Rows++
	}
}
