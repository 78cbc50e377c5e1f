// Package fault sorts failures by what the person at the terminal can do about
// them. The lowest layer that knows the answer makes the [Error]; everybody
// above wraps it with %w, and the command turns the kind into its exit code.
package fault

import (
	"errors"
	"fmt"
)

// Kind says whose move it is after a failure.
type Kind int

// The kinds of failure.
const (
	// Other is every failure without a kind of its own: a full disk, a defect.
	Other Kind = iota
	// Usage is a wrong flag, setting or input file: the caller mends the command.
	Usage
	// Findings are no failure of the run: the caller asked to be told by the
	// exit code, and everything was written.
	Findings
	// Credentials were refused, or do not suffice to see everybody.
	Credentials
	// Source could not be reached, or ended before everything was read.
	Source
)

// Error is a failure in the parts that one line to the user needs: what was
// tried and what came back (Err), and what to do next (Hint, which may be
// empty).
type Error struct {
	Kind Kind
	Err  error
	Hint string
}

// New makes an [Error] from a hint and a format for [fmt.Errorf], whose %w works.
func New(kind Kind, hint, format string, args ...any) error {
	return &Error{Kind: kind, Hint: hint, Err: fmt.Errorf(format, args...)}
}

// Error gives the failure and the hint in one line.
func (e *Error) Error() string {
	if e.Hint == "" {
		return e.Err.Error()
	}
	return e.Err.Error() + "; " + e.Hint
}

// Unwrap gives what came back.
func (e *Error) Unwrap() error { return e.Err }

// KindOf is the kind of the outermost [Error] in err's chain, else [Other].
func KindOf(err error) Kind {
	var fault *Error
	if errors.As(err, &fault) {
		return fault.Kind
	}
	return Other
}
