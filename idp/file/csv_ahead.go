package file

import (
	"context"
	"sync"
)

// csvAhead are the records below a header, scanned ahead of whoever makes
// people of them.
type csvAhead struct {
	people  *csvPeople // the scanning goroutine's
	mapping *mapping
	ahead   *ahead[csvBatch]

	batch *csvBatch // that is being used up
	at    int       // the next record of it
	line  int       // of the record that was read last
}

// csvBatch is some records in a row, and what came behind them.
type csvBatch struct {
	cells  []cell
	places []place
	err    error
}

// scanAhead begins to scan.
func scanAhead(ctx context.Context, people *csvPeople, running *sync.WaitGroup) *csvAhead {
	return &csvAhead{
		people: people, mapping: people.mapping, batch: &csvBatch{},
		ahead: runAhead(ctx, running, func(b *csvBatch) bool { return b.scan(people) }),
	}
}

func (b *csvBatch) scan(people *csvPeople) (more bool) {
	b.cells, b.places = b.cells[:0], b.places[:0]
	for length := 0; b.err == nil && len(b.places) < mostRecords && length < mostBytes; {
		if b.err = people.advance(); b.err == nil {
			b.cells, b.places = append(b.cells, people.cells...), append(b.places, people.place())
			length += people.length
		}
	}
	return b.err == nil
}

// next implements [records].
func (a *csvAhead) next() (place, error) {
	for a.at == len(a.batch.places) {
		if a.batch.err != nil {
			return place{}, a.batch.err
		}
		batch, err := a.ahead.next(a.batch)
		if err != nil {
			return place{}, err
		}
		a.batch, a.at = batch, 0
	}
	width := len(a.people.header)
	a.mapping.row = a.batch.cells[a.at*width : (a.at+1)*width]
	at := a.batch.places[a.at]
	a.line = at.number
	a.at++
	return at, nil
}

// wrongHere implements [records].
func (a *csvAhead) wrongHere(hint, format string, args ...any) error {
	return a.people.wrongLine(a.line, hint, format, args...)
}
