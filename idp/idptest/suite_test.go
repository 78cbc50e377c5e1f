package idptest

import (
	"context"
	"errors"
	"iter"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"cohort/idp"
	"cohort/internal/fault"
)

func TestCorrectConnectorPasses(t *testing.T) {
	s := suite(company())
	s.Broken = map[string]Broken{
		"the source's end": {New: func(*testing.T) idp.Connector {
			m := company()
			m.fails = 2
			return m
		}, Kind: fault.Source},
	}
	Run(t, s)
}

// change makes a stream that gives what each person, and each error, becomes.
func change(stream iter.Seq2[idp.Person, error], become func(n int, p idp.Person, err error) (idp.Person, error)) iter.Seq2[idp.Person, error] {
	return func(yield func(idp.Person, error) bool) {
		n := 0
		for p, err := range stream {
			n++
			if !yield(become(n, p, err)) {
				return
			}
		}
	}
}

// people changes each person of a stream.
func people(become func(*idp.Person, idp.Request)) misbehaviour {
	return func(_ context.Context, req idp.Request, stream iter.Seq2[idp.Person, error]) iter.Seq2[idp.Person, error] {
		return change(stream, func(_ int, p idp.Person, err error) (idp.Person, error) {
			if err == nil {
				become(&p, req)
			}
			return p, err
		})
	}
}

type misbehaviour = func(context.Context, idp.Request, iter.Seq2[idp.Person, error]) iter.Seq2[idp.Person, error]

