package idp

import (
	"fmt"
	"sync"
)

// Oddity counts people of whom a value could not be read, for a notice. It may
// be used by several goroutines.
type Oddity struct {
	mu      sync.Mutex
	count   int
	example string
}

// Note counts one. The first is the notice's example.
func (o *Oddity) Note(value string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.count++; o.count == 1 {
		o.example = value
	}
}

// Tell gives a notice where something was noted: what say makes of how many
// people it is, "2 people", and of the example, which stands in quotes.
func (o *Oddity) Tell(req Request, say func(people, example string) string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.count == 0 {
		return
	}
	people := "1 person"
	if o.count > 1 {
		people = fmt.Sprintf("%d people", o.count)
	}
	req.Tell(say(people, fmt.Sprintf("%q", o.example)))
}

// NoAddress says that a source has something else for an email.
func NoAddress(source string) func(people, example string) string {
	return func(people, example string) string {
		return fmt.Sprintf("what %s has for the email of %s is no address, such as %s, and counts as none", source, people, example)
	}
}
