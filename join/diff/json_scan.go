package diff

import (
	"bytes"
	"strings"
)

// scanner walks over JSON (RFC 8259), and finds where things end. What lies
// inside of strings with escapes, and of numbers, is for encoding/json to check.
type scanner struct {
	text []byte
	at   int
}

// blanks may stand between all parts of JSON.
const blanks = " \t\r\n"

// skip goes beyond any blanks.
func (s *scanner) skip() {
	for s.at < len(s.text) && s.text[s.at] <= ' ' && strings.IndexByte(blanks, s.text[s.at]) >= 0 {
		s.at++
	}
}

// atEnd says whether only blanks are left.
func (s *scanner) atEnd() bool {
	s.skip()
	return s.at == len(s.text)
}

// peek gives the first byte after any blanks, or 0 at the end.
func (s *scanner) peek() byte {
	if s.atEnd() {
		return 0
	}
	return s.text[s.at]
}

// take goes beyond a byte, where it is the first after any blanks.
func (s *scanner) take(c byte) bool {
	if s.peek() != c {
		return false
	}
	s.at++
	return true
}

// takeAll goes beyond a text, where it is next after any blanks.
func (s *scanner) takeAll(text []byte) bool {
	s.skip()
	if !bytes.HasPrefix(s.text[s.at:], text) {
		return false
	}
	s.at += len(text)
	return true
}

// quoted takes a string with its quotes, and says whether what is between them
// is the text as it stands. It gives nothing where there is no string.
func (s *scanner) quoted() (text []byte, isPlain bool) {
	if s.peek() != '"' {
		return nil, false
	}
	isPlain = true
	rest := s.text[s.at:]
	for i := 1; i < len(rest); i++ {
		switch c := rest[i]; {
		case c == '"':
			s.at += i + 1
			return rest[:i+1], isPlain
		case c == '\\':
			isPlain = false
			i++ // perhaps a quote that is part of the text
		case c < ' ':
			isPlain = false // not allowed
		}
	}
	return nil, false
}

// literal takes all up to what may follow a number, true, false or null.
func (s *scanner) literal() []byte {
	s.skip()
	rest := s.text[s.at:]
	if end := bytes.IndexAny(rest, blanks+",]}"); end >= 0 {
		rest = rest[:end]
	}
	s.at += len(rest)
	return rest
}
