package idp

import (
	"context"
	"iter"

	"cohort/internal/intent"
	"cohort/internal/probe"
)

// Connector reads people from one source.
type Connector interface {
	// Source says what is read, for summaries and errors.
	Source() Source

	// People streams everybody, once each, with what req asks for.
	//
	// The stream ends without an error only when the source gave everybody. A
	// non-nil error comes with the zero Person and is the last of the stream;
	// a cancelled context is such an error. A defect of one record is data,
	// not an error. When the loop over the stream is left early, everything
	// the stream opened is closed before the loop's next statement runs. Each
	// loop over the stream reads the source anew.
	People(ctx context.Context, req Request) iter.Seq2[Person, error]
}

// Lookup is a connector that can also find managers whom its stream left out,
// since they are outside of what was asked for.
type Lookup interface {
	// Addresses gives the primary addresses of the people with these Refs.
	// Whom the source does not know, or knows no address of, is left out.
	Addresses(ctx context.Context, refs []string) (map[string]string, error)
}

// Checker is a connector that can say step by step whether its source can be
// reached, and whether the credentials show everybody, by what a read does and
// without reading more than it has to. It changes nothing.
type Checker interface {
	// Check reports each step as it ends; it ends with ctx.
	Check(ctx context.Context, report func(probe.Step))
}

// Planner is a connector that can say what its stream and its [Lookup] are going
// to do, by the very code that does it. It takes no credentials and no network.
type Planner interface {
	Plan(req Request) intent.Read
}

// Request names what is wanted of each person, so that nothing else is asked
// of the source.
type Request struct {
	// Fields are person fields out of [MappedFields].
	Fields []Field
	// Attributes are names of the source's own attributes, in any case.
	Attributes []string
	// Reuse says that whoever asks keeps no [Person.Fields] and
	// [Person.Attributes] when the stream goes on, so that the source may use
	// their memory again. Their texts may be kept.
	Reuse bool
	// AllowEmpty says that nobody may be the truth. Without it a source that
	// hides people from those who may not see them gives an error in place of
	// nobody.
	AllowEmpty bool
	// All wants everything that the source has of each person, in Person.All.
	// What a person's attributes are the source knows alone, so that nothing
	// can be left out on the way.
	All bool
	// Notify is told, during the stream and from its goroutine, what the user
	// should know about the read as a whole: one sentence without a full
	// stop, such as "3 referrals were not followed". It may be nil.
	Notify func(notice string)
}

// Tell calls Notify where there is one.
func (r Request) Tell(notice string) {
	if r.Notify != nil {
		r.Notify(notice)
	}
}

// Source describes where people come from.
type Source struct {
	// Name is the source as its user named it, without secrets:
	// "ldaps://ldap.example.com/dc=example,dc=com".
	Name string
	// Proved is true where a finished stream proves that everybody was seen;
	// false where access rules may hide people without a sign, as in LDAP.
	Proved bool
}