func TestSuiteCatchesMisbehaviour(t *testing.T) {
	tests := []struct {
		name  string
		wrong misbehaviour
		check string // the check that must fail
		says  string // what its error holds
	}{
		{
			"somebody is left out",
			func(_ context.Context, _ idp.Request, stream iter.Seq2[idp.Person, error]) iter.Seq2[idp.Person, error] {
				return func(yield func(idp.Person, error) bool) {
					for p, err := range stream {
						if p.ID != "3" && !yield(p, err) {
							return
						}
					}
				}
			},
			"streams everybody once", "3 people came, want 4",
		},
		{
			"somebody comes twice",
			people(func(p *idp.Person, _ idp.Request) { p.ID = strings.Replace(p.ID, "4", "1", 1) }),
			"streams everybody once", "came twice",
		},
		{
			"somebody has no ID",
			people(func(p *idp.Person, _ idp.Request) { p.ID = "" }),
			"streams everybody once", "has no ID",
		},
		{
			"a value more than was asked for",
			people(func(p *idp.Person, _ idp.Request) { p.Fields = append(p.Fields, idp.TextOf("x")) }),
			"streams everybody once", "want 0 and 0",
		},
		{
			"values in an order of its own",
			people(func(p *idp.Person, _ idp.Request) {
				if len(p.Fields) > 1 {
					p.Fields[0], p.Fields[1] = idp.TextOf("first"), idp.TextOf("second")
				}
			}),
			"gives values parallel to the request", "change with their order",
		},
		{
			"attributes in one case only",
			people(func(p *idp.Person, req idp.Request) {
				for i, name := range req.Attributes {
					if name == "FULLnAME" {
						p.Attributes[i] = idp.Value{}
					}
				}
			}),
			"knows attributes in any case", "two reads differ",
		},
		{
			"an attribute that nobody has filled in",
			people(func(p *idp.Person, _ idp.Request) {
				for i := range p.Attributes {
					p.Attributes[i] = idp.TextOf("N/A")
				}
			}),
			"leaves an unknown attribute absent", "has an attribute that nobody has",
		},
		{
			"all attributes that nobody asked for",
			people(func(p *idp.Person, _ idp.Request) {
				p.All = []idp.Attribute{{Name: "fullName", Value: idp.TextOf("x")}}
			}),
			"fills only what was asked for", "which nobody asked for",
		},
		{
			"all attributes but one",
			people(func(p *idp.Person, req idp.Request) {
				if req.All {
					p.All = p.All[:1]
				}
			}),
			"gives all attributes when all are asked for", `"memberOf" is not among all attributes`,
		},
		{
			"an attribute that is left out for one person",
			people(func(p *idp.Person, req idp.Request) {
				if req.All && p.ID == "3" {
					p.All = p.All[:1]
				}
			}),
			"gives all attributes when all are asked for", `all attributes of "3" differ`,
		},
		{
			"an attribute that comes twice",
			people(func(p *idp.Person, req idp.Request) {
				if req.All {
					p.All = append(p.All, p.All[0])
				}
			}),
			"gives all attributes when all are asked for", "comes twice",
		},
		{
			"an attribute that feeds something else for each",
			people(func(p *idp.Person, req idp.Request) {
				if req.All && p.ID == "2" {
					p.All[0].Feeds = []idp.Field{idp.Title}
				}
			}),
			"gives all attributes when all are asked for", "and with somebody else",
		},
		{
			"references that nobody asked for",
			people(func(p *idp.Person, _ idp.Request) { p.Ref = p.ID }),
			"fills only what was asked for", "which nobody asked for",
		},
		{
			"one reference for two people",
			people(func(p *idp.Person, req idp.Request) {
				if len(req.Fields) > 0 && req.Fields[0] == idp.ManagerEmail {
					p.Ref = "everybody"
				}
			}),
			"fills only what was asked for", "have the same Ref",
		},
		{
			"an empty text that is not absent",
			people(func(p *idp.Person, _ idp.Request) {
				for i := range p.Fields {
					p.Fields[i] = idp.Value{Kind: idp.Text}
				}
			}),
			"gives well-formed values", "an empty text is absent",
		},
		{
			"blanks around an address",
			people(func(p *idp.Person, _ idp.Request) { p.Primary = " " + p.Primary }),
			"gives well-formed values", "an address that is none",
		},
		{
			"a notice of two lines",
			func(_ context.Context, req idp.Request, stream iter.Seq2[idp.Person, error]) iter.Seq2[idp.Person, error] {
				return func(yield func(idp.Person, error) bool) {
					req.Tell("one\ntwo")
					stream(yield)
				}
			},
			"tells notices in one sentence during the stream", "not one sentence",
		},
		{
			"a stream that keeps its place",
			func(_ context.Context, _ idp.Request, stream iter.Seq2[idp.Person, error]) iter.Seq2[idp.Person, error] {
				skip := 0
				return func(yield func(idp.Person, error) bool) {
					n := 0
					for p, err := range stream {
						if n++; n <= skip {
							continue
						}
						skip = n
						if !yield(p, err) {
							return
						}
					}
				}
			},
			"reads anew in each loop", "3 people came, want 4",
		},
		{
			"a stream for one loop at a time",
			func(_ context.Context, _ idp.Request, stream iter.Seq2[idp.Person, error]) iter.Seq2[idp.Person, error] {
				var running atomic.Int32
				return func(yield func(idp.Person, error) bool) {
					defer running.Add(-1)
					if running.Add(1) > 1 {
						yield(idp.Person{}, errors.New("busy"))
						return
					}
					time.Sleep(50 * time.Millisecond)
					stream(yield)
				}
			},
			"serves two loops at once", "busy",
		},
		{
			"a stream that goes on after its loop was left",
			func(_ context.Context, _ idp.Request, stream iter.Seq2[idp.Person, error]) iter.Seq2[idp.Person, error] {
				return func(yield func(idp.Person, error) bool) {
					stream(func(p idp.Person, err error) bool {
						yield(p, err)
						return true
					})
				}
			},
			"stops when the loop is left", "went on after its loop was left",
		},
		{
			"a short list under a cancelled context",
			shortWhen(context.Canceled),
			"does not begin under a cancelled context", "0 people came and no error",
		},
		{
			"a short list after a cancellation",
			shortWhen(context.Canceled),
			"ends in an error when cancelled in the middle", "1 people came and no error",
		},
		{
			"a cancellation that the last page hides",
			shortWhen(context.Canceled),
			"ends in an error when cancelled at the last person", "4 people came and no error",
		},
		{
			"a cancellation that is not recognisable",
			func(_ context.Context, _ idp.Request, stream iter.Seq2[idp.Person, error]) iter.Seq2[idp.Person, error] {
				return change(stream, func(_ int, p idp.Person, err error) (idp.Person, error) {
					if err != nil {
						err = errors.New("connection closed")
					}
					return p, err
				})
			},
			"ends in an error when cancelled in the middle", "the error is not one that is",
		},
		{
			"a short list after the deadline",
			shortWhen(context.DeadlineExceeded),
			"does not begin after the deadline", "no error",
		},
		{
			"a short list at the deadline",
			shortWhen(context.DeadlineExceeded),
			"ends in an error at the deadline", "no error",
		},
		{
			"a person after an error",
			func(_ context.Context, _ idp.Request, stream iter.Seq2[idp.Person, error]) iter.Seq2[idp.Person, error] {
				return func(yield func(idp.Person, error) bool) {
					stream(yield)
					yield(idp.Person{}, errors.New("one"))
					yield(idp.Person{ID: "5"}, nil)
				}
			},
			"streams everybody once", "something came after the error",
		},
		{
			"an error with a person",
			func(_ context.Context, _ idp.Request, stream iter.Seq2[idp.Person, error]) iter.Seq2[idp.Person, error] {
				return func(yield func(idp.Person, error) bool) {
					stream(yield)
					yield(idp.Person{ID: "5"}, errors.New("one"))
				}
			},
			"streams everybody once", "came with a person",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m := company()
			m.wrong = test.wrong
			wantCaught(t, suite(m), find(t, test.check), m, test.says)
		})
	}
}

