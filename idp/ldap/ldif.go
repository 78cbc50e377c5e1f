package ldap

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"sync/atomic"
	"time"

	"cohort/idp"
	"cohort/internal/fault"
	"cohort/internal/intent"
	"cohort/internal/textfile"
)

// LDIFConfig says which file is read. Either is needed:
//
//	ldap.LDIFConfig{Path: "people.ldif"}
//	ldap.LDIFConfig{Path: "-", Input: os.Stdin}
type LDIFConfig struct {
	// Path is the file, or "-" for Input.
	Path string
	// Input can be read only once, so that one loop over one stream is all.
	Input io.Reader
}

// LDIF reads people from a file in the LDAP Data Interchange Format (RFC
// 2849), as ldapsearch, slapcat, db2ldif and ldbsearch write it, by the same
// mapping as from a server. It may be used by several goroutines.
//
// People are the entries that a server would have given: persons by their
// objectClass, no computers, contacts and groups. Of entries without an
// objectClass, since it was not asked for, they are those with an attribute
// that people have, and none that groups and computers have; how many others
// there are is told by a notice. Other than from a server, posixAccount is
// enough to be a person, since the search behind the file chose already.
//
// A file that ends within a line, or disagrees with what ldapsearch wrote into
// it about its own end, is an error. ldapsearch -LLL writes nothing of that
// kind without paging, so that nobody can see from its output that it was cut
// between two entries: without -LLL it is safer.
type LDIF struct {
	path  string
	input io.Reader
	// taken says that somebody has begun to read input.
	taken atomic.Bool
}

var (
	_ idp.Connector = (*LDIF)(nil)
	_ idp.Planner   = (*LDIF)(nil)
)

// NewLDIF looks whether there is such a file. Its errors are of the kind
// [fault.Usage].
func NewLDIF(config LDIFConfig) (*LDIF, error) {
	l := &LDIF{path: config.Path}
	switch config.Path {
	case "":
		return nil, fault.New(fault.Usage, "name an LDIF file", "--idp: the path is empty")
	case "-":
		if config.Input == nil {
			return nil, fault.New(fault.Usage, "name a file", "--idp: there is no standard input")
		}
		l.input = config.Input
		return l, nil
	}
	info, err := os.Stat(config.Path)
	if err != nil {
		return nil, fault.New(fault.Usage, "", "--idp: %w", err)
	}
	if info.IsDir() {
		return nil, fault.New(fault.Usage, "name the file in it", "--idp: %s is a folder", config.Path)
	}
	return l, nil
}

// Source names the file. What the server hid from the search behind it, nobody
// can see.
func (l *LDIF) Source() idp.Source { return idp.Source{Name: l.path} }

// People implements [idp.Connector]. Besides an end of ctx, the errors are of
// the kinds [fault.Usage] (a line is wrong) and [fault.Source] (the file
// cannot be read, or was cut).
func (l *LDIF) People(ctx context.Context, req idp.Request) iter.Seq2[idp.Person, error] {
	return func(yield func(idp.Person, error) bool) {
		r := &ldifReading{name: l.name(), yield: yield, mapping: mappingOf(req, origin{now: time.Now()}), given: newNames()}
		switch err := l.read(ctx, r); {
		case r.left:
		case err != nil:
			yield(idp.Person{}, err)
		default:
			r.tell(req)
		}
	}
}

// Plan implements [idp.Planner]: a file is read to its end, whatever of it is
// wanted.
func (l *LDIF) Plan(idp.Request) intent.Read { return intent.File(l.path) }

// RefOf implements [idp.Referrer]: value is a DN.
func (l *LDIF) RefOf(value string) string { return normalDN(value) }

// Format is that of all such files.
func (*LDIF) Format() string { return "ldif" }

func (l *LDIF) file() textfile.File {
	return textfile.File{Path: l.path, Stdin: l.input, Doing: "reading people", Kind: fault.Source}
}

// name is the file in messages.
func (l *LDIF) name() string { return l.file().Name() }

func (l *LDIF) read(ctx context.Context, r *ldifReading) error {
	return l.file().Read(ctx, func(input io.Reader, _ int64) error {
		if l.input != nil && l.taken.Swap(true) {
			return fault.New(fault.Usage, "write it to a file first", "reading standard input: it was read before")
		}
		return r.people(ctx, input)
	})
}

// ldifReading is one loop over a stream.
type ldifReading struct {
	name    string
	yield   func(idp.Person, error) bool
	mapping *mapping
	given   names
	left    bool // the caller broke off the loop

	referrals int
	unclear   int // entries without an objectClass that were left out
}

func (r *ldifReading) people(ctx context.Context, input io.Reader) error {
	lines, err := newLDIFLines(r.name, input)
	if err != nil {
		return err
	}
	entries := &ldifEntries{lines: lines}
	for !r.left && ctx.Err() == nil {
		e, err := entries.next()
		if errors.Is(err, io.EOF) {
			r.referrals = entries.referrals
			return nil
		}
		if err != nil {
			return err
		}
		if err := r.take(e, entries.number); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// take gives the entry if it is a person.
func (r *ldifReading) take(e *entry, line int) error {
	switch kindOf(e) {
	case somethingElse:
		return nil
	case unclear:
		r.unclear++
		return nil
	}
	if _, known := r.given.attempt(normalDN(e.DN), 1); known {
		return fault.New(fault.Usage, "leave one of them out", "reading %s: line %d: %q comes again", r.name, line, e.DN)
	}
	r.mapping.load(e)
	if cuts := r.mapping.cuts(); len(cuts) > 0 {
		return fault.New(fault.Source, "leave this attribute out, or read the server itself",
			"reading %s: the entry at line %d has only the first values of %s", r.name, line, cuts[0].name)
	}
	r.left = !r.yield(r.mapping.build(e), nil)
	return nil
}

// tell says what the file as a whole has shown.
func (r *ldifReading) tell(req idp.Request) {
	if r.referrals > 0 {
		req.Tell(fmt.Sprintf("the search behind %s left %d referrals to other servers, which were not followed", r.name, r.referrals))
	}
	if r.unclear > 0 {
		req.Tell(fmt.Sprintf("%s has %d entries without an objectClass that do not look like people", r.name, r.unclear))
	}
	r.mapping.oddEmail.Tell(req, idp.NoAddress(r.name))
}
