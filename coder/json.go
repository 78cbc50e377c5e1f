package coder

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// scanner reads JSON (RFC 8259) from a text. Its strings are parts of the text,
// where they hold no escapes: lists of 100,000 users and reports of their usage
// are read several times faster than by encoding/json, which looks at everything
// twice and copies it.
//
// Its error is [io.ErrUnexpectedEOF] where the text ends too early.
type scanner struct {
	text string
	at   int
}

// deepest is how far arrays and objects may be nested. Coder's are four deep.
const deepest = 64

// peek is the next character after white space, 0 at the end.
func (s *scanner) peek() byte {
	for ; s.at < len(s.text); s.at++ {
		switch c := s.text[s.at]; c {
		case ' ', '\t', '\r', '\n':
		default:
			return c
		}
	}
	return 0
}

// take goes past the next character if it is c.
func (s *scanner) take(c byte) bool {
	if s.peek() != c {
		return false
	}
	s.at++
	return true
}

// expect goes past the next character, which must be c.
func (s *scanner) expect(c byte) error {
	if !s.take(c) {
		return s.unexpected(strconv.QuoteRune(rune(c)))
	}
	return nil
}

// unexpected is the error where something else was wanted.
func (s *scanner) unexpected(wanted string) error {
	if s.isAtEnd() {
		return io.ErrUnexpectedEOF
	}
	found, _ := utf8.DecodeRuneInString(s.text[s.at:])
	return fmt.Errorf("%q where %s should be", found, wanted)
}

// isAtEnd says whether nothing but white space is left.
func (s *scanner) isAtEnd() bool { return s.peek() == 0 && s.at >= len(s.text) }

// line is where the scanner is, counted from 1.
func (s *scanner) line() int { return strings.Count(s.text[:s.at], "\n") + 1 }

// object calls member for every member, which reads its value.
func (s *scanner) object(member func(key string) error) error {
	if err := s.expect('{'); err != nil {
		return err
	}
	if s.take('}') {
		return nil
	}
	for {
		key, err := s.string()
		if err == nil {
			err = s.expect(':')
		}
		if err == nil {
			err = member(key)
		}
		if err != nil {
			return err
		}
		if s.take('}') {
			return nil
		}
		if !s.take(',') {
			return s.unexpected("',' or '}'")
		}
	}
}

// array calls element for every element, which reads it.
func (s *scanner) array(element func() error) error {
	if err := s.expect('['); err != nil {
		return err
	}
	if s.take(']') {
		return nil
	}
	for {
		if err := element(); err != nil {
			return err
		}
		if s.take(']') {
			return nil
		}
		if !s.take(',') {
			return s.unexpected("',' or ']'")
		}
	}
}

// string reads a string.
func (s *scanner) string() (string, error) {
	if err := s.expect('"'); err != nil {
		return "", err
	}
	start := s.at
	for ; s.at < len(s.text); s.at++ {
		switch c := s.text[s.at]; {
		case c == '"':
			s.at++
			return s.text[start : s.at-1], nil
		case c == '\\':
			return s.escaped(start)
		case c < ' ':
			return "", errors.New("a control character in a string")
		}
	}
	return "", s.unexpected(`'"'`)
}

// escaped reads the rest of a string that began at start and has escapes.
func (s *scanner) escaped(start int) (string, error) {
	text := []byte(s.text[start:s.at])
	for s.at < len(s.text) {
		c := s.text[s.at]
		switch {
		case c == '"':
			s.at++
			return string(text), nil
		case c < ' ':
			return "", errors.New("a control character in a string")
		case c != '\\':
			text = append(text, c)
			s.at++
			continue
		}
		r, err := s.escape()
		if err != nil {
			return "", err
		}
		text = utf8.AppendRune(text, r)
	}
	return "", s.unexpected(`'"'`)
}

// escape reads one escape, or the two of a pair of surrogates. One that has no
// other is no character, and an error.
func (s *scanner) escape() (rune, error) {
	if s.at+1 >= len(s.text) {
		s.at = len(s.text)
		return 0, s.unexpected("an escape")
	}
	s.at += 2
	c := s.text[s.at-1]
	if at := strings.IndexByte(`"\/bfnrt`, c); at >= 0 {
		return rune("\"\\/\b\f\n\r\t"[at]), nil
	}
	if c != 'u' {
		return 0, fmt.Errorf(`\%c in a string`, c)
	}
	r, err := s.hex()
	if err != nil || !utf16.IsSurrogate(r) {
		return r, err
	}
	if strings.HasPrefix(s.text[s.at:], `\u`) {
		s.at += 2
		low, err := s.hex()
		if err != nil {
			return 0, err
		}
		if r := utf16.DecodeRune(r, low); r != utf8.RuneError {
			return r, nil
		}
	}
	if s.at+2 > len(s.text) {
		s.at = len(s.text)
		return 0, s.unexpected("an escape")
	}
	return 0, errors.New("half a pair of surrogates in a string")
}

func (s *scanner) hex() (rune, error) {
	if s.at+4 > len(s.text) {
		s.at = len(s.text)
		return 0, s.unexpected("four hexadecimal digits")
	}
	n, err := strconv.ParseUint(s.text[s.at:s.at+4], 16, 16)
	if err != nil {
		return 0, errors.New("four hexadecimal digits should be after \\u")
	}
	s.at += 4
	return rune(n), nil
}

// literal reads true, false or null.
func (s *scanner) literal(word string) bool {
	if !strings.HasPrefix(s.text[s.at:], word) {
		return false
	}
	s.at += len(word)
	return true
}

// number reads a number, and gives it as it is written.
func (s *scanner) number() (string, error) {
	s.peek()
	start := s.at
	digits := func() bool {
		from := s.at
		for s.at < len(s.text) && s.text[s.at] >= '0' && s.text[s.at] <= '9' {
			s.at++
		}
		return s.at > from
	}
	is := func(set string) bool {
		found := s.at < len(s.text) && strings.IndexByte(set, s.text[s.at]) >= 0
		if found {
			s.at++
		}
		return found
	}
	is("-")
	if ok := is("0") || digits(); !ok {
		return "", s.unexpected("a value")
	}
	if is(".") && !digits() {
		return "", s.unexpected("a digit")
	}
	if is("eE") {
		is("+-")
		if !digits() {
			return "", s.unexpected("a digit")
		}
	}
	return s.text[start:s.at], nil
}

// skip reads a value that nobody wants, inside of depth arrays and objects.
func (s *scanner) skip(depth int) error {
	if depth > deepest {
		return fmt.Errorf("more than %d arrays and objects inside each other", deepest)
	}
	switch s.peek() {
	case '{':
		return s.object(func(string) error { return s.skip(depth + 1) })
	case '[':
		return s.array(func() error { return s.skip(depth + 1) })
	case '"':
		_, err := s.string()
		return err
	case 't', 'f', 'n':
		if s.literal("true") || s.literal("false") || s.literal("null") {
			return nil
		}
		for _, word := range []string{"true", "false", "null"} {
			if strings.HasPrefix(word, s.text[s.at:]) {
				s.at = len(s.text)
			}
		}
		return s.unexpected("a value")
	}
	_, err := s.number()
	return err
}
