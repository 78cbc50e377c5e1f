// Package oktafault is, for tests, an Okta org that misbehaves in one named
// way: a handler before the well-behaved org of package fixtures, which passes
// everything on but for its fault. It also has people in any number to fill
// the org.
//
// Most faults hit the lists: users, groups, and members of a group. They hit a
// fixed place, mostly the third call of a list or every page after the first,
// and show to a client that reads at least [Crowd] people in pages of 200.
package oktafault

import (
	"fmt"
	"slices"

	"cohort/internal/fault"
)

// Crowd is how many [People] the faults are made for: twelve pages of 200 in a
// row, three in each of four ranges.
const Crowd = 2400

// Victim is whose record the faults spoil that spoil one.
func Victim() string { return ID(7) }

// Outcome is what a client must make of a fault.
type Outcome int

// The outcomes.
const (
	// Fails: an error of one of the fault's kinds, within the client's
	// time-outs. Anything else is a result that is short or wrong.
	Fails Outcome = iota
	// Heals: everybody once and as if nothing had been.
	Heals
	// MayHeal: either of the two, and nothing between them.
	MayHeal
	// Spoils: everybody once, but one record, the [Victim]'s, lacks what the
	// fault took.
	Spoils
)

// String says what the client owes.
func (o Outcome) String() string {
	names := []string{"must fail", "must be complete", "must fail or be complete", "must be complete but for one record"}
	if o < 0 || int(o) >= len(names) {
		return fmt.Sprintf("Outcome(%d)", int(o))
	}
	return names[o]
}

// Fault is one way to misbehave. The zero value is none.
type Fault struct {
	// Name is short, and one of a kind in [All].
	Name string
	// Doc says what the org does, and why the outcome is what it is.
	Doc     string
	Outcome Outcome
	// Kinds are those of which the error may be, the most fitting one first;
	// nil where there must be none.
	Kinds []fault.Kind
	// OAuth says that the fault shows only to an app, not with an API token.
	OAuth bool
	// Search says that the fault shows only to who searches.
	Search bool
	// Silent says that a time-out alone ends a call.
	Silent bool

	// begin makes what decides about the calls of one server.
	begin func() behaviour
}

// String gives the name.
func (f Fault) String() string { return f.Name }

// All lists every fault.
func All() []Fault {
	return slices.Concat(
		refusals(),
		breakdowns(),
		silences(),
		pages(),
		links(),
		answers(),
		records(),
		tokens(),
		searches(),
		[]Fault{BadWeather()},
	)
}

// source is what most faults are.
func source() []fault.Kind { return []fault.Kind{fault.Source} }

// credentials are at fault, or what they may see.
func credentials() []fault.Kind { return []fault.Kind{fault.Credentials} }

// misdirected is what looks like another server than Okta: the network may
// have been at it, or the URL is wrong.
func misdirected() []fault.Kind { return []fault.Kind{fault.Source, fault.Usage} }

// behaviour answers a call. It is asked about several calls at a time.
type behaviour func(*call)

// always is a behaviour without a memory.
func always(b behaviour) func() behaviour { return func() behaviour { return b } }

// onLists does something to lists where the place says so.
func onLists(where func(*call) bool, do behaviour) func() behaviour {
	return always(func(c *call) {
		if c.list && where(c) {
			c.strike()
			do(c)
			return
		}
		c.pass()
	})
}

// every is each nth call of a list.
func every(n int) func(*call) bool { return func(c *call) bool { return c.nth%n == 0 } }

// once is the third call of a list.
func once(c *call) bool { return c.nth == 3 }

// onward is the third call of a list, and all after it.
func onward(c *call) bool { return c.nth >= 3 }

// fromTheStart is every call of a list.
func fromTheStart(*call) bool { return true }

// later is every page after the first.
func later(c *call) bool { return c.after() != "" }
