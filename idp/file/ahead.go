package file

import (
	"context"
	"sync"
)

// A batch has what is passed between goroutines at once. It is full with so
// many records, or with fewer that are long.
const (
	mostRecords = 256
	mostBytes   = 64 << 10 // of the file
	mostValues  = 1 << 12
)

// inFlight is how many batches are on their way. With few, one side is forever
// waiting for the other to be woken.
const inFlight = 8

// ahead makes batches in a goroutine of its own, while earlier ones are used.
type ahead[B any] struct {
	ctx        context.Context
	made, used chan *B
}

// runAhead begins to fill batches. The goroutine ends when fill says that
// nothing comes behind a batch, or when ctx is over and fill has returned.
func runAhead[B any](ctx context.Context, running *sync.WaitGroup, fill func(*B) (more bool)) *ahead[B] {
	// One more is in the hands of whoever uses them.
	a := &ahead[B]{ctx: ctx, made: make(chan *B, inFlight), used: make(chan *B, inFlight+1)}
	for range inFlight {
		a.used <- new(B)
	}
	running.Go(func() {
		for more := true; more; {
			var b *B
			select {
			case b = <-a.used:
			case <-ctx.Done():
				return
			}
			more = fill(b)
			select {
			case a.made <- b:
			case <-ctx.Done():
				return
			}
		}
	})
	return a
}

// next takes back a batch that was used up, and gives the one behind it. The
// error is that of ctx.
func (a *ahead[B]) next(used *B) (next *B, err error) {
	a.used <- used
	select {
	case next = <-a.made:
		return next, nil
	case <-a.ctx.Done():
		return nil, a.ctx.Err()
	}
}
