package idp

import "fmt"

// Oddity counts people of whom a value could not be read, for a notice.
type Oddity struct {
	count   int
	example string
}

// Note counts one. The first is the notice's example.
func (o *Oddity) Note(value string) {
	if o.count++; o.count == 1 {
		o.example = value
	}
}

// Tell gives a notice where something was noted. The format has a %s for how
// many people it is, and a %q for the example.
func (o *Oddity) Tell(req Request, format string) {
	switch o.count {
	case 0:
	case 1:
		req.Tell(fmt.Sprintf(format, "1 person", o.example))
	default:
		req.Tell(fmt.Sprintf(format, fmt.Sprintf("%d people", o.count), o.example))
	}
}
