package textfile

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/transform"

	"cohort/internal/fault"
)

// utf8Text lets valid UTF-8 through. It is the number of line feeds so far.
type utf8Text struct{ lines int }

// Reset is of [transform.Transformer].
func (t *utf8Text) Reset() { t.lines = 0 }

// Transform is of [transform.Transformer].
func (t *utf8Text) Transform(dst, src []byte, atEOF bool) (nDst, nSrc int, err error) {
	n := validPrefix(src[:min(len(dst), len(src))])
	copy(dst, src[:n])
	t.lines += bytes.Count(src[:n], []byte{'\n'})
	rest := src[n:]
	switch {
	case len(rest) == 0:
		return n, n, nil
	case validPrefix(rest[:min(utf8.UTFMax, len(rest))]) > 0:
		return n, n, transform.ErrShortDst
	case atEOF || utf8.FullRune(rest):
		return n, n, invalid(t.lines, "UTF-8")
	}
	return n, n, transform.ErrShortSrc
}

// validPrefix is how many bytes of text are valid UTF-8.
func validPrefix(text []byte) int {
	if utf8.Valid(text) {
		return len(text)
	}
	n := 0
	for {
		r, size := utf8.DecodeRune(text[n:])
		if r == utf8.RuneError && size <= 1 {
			return n
		}
		n += size
	}
}

// utf16Text makes UTF-8 of UTF-16. It counts the line feeds, too.
type utf16Text struct {
	bigEndian bool
	lines     int
}

// Reset is of [transform.Transformer].
func (t *utf16Text) Reset() { t.lines = 0 }

// Transform is of [transform.Transformer].
func (t *utf16Text) Transform(dst, src []byte, atEOF bool) (nDst, nSrc int, err error) {
	for nSrc < len(src) {
		r, size := t.decode(src[nSrc:])
		switch {
		case size == 0 && !atEOF:
			return nDst, nSrc, transform.ErrShortSrc
		case size <= 0:
			return nDst, nSrc, invalid(t.lines, "UTF-16")
		case nDst+utf8.RuneLen(r) > len(dst):
			return nDst, nSrc, transform.ErrShortDst
		case r == '\n':
			t.lines++
		}
		nDst += utf8.EncodeRune(dst[nDst:], r)
		nSrc += size
	}
	return nDst, nSrc, nil
}

// decode gives the first character of src and its size in bytes, which is 0
// where src ends before it does, and negative where there is none.
func (t *utf16Text) decode(src []byte) (r rune, size int) {
	unit := binary.LittleEndian.Uint16
	if t.bigEndian {
		unit = binary.BigEndian.Uint16
	}
	if len(src) < 2 {
		return 0, 0
	}
	r = rune(unit(src))
	if !utf16.IsSurrogate(r) {
		return r, 2
	}
	if len(src) < 4 {
		return 0, 0
	}
	if r = utf16.DecodeRune(r, rune(unit(src[2:]))); r == utf8.RuneError {
		return r, -1
	}
	return r, 4
}

// invalid is the error after so many line feeds.
func invalid(lines int, encoding string) error {
	return fault.New(fault.Usage, hint, "line %d is not valid %s", lines+1, encoding)
}
