package jsontext

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// String reads a string. It is part of the text where it has no escapes.
func (s *Scanner[T]) String() (T, error) {
	if s.Peek() != '"' {
		return s.none(s.Misplaced("a string", `'"'`))
	}
	s.At++
	rest := s.Text[s.At:]
	for i := range len(rest) {
		switch c := rest[i]; {
		case c == '"':
			s.At += i + 1
			return rest[:i], nil
		case c == '\\' || c < ' ':
			s.At += i
			return s.escaped(rest[:i])
		}
	}
	return s.none(s.Ended("a string"))
}

// escaped reads on in a string after the part that has no escapes.
func (s *Scanner[T]) escaped(plain T) (T, error) {
	text := append([]byte(nil), plain...)
	for s.At < len(s.Text) {
		switch c := s.Text[s.At]; {
		case c == '"':
			s.At++
			return T(text), nil
		case c < ' ':
			return s.none(&Error{Kind: Unescaped, Found: string(c)})
		case c != '\\':
			text = append(text, c)
			s.At++
		default:
			r, err := s.character()
			if err != nil {
				return s.none(err)
			}
			text = utf8.AppendRune(text, r)
		}
	}
	return s.none(s.Ended("a string"))
}

// character reads the character of an escape, or of two that are a pair of
// surrogates (RFC 8259, section 7).
func (s *Scanner[T]) character() (rune, error) {
	r, size, err := s.escape()
	if err != nil {
		return 0, err
	}
	if !utf16.IsSurrogate(r) {
		s.At += size
		return r, nil
	}
	first := s.At
	s.At += size
	rest := s.Text[s.At:]
	if len(rest) == 0 || s.Partial && len(rest) < size {
		return 0, s.Ended("a string")
	}
	other := rune(-1)
	if len(rest) > 1 && rest[0] == '\\' && rest[1] == 'u' {
		if other, _, err = s.escape(); err != nil {
			return 0, err
		}
	}
	if r = utf16.DecodeRune(r, other); r != utf8.RuneError {
		s.At += size
		return r, nil
	}
	if s.WholePairs {
		s.At = first
		return 0, &Error{Kind: HalfPair, Found: string(s.Text[first : first+size])}
	}
	s.HalfPairs++
	return utf8.RuneError, nil
}

// escape looks at the escape that is next, of so many bytes.
func (s *Scanner[T]) escape() (r rune, size int, err error) {
	rest := s.Text[s.At:]
	if len(rest) < 2 {
		return 0, 0, s.Ended("a string")
	}
	if at := strings.IndexByte(`"\/bfnrt`, rest[1]); at >= 0 {
		return rune("\"\\/\b\f\n\r\t"[at]), 2, nil
	}
	if rest[1] != 'u' {
		return 0, 0, &Error{Kind: NoEscape, Found: string(rest[:2])}
	}
	if len(rest) < 6 {
		return 0, 0, s.Ended("a string")
	}
	code, err := strconv.ParseUint(string(rest[2:6]), 16, 16)
	if err != nil {
		return 0, 0, &Error{Kind: NoEscape, Found: string(rest[:6])}
	}
	return rune(code), 6, nil
}

// Number reads a number, and gives it as it is spelled.
func (s *Scanner[T]) Number() (T, error) {
	s.Peek()
	start := s.At
	s.takeAny("-")
	wanted := "a value"
	ok := s.takeAny("0") || s.takeDigits()
	if ok && s.takeAny(".") {
		wanted = "a digit"
		ok = s.takeDigits()
	}
	if ok && s.takeAny("eE") {
		wanted = "a digit"
		s.takeAny("+-")
		ok = s.takeDigits()
	}
	switch {
	case s.At == len(s.Text) && (s.Partial || !ok):
		return s.none(s.Ended("a number"))
	case !ok:
		return s.none(s.Misplaced("a number", wanted))
	}
	return s.Text[start:s.At], nil
}

func (s *Scanner[T]) takeAny(of string) bool {
	if s.At < len(s.Text) && strings.IndexByte(of, s.Text[s.At]) >= 0 {
		s.At++
		return true
	}
	return false
}

func (s *Scanner[T]) takeDigits() bool {
	start := s.At
	for s.At < len(s.Text) && '0' <= s.Text[s.At] && s.Text[s.At] <= '9' {
		s.At++
	}
	return s.At > start
}

// Literal reads true, false or null.
func (s *Scanner[T]) Literal() (string, error) {
	s.Peek()
	rest := s.Text[s.At:]
	for _, word := range [...]string{"true", "false", "null"} {
		size := min(len(word), len(rest))
		switch {
		case string(rest[:size]) != word[:size]:
		case size < len(word):
			return "", s.Ended("a word")
		default:
			s.At += size
			return word, nil
		}
	}
	return "", s.Misplaced("a value", "a value")
}
