// Package jsontext scans JSON (RFC 8259) that is in memory, and takes the texts
// that encoding/json takes. That looks at everything twice and copies it; this
// looks once, and strings without escapes are parts of the text.
//
// Numbers stay as they are spelled, and an object's members come in their order,
// also those with the same key. The text has to be UTF-8, which is not checked.
//
// What the program writes as JSON is written here, too, by encoding/json.
package jsontext

// Scanner is at a place of a text, and goes on from there. After an error it
// stays at the place that the error is about.
type Scanner[T string | []byte] struct {
	Text T
	// At is the place in bytes.
	At int
	// Deepest is how many objects and arrays may be inside each other.
	Deepest int
	// Partial says that more may follow the text: [ErrMore] is the error where
	// it ends too early, and after a number that ends it.
	Partial bool
	// WholePairs makes half a pair of surrogates an error. Otherwise it is U+FFFD,
	// as in encoding/json.
	WholePairs bool
	// HalfPairs counts those that became U+FFFD.
	HalfPairs int

	depth int
}

// Peek gives the next byte that is no white space, and goes there. It is 0 at
// the end of the text.
func (s *Scanner[T]) Peek() byte {
	if s.At < len(s.Text) && s.Text[s.At] > ' ' {
		return s.Text[s.At]
	}
	return s.peekBeyondBlanks()
}

func (s *Scanner[T]) peekBeyondBlanks() byte {
	for ; s.At < len(s.Text); s.At++ {
		switch c := s.Text[s.At]; c {
		case ' ', '\t', '\r', '\n':
		default:
			return c
		}
	}
	return 0
}

// Take goes beyond the next byte, after any white space, if it is c.
func (s *Scanner[T]) Take(c byte) bool {
	if s.Peek() != c {
		return false
	}
	s.At++
	return true
}

// IsAtEnd says whether nothing but white space is left.
func (s *Scanner[T]) IsAtEnd() bool { return s.Peek() == 0 && s.At == len(s.Text) }

// Object reads an object. It calls member behind each key and its colon, to
// read the value.
func (s *Scanner[T]) Object(member func(key T) error) error {
	if err := s.enter('{', "an object"); err != nil {
		return err
	}
	for isDone := s.Take('}'); !isDone; {
		key, err := s.Key()
		if err != nil {
			return err
		}
		if err := member(key); err != nil {
			return err
		}
		switch s.Peek() {
		case ',':
			s.At++
		case '}':
			s.At++
			isDone = true
		default:
			return s.Misplaced("an object", "',' or '}'")
		}
	}
	s.depth--
	return nil
}

// Key reads the key of an object's member, and the colon behind it.
func (s *Scanner[T]) Key() (T, error) {
	if s.Peek() != '"' {
		return s.none(s.Misplaced("an object", `'"'`))
	}
	key, err := s.String()
	if err != nil {
		return key, err
	}
	if !s.Take(':') {
		return s.none(s.Misplaced("an object", "':'"))
	}
	return key, nil
}

// Array reads an array. It calls element before each element, to read it.
func (s *Scanner[T]) Array(element func() error) error {
	if err := s.enter('[', "an array"); err != nil {
		return err
	}
	for isDone := s.Take(']'); !isDone; {
		if err := element(); err != nil {
			return err
		}
		switch s.Peek() {
		case ',':
			s.At++
		case ']':
			s.At++
			isDone = true
		default:
			return s.Misplaced("an array", "',' or ']'")
		}
	}
	s.depth--
	return nil
}

// enter goes beyond the opening bracket of an object or an array.
func (s *Scanner[T]) enter(bracket byte, within string) error {
	if s.Peek() != bracket {
		return s.Misplaced(within, "'"+string(bracket)+"'")
	}
	if s.depth >= s.Deepest {
		return &Error{Kind: TooDeep, Deepest: s.Deepest}
	}
	s.depth++
	s.At++
	return nil
}

// Skip reads any value.
func (s *Scanner[T]) Skip() error {
	var err error
	switch c := s.Peek(); {
	case c == '{':
		err = s.Object(func(T) error { return s.Skip() })
	case c == '[':
		err = s.Array(s.Skip)
	case c == '"':
		_, err = s.String()
	case c == '-' || '0' <= c && c <= '9':
		_, err = s.Number()
	default:
		_, err = s.Literal()
	}
	return err
}
