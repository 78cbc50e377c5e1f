package idptest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"reflect"
	"sync"
	"sync/atomic"
	"time"

	"cohort/idp"
	"cohort/internal/fault"
)

// reading is how a stream went.
type reading struct {
	people []idp.Person
	err    error
}

// read runs a stream to its end and holds it to the rules of streams: an error
// is the last of it and comes with the zero Person, and nothing comes once the
// loop was left or is over. The loop is left when each says so; each may be
// nil.
func read(ctx context.Context, c idp.Connector, req idp.Request, each func(count int) bool) (reading, error) {
	return follow(c.People(ctx, req), req, each)
}

func follow(stream iter.Seq2[idp.Person, error], req idp.Request, each func(count int) bool) (reading, error) {
	var (
		r      reading
		broken error
		over   atomic.Bool // the loop was left, or is over
		late   atomic.Bool
	)
	stream(func(p idp.Person, err error) bool {
		if over.Load() {
			late.Store(true)
			return false
		}
		switch {
		case r.err != nil:
			broken = fmt.Errorf("something came after the error: %w", r.err)
		case err != nil:
			r.err = err
			if !reflect.ValueOf(p).IsZero() {
				broken = fmt.Errorf("an error came with a person, %+v: %w", p, err)
			}
		case len(p.Fields) != len(req.Fields) || len(p.Attributes) != len(req.Attributes):
			broken = fmt.Errorf("%q has %d fields and %d attributes, want %d and %d",
				p.ID, len(p.Fields), len(p.Attributes), len(req.Fields), len(req.Attributes))
		default:
			r.people = append(r.people, p)
		}
		// After an error the stream is let go on: it must not.
		more := broken == nil && (err != nil || each == nil || each(len(r.people)))
		over.Store(!more)
		return more
	})
	wasLate := late.Load()
	over.Store(true)
	if broken == nil && wasLate {
		broken = errors.New("the stream went on after its loop was left")
	}
	return r, broken
}

// readAll is a read that must succeed.
func readAll(ctx context.Context, c idp.Connector, req idp.Request) ([]idp.Person, error) {
	r, err := read(ctx, c, req, nil)
	if err != nil {
		return nil, err
	}
	if r.err != nil {
		return nil, fmt.Errorf("after %d people: %w", len(r.people), r.err)
	}
	return r.people, nil
}

func readsAnew(ctx context.Context, s Suite, c idp.Connector) error {
	req := s.everything()
	stream := c.People(ctx, req)
	// Left early first: a stream that keeps its place would show.
	if _, err := follow(stream, req, func(int) bool { return false }); err != nil {
		return err
	}
	first, err := follow(stream, req, nil)
	if err != nil {
		return err
	}
	second, err := follow(stream, req, nil)
	if err != nil {
		return err
	}
	return sameReadings(s, first, second)
}

func servesTwoLoops(ctx context.Context, s Suite, c idp.Connector) error {
	req := s.everything()
	stream := c.People(ctx, req)
	var (
		loops    sync.WaitGroup
		readings [2]reading
		errs     [2]error
	)
	for i := range readings {
		loops.Go(func() { readings[i], errs[i] = follow(stream, req, nil) })
	}
	loops.Wait()
	if err := errors.Join(errs[:]...); err != nil {
		return err
	}
	return sameReadings(s, readings[0], readings[1])
}

func sameReadings(s Suite, first, second reading) error {
	if err := errors.Join(first.err, second.err); err != nil {
		return err
	}
	if len(first.people) != s.People {
		return fmt.Errorf("%d people came, want %d", len(first.people), s.People)
	}
	return samePeople(first.people, second.people)
}

// stopsWhenLeft leaves the rest to what every check is followed by: nothing
// may be left behind.
func stopsWhenLeft(ctx context.Context, s Suite, c idp.Connector) error {
	for _, after := range []int{1, 2} {
		r, err := read(ctx, c, s.everything(), func(count int) bool { return count < after })
		if err != nil {
			return err
		}
		if r.err != nil {
			return fmt.Errorf("leaving the loop after %d people: %w", after, r.err)
		}
	}
	return nil
}

func failsWhenCancelledBefore(ctx context.Context, s Suite, c idp.Connector) error {
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	r, err := read(ctx, c, s.everything(), nil)
	if err != nil {
		return err
	}
	if len(r.people) > 0 {
		return fmt.Errorf("%d people came under a context that was cancelled before", len(r.people))
	}
	return wantError(r, context.Canceled)
}

func failsWhenCancelledWithin(ctx context.Context, s Suite, c idp.Connector) error {
	return cancelAt(ctx, s, c, 1)
}

func failsWhenCancelledAtTheEnd(ctx context.Context, s Suite, c idp.Connector) error {
	return cancelAt(ctx, s, c, s.People)
}

func cancelAt(ctx context.Context, s Suite, c idp.Connector, at int) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var cancelled time.Time
	r, err := read(ctx, c, s.everything(), func(count int) bool {
		if count == at {
			cancelled = time.Now()
			cancel()
		}
		return true
	})
	if err != nil {
		return err
	}
	if err := wantError(r, context.Canceled); err != nil {
		return err
	}
	if took := time.Since(cancelled); took > s.Patience {
		return fmt.Errorf("the stream ended %s after the cancellation", took)
	}
	return nil
}

func failsAfterDeadline(ctx context.Context, s Suite, c idp.Connector) error {
	ctx, cancel := context.WithDeadline(ctx, time.Now().Add(-time.Second))
	defer cancel()
	r, err := read(ctx, c, s.everything(), nil)
	if err != nil {
		return err
	}
	if len(r.people) > 0 {
		return fmt.Errorf("%d people came after the deadline", len(r.people))
	}
	return wantError(r, context.DeadlineExceeded)
}

func failsAtDeadline(ctx context.Context, s Suite, c idp.Connector) error {
	ctx, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
	defer cancel()
	r, err := read(ctx, c, s.everything(), func(int) bool {
		<-ctx.Done() // the deadline falls into the loop, however fast the source is
		return true
	})
	if err != nil {
		return err
	}
	return wantError(r, context.DeadlineExceeded)
}

func wantError(r reading, want error) error {
	switch {
	case r.err == nil:
		return fmt.Errorf("%d people came and no error, want one that is %q", len(r.people), want.Error())
	case !errors.Is(r.err, want):
		return fmt.Errorf("the error is not one that is %q: %w", want.Error(), r.err)
	}
	return nil
}

func endsInOneError(ctx context.Context, c idp.Connector, kind fault.Kind) error {
	r, err := read(ctx, c, idp.Request{}, nil)
	if err != nil {
		return err
	}
	if r.err == nil {
		return fmt.Errorf("%d people came and no error", len(r.people))
	}
	if got := fault.KindOf(r.err); got != kind {
		return fmt.Errorf("the error is of kind %d, want %d: %w", got, kind, r.err)
	}
	return nil
}
