package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"sync"

	"cohort/idp"
	"cohort/internal/fault"
	"cohort/internal/textfile"
)

// records are those of one format. next reads the next one into the mapping's
// cells, and says where it stands; the end is io.EOF.
type records interface {
	next() (place, error)
	// wrongHere is an error about the record that was read last.
	wrongHere(hint, format string, args ...any) error
}

// errEnough is that the loop over the stream was left.
var errEnough = errors.New("the loop was left")

// People implements [idp.Connector]. Besides an end of ctx, the errors are of
// the kinds [fault.Usage] (a line is wrong, or the file is something else) and
// [fault.Source] (the file cannot be read, was cut, or changed meanwhile).
func (c *Connector) People(ctx context.Context, req idp.Request) iter.Seq2[idp.Person, error] {
	return func(yield func(idp.Person, error) bool) {
		r := &reading{name: c.name(), request: req, yield: yield}
		r.builder = newBuilder(newMapping(req, c.mapping))
		switch err := c.read(ctx, r); {
		case err == nil:
			if r.builder.managerEmail != nil {
				c.names.Store(r.builder.log())
			}
			r.tell()
		case !errors.Is(err, errEnough):
			yield(idp.Person{}, err)
		}
	}
}

func (c *Connector) read(ctx context.Context, r *reading) error {
	if err := ended(ctx, r.name); err != nil {
		return err
	}
	if c.input != nil {
		if c.taken.Swap(true) {
			return fault.New(fault.Usage, "write it to a file first", "reading standard input: it was read before")
		}
		return r.people(ctx, c.format, textfile.Until(ctx, c.input))
	}
	file, err := textfile.Open(ctx, c.path)
	if err != nil {
		return orEnded(ctx, r.name, fault.New(fault.Source, "", "reading people: %w", err))
	}
	// Who reads ahead ends when the file is closed.
	defer r.running.Wait()
	defer func() { _ = file.Close() }() // nothing was written
	r.left = make(chan struct{})
	defer close(r.left)
	// A read from a pipe ends so.
	stop := context.AfterFunc(ctx, func() { _ = file.Close() })
	defer stop()
	stamp, err := textfile.StampOf(file)
	if err != nil {
		return orEnded(ctx, r.name, fault.New(fault.Source, "", "reading people: %w", err))
	}
	if err := r.people(ctx, c.format, file); err != nil {
		return err
	}
	changed, err := stamp.Changed(file)
	if err != nil {
		return orEnded(ctx, r.name, fault.New(fault.Source, "", "reading people: %w", err))
	}
	if changed {
		return fault.New(fault.Source, "try again when it is written", "reading %s: the file changed while it was read", r.name)
	}
	return nil
}

// reading is one loop over a stream.
type reading struct {
	name    string
	request idp.Request
	yield   func(idp.Person, error) bool
	builder *builder
	// notices are what a format tells at the end.
	notices []string

	// left is closed when the loop is; nil where nobody may read ahead, since
	// what is read from cannot be closed. running are those who do.
	left    chan struct{}
	running sync.WaitGroup
}

func (r *reading) people(ctx context.Context, format string, input io.Reader) error {
	records, err := r.open(format, input)
	if err != nil {
		return orEnded(ctx, r.name, err)
	}
	fill := func(c *crowd) (more bool) { return c.fill(r, records) }
	next := func(c *crowd) (*crowd, bool) { fill(c); return c, true }
	if r.left != nil {
		next = runAhead(r.left, &r.running, fill).next
	}
	for c, ok := next(&crowd{}); ok; c, ok = next(c) {
		for i, person := range c.people {
			// Whoever cancels does not wait for a crowd.
			if i%16 == 0 && ctx.Err() != nil {
				return ended(ctx, r.name)
			}
			if !r.yield(person, nil) {
				return errEnough
			}
		}
		if errors.Is(c.err, io.EOF) {
			return ended(ctx, r.name)
		}
		if c.err != nil {
			return orEnded(ctx, r.name, c.err)
		}
	}
	return errEnough
}

// person makes the next person of a record of so many bytes; the end is io.EOF.
func (r *reading) person(records records) (person idp.Person, length int, err error) {
	place, err := records.next()
	if err != nil {
		return idp.Person{}, 0, err
	}
	if person, err = r.builder.person(place); err != nil {
		return idp.Person{}, 0, r.refuse(records, err)
	}
	return person, place.length, nil
}

// open begins to read the records of a format.
func (r *reading) open(format string, input io.Reader) (records, error) {
	input, err := recognise(r.name, input)
	if err != nil {
		return nil, err
	}
	w := newWindow(r.name, input)
	if input, err = textfile.NewReader(input); err != nil {
		return nil, w.failure(err)
	}
	w.input = input
	if err := w.recogniseText(format); err != nil {
		return nil, err
	}
	switch format {
	case formatCSV:
		people, err := r.openCSV(w)
		if err != nil {
			return nil, err
		}
		if r.left == nil {
			return people, nil
		}
		return scanAhead(people, r.left, &r.running), nil
	case formatJSON:
		return r.openJSON(w), nil
	default:
		return r.openJSONLines(w), nil
	}
}

// refuse says what to do about a record of which no person can be made.
func (r *reading) refuse(records records, err error) error {
	var d *disagreement
	if errors.As(err, &d) {
		return records.wrongHere(fmt.Sprintf("--map %s=%s chooses one", d.field, d.first), "%w", err)
	}
	return records.wrongHere("leave one of them out, or name another column by --map idp_id=COLUMN", "%w", err)
}

// tell says what the file as a whole has shown.
func (r *reading) tell() {
	b := r.builder
	for _, notice := range r.notices {
		r.request.Tell(notice)
	}
	if b.unnamed > 0 {
		r.request.Tell(fmt.Sprintf("%s has more than %d keys; the others are left out of all attributes", r.name, mostNamed))
	}
	b.oddEmail.Tell(r.request, idp.NoAddress(r.name))
	b.oddManager.Tell(r.request, func(people, example string) string {
		return fmt.Sprintf("what %s has for the manager_email of %s is no address, such as %s, and is left out", r.name, people, example)
	})
	b.oddStatus.Tell(r.request, func(people, example string) string {
		return fmt.Sprintf("the status of %s in %s is unknown, since nobody knows what %s means", people, r.name, example)
	})
	b.oddDate.Tell(r.request, func(people, example string) string {
		return fmt.Sprintf("the start_date of %s in %s stays as it is, since nobody knows which day %s is", people, r.name, example)
	})
}

// ended is the error of a context that is done, or nil.
func ended(ctx context.Context, name string) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("reading %s: %w", name, err)
	}
	return nil
}

// orEnded prefers the context's end to the error that it led to.
func orEnded(ctx context.Context, name string, err error) error {
	if ended := ended(ctx, name); ended != nil {
		return ended
	}
	return err
}
