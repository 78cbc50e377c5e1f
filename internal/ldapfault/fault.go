// Package ldapfault is, for tests, an LDAP server that misbehaves in one named
// way. It is a proxy before a well-behaved server: it knows where one
// LDAPMessage ends and the next begins (RFC 4511, section 5.1), and passes
// everything on but for its fault.
//
// Faults hit a fixed place: mostly the second page of a search, and there the
// third entry. They show to a client that reads at least [Entries] entries in
// pages of [PageSize]. Lookups of single entries, as of the root DSE, are left
// alone where a fault does not say otherwise.
package ldapfault

import (
	"fmt"
	"slices"
)

// The figures that the faults are made for.
const (
	// PageSize is the page that the client asks for.
	PageSize = 25
	// Entries is how many the search has to match at least. At most 500, as
	// many servers give no more without pages.
	Entries = 70
)

// Outcome is what a client must make of a fault.
type Outcome int

// The outcomes.
const (
	// MustFail: an error, within the client's time-outs. Anything else is a
	// result that is short or wrong.
	MustFail Outcome = iota
	// MayFail: an error or the whole result, and nothing between them. With
	// [Fault.Once], who starts again on a new connection gets the whole result.
	MayFail
	// Harmless: the whole result without an error.
	Harmless
	// Unknowable: the result is short, and the answer is one that a correct
	// server with fewer entries could give.
	Unknowable
	// Endless: the answer goes on as long as the client listens. It may listen
	// until its context ends, and then must return at once.
	Endless
)

// String says what the client owes.
func (o Outcome) String() string {
	names := []string{"must fail", "may fail or be complete", "must be complete", "cannot be known", "goes on until cancelled"}
	if o < 0 || int(o) >= len(names) {
		return fmt.Sprintf("Outcome(%d)", int(o))
	}
	return names[o]
}

// Fault is one way to misbehave. The zero value is none.
type Fault struct {
	// Name is short, and one of a kind in [All].
	Name string
	// Doc says what the server does, and why the outcome is what it is.
	Doc     string
	Outcome Outcome
	// Once confines the fault to the first connection that the server accepts.
	Once bool
	// StartTLS says that the fault shows only to a client that asks for
	// StartTLS, and may need a server behind the proxy that offers it.
	StartTLS bool
	// Silent says that the client hears nothing more, or no end of it: what ends
	// it is a time-out.
	Silent bool
	// Code is the result code (RFC 4511, appendix A) that the client gets
	// instead of success; 0 where there is none.
	Code int
	// Says is a part of the server's own words, or of its URIs, that helps who
	// reads the client's message; or empty.
	Says string

	// begin makes what decides about the messages of one connection.
	begin func() behaviour
}

// String gives the name.
func (f Fault) String() string { return f.Name }

// OnFirst is the fault on the first connection only: who starts again heals.
func (f Fault) OnFirst() Fault {
	f.Name += ", on the first connection"
	f.Once = true
	if f.Outcome == MustFail {
		f.Outcome = MayFail
	}
	return f
}

// All lists every fault.
func All() []Fault {
	return slices.Concat(
		endings(),
		silences(),
		cookies(),
		repetitions(),
		refusals(),
		results(),
		interjections(),
		malformations(),
		activeDirectory(),
		startTLS(),
	)
}

// withOnFirst lists each fault, and each on the first connection only.
func withOnFirst(faults ...Fault) []Fault {
	var all []Fault
	for _, f := range faults {
		all = append(all, f, f.OnFirst())
	}
	return all
}

// behaviour decides what follows from each message of one connection. It is
// asked about one message at a time, in the order in which they pass, and first
// about the connection itself.
type behaviour func(*message) move

// move is what follows from a message. The zero value swallows it.
type move struct {
	toServer [][]byte
	toClient [][]byte
	slowly   bool // one byte at a time, with a pause before each
	then     ending
}

// ending is how a connection goes on.
type ending int

const (
	goOn ending = iota
	hangUp
	reset     // hang up with RST instead of FIN
	halfClose // FIN to the client, whose words are still read
	silence   // the client's words are still read; nothing is said any more
)

func (m move) and(then ending) move {
	m.then = then
	return m
}

// pass sends a message on as it is.
func pass(m *message) move {
	switch {
	case m.kind == notLDAP:
		return move{then: hangUp}
	case m.raw == nil:
		return move{}
	case m.kind.fromClient():
		return move{toServer: [][]byte{m.raw}}
	default:
		return move{toClient: [][]byte{m.raw}}
	}
}

// reply sends something to the client, in place of the message.
func reply(messages ...[]byte) move { return move{toClient: messages} }

// place is where a fault strikes.
type place func(*message) bool

func is(wanted kind) place {
	return func(m *message) bool { return m.kind == wanted }
}

func requestFor(page int) place {
	return func(m *message) bool { return m.kind == searchRequest && m.page == page }
}

func entryOf(page, nth int) place {
	return func(m *message) bool { return m.kind == entry && m.page == page && m.nth == nth }
}

func doneOf(page int) place {
	return func(m *message) bool { return m.kind == done && m.page == page }
}

// inside is the place inside a page that most faults have in common.
func inside() place { return entryOf(2, 3) }

// at passes everything on except at one place.
func at(where place, do func(*message) move) func() behaviour {
	return func() behaviour {
		return func(m *message) move {
			if where(m) {
				return do(m)
			}
			return pass(m)
		}
	}
}

// then is the end of a connection in place of a message.
func then(end ending) func(*message) move {
	return func(*message) move { return move{then: end} }
}

// passAnd is the end of a connection behind a message.
func passAnd(end ending) func(*message) move {
	return func(m *message) move { return pass(m).and(end) }
}
