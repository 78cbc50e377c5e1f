package jsontext

import (
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// ErrMore is the error where a text ends that is [Scanner.Partial]: what is read
// has to be read again from its beginning, with more behind it.
var ErrMore = errors.New("the text goes on")

// Error says in which way a text is no JSON. Its fields are for those who say it
// in words of their own.
type Error struct {
	Kind Kind
	// Found is the character or the escape that is wrong.
	Found string
	// Within is what was being read: "an object".
	Within string
	// Wanted is what a misplaced character stands in the place of: "a digit".
	Wanted string
	// Deepest is how many objects and arrays may be inside each other.
	Deepest int
}

// Kind is what is wrong.
type Kind int

const (
	// Cut is an end of the text that comes too early. It is an
	// [io.ErrUnexpectedEOF].
	Cut Kind = iota
	// Misplaced is a character in the place of another.
	Misplaced
	// Unescaped is a control character in a string.
	Unescaped
	// NoEscape is a backslash in a string with what makes no escape of it.
	NoEscape
	// HalfPair is one of two surrogates; see [Scanner.WholePairs].
	HalfPair
	// TooDeep is an object or an array too many inside each other.
	TooDeep
)

// Error implements error.
func (e *Error) Error() string {
	switch e.Kind {
	case Cut:
		return "it ends within " + e.Within
	case Misplaced:
		return e.Quoted() + " is out of place in " + e.Within
	case Unescaped:
		return e.Quoted() + " has to be escaped in a string"
	case NoEscape:
		return fmt.Sprintf("%q is no escape", e.Found)
	case HalfPair:
		return fmt.Sprintf("%q is half a character", e.Found)
	default:
		return fmt.Sprintf("values nest deeper than %d", e.Deepest)
	}
}

// Quoted is the character that was found, for messages: 'x', '\n'.
func (e *Error) Quoted() string {
	r, _ := utf8.DecodeRuneInString(e.Found)
	return fmt.Sprintf("%q", r)
}

// Is says of an end that comes too early that it is an [io.ErrUnexpectedEOF].
func (e *Error) Is(target error) bool { return e.Kind == Cut && target == io.ErrUnexpectedEOF }

// Misplaced is the error about what is next, after any white space: within this
// it stands in the place of what was wanted. It may be the end of the text.
func (s *Scanner[T]) Misplaced(within, wanted string) error {
	if s.IsAtEnd() {
		return s.Ended(within)
	}
	rest := []byte(s.Text[s.At:min(s.At+utf8.UTFMax, len(s.Text))])
	if s.Partial && !utf8.FullRune(rest) {
		return ErrMore
	}
	r, _ := utf8.DecodeRune(rest)
	return &Error{Kind: Misplaced, Found: string(r), Within: within, Wanted: wanted}
}

// Ended is the error about the end of the text within this.
func (s *Scanner[T]) Ended(within string) error {
	s.At = len(s.Text)
	if s.Partial {
		return ErrMore
	}
	return &Error{Kind: Cut, Within: within}
}

// none gives an error without a text.
func (s *Scanner[T]) none(err error) (T, error) {
	var none T
	return none, err
}
