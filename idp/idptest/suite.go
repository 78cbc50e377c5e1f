// Package idptest is the conformance suite of connectors: what the contract of
// [idp.Connector] promises, as tests that each connector runs in a few lines.
//
//	func TestConformance(t *testing.T) {
//		idptest.Run(t, idptest.Suite{
//			New:        func(t *testing.T) idp.Connector { return connect(t, server) },
//			People:     60,
//			Attributes: []string{"employeeNumber", "description"},
//			Broken: map[string]idptest.Broken{
//				"a wrong password": {New: withWrongPassword, Kind: fault.Credentials},
//			},
//			Connections: server.Connections,
//		})
//	}
package idptest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"cohort/idp"
	"cohort/internal/fault"
)

// Suite is a connector with a source of at least three people that does not
// change while the suite runs, best with more of them than one answer of the
// source holds. New and one of People and IDs are needed.
type Suite struct {
	// New makes the connector.
	New func(t *testing.T) idp.Connector
	// People is how many people the source has.
	People int
	// IDs are the identifiers of all people, in any order.
	IDs []string
	// Attributes are names of which the source has a value for somebody.
	Attributes []string
	// Broken are connectors whose read cannot succeed, by what is wrong.
	Broken map[string]Broken
	// Connections is how many connections the source's server has open now.
	Connections func() int
	// Patience is how long one read may take, and how long its end after a
	// cancellation; 0 is ten seconds. A check that takes longer has failed.
	Patience time.Duration
}

// Broken makes a connector whose every read ends in an error, at its start or
// after some people.
type Broken struct {
	New func(t *testing.T) idp.Connector
	// Kind is what [fault.KindOf] says of the error.
	Kind fault.Kind
}

// Run runs the suite as subtests. No test of the same package may run in
// parallel to it, since it looks for goroutines that were left behind.
func Run(t *testing.T, s Suite) {
	t.Helper()
	if s.New == nil || (s.People == 0 && len(s.IDs) == 0) {
		t.Fatal("the suite needs New, and People or IDs")
	}
	if s.People == 0 {
		s.People = len(s.IDs)
	}
	if s.Patience == 0 {
		s.Patience = 10 * time.Second
	}
	for _, check := range checks() {
		t.Run(check.name, func(t *testing.T) { s.run(t, check, s.New(t)) })
	}
	for _, what := range slices.Sorted(maps.Keys(s.Broken)) {
		broken := s.Broken[what]
		check := check{run: func(ctx context.Context, _ Suite, c idp.Connector) error {
			if err := endsInOneError(ctx, c, broken.Kind); err != nil {
				return err
			}
			return failsItsCheck(ctx, c, broken.Kind)
		}}
		t.Run("ends in one error after "+what, func(t *testing.T) { s.run(t, check, broken.New(t)) })
	}
}

func (s Suite) run(t *testing.T, c check, connector idp.Connector) {
	t.Helper()
	if err := s.try(t.Context(), c, connector); err != nil {
		t.Error(err)
	}
}

// check is one promise of the contract. It is a function with an error, so
// that the suite itself can be tested.
type check struct {
	name string
	run  func(context.Context, Suite, idp.Connector) error
}

func checks() []check {
	return []check{
		{"says what it reads", saysWhatItReads},
		{"streams everybody once", streamsEverybodyOnce},
		{"gives values parallel to the request", givesValuesInParallel},
		{"knows attributes in any case", knowsAttributesInAnyCase},
		{"leaves an unknown attribute absent", leavesUnknownAbsent},
		{"gives all attributes when all are asked for", givesAllAttributes},
		{"fills only what was asked for", fillsOnlyWhatWasAsked},
		{"gives well-formed values", givesWellFormedValues},
		{"tells notices in one sentence during the stream", tellsNotices},
		{"reads anew in each loop", readsAnew},
		{"serves two loops at once", servesTwoLoops},
		{"stops when the loop is left", stopsWhenLeft},
		{"does not begin under a cancelled context", failsWhenCancelledBefore},
		{"ends in an error when cancelled in the middle", failsWhenCancelledWithin},
		{"ends in an error when cancelled at the last person", failsWhenCancelledAtTheEnd},
		{"does not begin after the deadline", failsAfterDeadline},
		{"ends in an error at the deadline", failsAtDeadline},
		{"passes its own check", passesItsCheck},
	}
}

// try runs a check and looks at what it leaves behind.
func (s Suite) try(ctx context.Context, c check, connector idp.Connector) error {
	before := goroutines()
	// No check reads more than three times; the rest is for a machine that is
	// busy with something else.
	limit := 10 * s.Patience
	done := make(chan error, 1)
	go func() { done <- c.run(ctx, s, connector) }()
	select {
	case err := <-done:
		if err != nil {
			return err
		}
	case <-time.After(limit):
		return fmt.Errorf("not done within %s:\n%s", limit, describe(started(before)))
	}
	if !s.settles(func() bool { return len(started(before)) == 0 }) {
		return fmt.Errorf("goroutines were left behind:\n%s", describe(started(before)))
	}
	if s.Connections != nil && !s.settles(func() bool { return s.Connections() == 0 }) {
		return fmt.Errorf("%d connections were left open", s.Connections())
	}
	return nil
}

// settles waits for what the other end of a connection, or a goroutine on its
// last line, does a moment later.
func (s Suite) settles(isDone func() bool) bool {
	end := time.Now().Add(s.Patience)
	for ; time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		if isDone() {
			return true
		}
	}
	return isDone()
}
