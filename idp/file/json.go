package file

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// deepest bounds how deep values nest.
const deepest = 100

// jsonScanner reads values of RFC 8259, as strictly as encoding/json does.
type jsonScanner struct {
	text string
	at   int
	// isLast says that nothing follows the text.
	isLast bool
}

// syntaxError is about the byte of the text that should not be there.
type syntaxError struct{ what string }

func (e *syntaxError) Error() string { return e.what }

// cutError is that the text ends too early.
type cutError struct{ within string }

func (e *cutError) Error() string { return "it ends within " + e.within }

// short is the error at the end of the text.
func (s *jsonScanner) short(within string) error {
	s.at = len(s.text)
	if !s.isLast {
		return errMore
	}
	return &cutError{within}
}

func (s *jsonScanner) wrong(format string, args ...any) error {
	return &syntaxError{fmt.Sprintf(format, args...)}
}

// peek gives the next byte that is no blank, 0 at the end of the text.
func (s *jsonScanner) peek() byte {
	for ; s.at < len(s.text); s.at++ {
		switch c := s.text[s.at]; c {
		case ' ', '\t', '\r', '\n':
		default:
			return c
		}
	}
	return 0
}

// isAtEnd says whether nothing but blanks is left.
func (s *jsonScanner) isAtEnd() bool { return s.peek() == 0 && s.at == len(s.text) }

// take reads a byte that has to be next.
func (s *jsonScanner) take(c byte, within string) error {
	if s.peek() != c {
		return s.unexpected(within)
	}
	s.at++
	return nil
}

// unexpected is about the next byte, or its absence.
func (s *jsonScanner) unexpected(within string) error {
	if s.isAtEnd() {
		return s.short(within)
	}
	if !s.isLast && !utf8.FullRuneInString(s.text[s.at:]) {
		return errMore
	}
	r, _ := utf8.DecodeRuneInString(s.text[s.at:])
	return s.wrong("%q is out of place in %s", r, within)
}

// each reads the members of an object or the items of an array behind the
// opening bracket, up to the closing one.
func (s *jsonScanner) each(closing byte, within string, read func() error) error {
	if s.peek() == closing {
		s.at++
		return nil
	}
	for {
		if err := read(); err != nil {
			return err
		}
		switch s.peek() {
		case ',':
			s.at++
		case closing:
			s.at++
			return nil
		default:
			return s.unexpected(within)
		}
	}
}

// key reads a member's name and the colon behind it.
func (s *jsonScanner) key() (string, error) {
	if s.peek() != '"' {
		return "", s.unexpected("an object")
	}
	key, err := s.string()
	if err != nil {
		return "", err
	}
	return key, s.take(':', "an object")
}

// string reads a string. It is part of the text where it has no escapes.
func (s *jsonScanner) string() (string, error) {
	s.at++
	start := s.at
	for ; s.at < len(s.text); s.at++ {
		switch c := s.text[s.at]; {
		case c == '"':
			s.at++
			return s.text[start : s.at-1], nil
		case c == '\\':
			return s.escaped(start)
		case c < ' ':
			return "", s.wrong("%q has to be escaped in a string", rune(c))
		}
	}
	return "", s.short("a string")
}

// escaped reads on in a string from its first backslash.
func (s *jsonScanner) escaped(start int) (string, error) {
	text := []byte(s.text[start:s.at])
	for s.at < len(s.text) {
		switch c := s.text[s.at]; {
		case c == '"':
			s.at++
			return string(text), nil
		case c < ' ':
			return "", s.wrong("%q has to be escaped in a string", rune(c))
		case c != '\\':
			text = append(text, c)
			s.at++
		default:
			r, size, err := s.escape(s.text[s.at:])
			if err != nil {
				return "", err
			}
			s.at += size
			if next := s.text[s.at:]; utf16.IsSurrogate(r) {
				// Half a pair without its other half is nothing (U+FFFD), as a
				// program leaves it that cuts texts at so many units.
				other := rune(-1)
				if len(next) < 6 && !s.isLast {
					return "", s.short("a string")
				}
				if strings.HasPrefix(next, `\u`) {
					if other, size, err = s.escape(next); err != nil {
						return "", err
					}
				}
				if r = utf16.DecodeRune(r, other); r != utf8.RuneError {
					s.at += size
				}
			}
			text = utf8.AppendRune(text, r)
		}
	}
	return "", s.short("a string")
}

// escape reads the escape that text begins with.
func (s *jsonScanner) escape(text string) (r rune, size int, err error) {
	if len(text) < 2 {
		return 0, 0, s.short("a string")
	}
	if at := strings.IndexByte(`"\/bfnrt`, text[1]); at >= 0 {
		return rune("\"\\/\b\f\n\r\t"[at]), 2, nil
	}
	if text[1] != 'u' {
		return 0, 0, s.wrong("%q is no escape", text[:2])
	}
	if len(text) < 6 {
		return 0, 0, s.short("a string")
	}
	code, err := strconv.ParseUint(text[2:6], 16, 16)
	if err != nil {
		return 0, 0, s.wrong("%q is no escape", text[:6])
	}
	return rune(code), 6, nil
}

// number reads a number as it is spelled.
func (s *jsonScanner) number() (string, error) {
	start := s.at
	digits := func() bool {
		from := s.at
		for s.at < len(s.text) && '0' <= s.text[s.at] && s.text[s.at] <= '9' {
			s.at++
		}
		return s.at > from
	}
	next := func(any string) bool {
		if s.at < len(s.text) && strings.IndexByte(any, s.text[s.at]) >= 0 {
			s.at++
			return true
		}
		return false
	}
	next("-")
	ok := next("0") || digits()
	if ok && next(".") {
		ok = digits()
	}
	if ok && next("eE") {
		next("+-")
		ok = digits()
	}
	switch {
	case s.at == len(s.text) && !s.isLast:
		return "", errMore
	case s.at == len(s.text) && !ok:
		return "", s.short("a number")
	case !ok:
		return "", s.unexpected("a number")
	}
	return s.text[start:s.at], nil
}

// word reads true, false or null.
func (s *jsonScanner) word() (string, error) {
	rest := s.text[s.at:]
	for _, word := range [...]string{"true", "false", "null"} {
		switch {
		case strings.HasPrefix(rest, word):
			s.at += len(word)
			return word, nil
		case strings.HasPrefix(word, rest):
			return "", s.short("a word")
		}
	}
	return "", s.unexpected("a value")
}

// skip reads any value.
func (s *jsonScanner) skip(depth int) (err error) {
	if depth > deepest {
		return s.wrong("values nest deeper than %d", deepest)
	}
	switch c := s.peek(); {
	case c == '{':
		s.at++
		return s.each('}', "an object", func() error {
			if _, err := s.key(); err != nil {
				return err
			}
			return s.skip(depth + 1)
		})
	case c == '[':
		s.at++
		return s.each(']', "an array", func() error { return s.skip(depth + 1) })
	case c == '"':
		_, err = s.string()
	case c == '-' || '0' <= c && c <= '9':
		_, err = s.number()
	default:
		_, err = s.word()
	}
	return err
}