// shortWhen hides the errors of a context that ended so.
func shortWhen(hidden error) misbehaviour {
	return func(_ context.Context, _ idp.Request, stream iter.Seq2[idp.Person, error]) iter.Seq2[idp.Person, error] {
		return func(yield func(idp.Person, error) bool) {
			for p, err := range stream {
				if errors.Is(err, hidden) || !yield(p, err) {
					return
				}
			}
		}
	}
}

// nameless is a connector that does not say what it reads.
type nameless struct{ *memory }

func (nameless) Source() idp.Source { return idp.Source{} }

func TestSuiteCatchesSourceWithoutName(t *testing.T) {
	m := company()
	wantCaught(t, suite(m), find(t, "says what it reads"), nameless{m}, "no name")
}

func TestSuiteCatchesWhatIsLeftBehind(t *testing.T) {
	t.Run("a goroutine", func(t *testing.T) {
		stop := make(chan struct{})
		defer close(stop)
		m := company()
		s := suite(m)
		s.Patience = 100 * time.Millisecond
		m.wrong = func(_ context.Context, _ idp.Request, stream iter.Seq2[idp.Person, error]) iter.Seq2[idp.Person, error] {
			return func(yield func(idp.Person, error) bool) {
				go func() { <-stop }()
				stream(yield)
			}
		}
		wantCaught(t, s, find(t, "stops when the loop is left"), m, "goroutines were left behind")
	})
	t.Run("a connection", func(t *testing.T) {
		m := company()
		s := suite(m)
		s.Patience = 100 * time.Millisecond
		s.Connections = func() int { return 1 }
		wantCaught(t, s, find(t, "stops when the loop is left"), m, "1 connections were left open")
	})
	t.Run("a read that hangs", func(t *testing.T) {
		stop := make(chan struct{})
		defer close(stop)
		m := company()
		m.wrong = func(context.Context, idp.Request, iter.Seq2[idp.Person, error]) iter.Seq2[idp.Person, error] {
			return func(func(idp.Person, error) bool) { <-stop }
		}
		s := suite(m)
		s.Patience = 20 * time.Millisecond
		wantCaught(t, s, find(t, "ends in an error when cancelled in the middle"), m, "not done within")
	})
}

func TestSuiteCatchesBrokenConnectorsThatDoNotSaySo(t *testing.T) {
	broken := func(kind fault.Kind) check {
		return check{run: func(ctx context.Context, _ Suite, c idp.Connector) error {
			return endsInOneError(ctx, c, kind)
		}}
	}
	whole := company()
	wantCaught(t, suite(whole), broken(fault.Source), whole, "4 people came and no error")
	cut := company()
	cut.fails = 2
	wantCaught(t, suite(cut), broken(fault.Credentials), cut, "the error is of kind")
}

func find(t *testing.T, name string) check {
	t.Helper()
	for _, check := range checks() {
		if check.name == name {
			return check
		}
	}
	t.Fatalf("no check is called %q", name)
	return check{}
}

func wantCaught(t *testing.T, s Suite, c check, connector idp.Connector, says string) {
	t.Helper()
	err := s.try(t.Context(), c, connector)
	if err == nil || !strings.Contains(err.Error(), says) {
		t.Errorf("the check said %v, want something with %q", err, says)
	}
}
