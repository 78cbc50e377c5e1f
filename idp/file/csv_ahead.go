package file

import "sync"

// csvAhead reads and scans CSV in a goroutine of its own, while people are made
// of what it found: each takes about half of the time.
type csvAhead struct {
	people  *csvPeople // the goroutine's
	mapping *mapping
	batches chan *csvBatch
	spare   chan *csvBatch

	batch *csvBatch // that is being used up
	at    int       // the next record of it
	line  int       // of the record that was read last
}

// csvBatch is some records in a row, and what came behind them.
type csvBatch struct {
	cells []cell
	lines []int // at which each record begins
	err   error
}

// batchSize is how many records a batch has, unless the end comes before.
const batchSize = 256

// scanAhead begins to scan. The goroutine ends when everything was scanned, or
// left is closed and what is read from has been closed, too.
func scanAhead(people *csvPeople, left <-chan struct{}, running *sync.WaitGroup) *csvAhead {
	a := &csvAhead{
		people: people, mapping: people.mapping, batch: &csvBatch{},
		batches: make(chan *csvBatch), spare: make(chan *csvBatch, 3),
	}
	a.spare <- &csvBatch{}
	a.spare <- &csvBatch{}
	running.Go(func() {
		for {
			var b *csvBatch
			select {
			case b = <-a.spare:
			case <-left:
				return
			}
			b.scan(people)
			select {
			case a.batches <- b:
			case <-left:
				return
			}
			if b.err != nil {
				return
			}
		}
	})
	return a
}

func (b *csvBatch) scan(people *csvPeople) {
	b.cells, b.lines = b.cells[:0], b.lines[:0]
	for b.err == nil && len(b.lines) < batchSize {
		if b.err = people.advance(); b.err == nil {
			b.cells, b.lines = append(b.cells, people.cells...), append(b.lines, people.number)
		}
	}
}

// next implements [records].
func (a *csvAhead) next() (place, error) {
	for a.at == len(a.batch.lines) {
		if a.batch.err != nil {
			return place{}, a.batch.err
		}
		a.spare <- a.batch
		a.batch, a.at = <-a.batches, 0
	}
	width := len(a.people.header)
	a.mapping.row = a.batch.cells[a.at*width : (a.at+1)*width]
	a.line = a.batch.lines[a.at]
	a.at++
	return place{"line", a.line}, nil
}

// wrongHere implements [records].
func (a *csvAhead) wrongHere(hint, format string, args ...any) error {
	return a.people.wrongLine(a.line, hint, format, args...)
}
