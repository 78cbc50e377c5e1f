package textfile

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/transform"

	"cohort/internal/fault"
)

// utf8Text lets valid UTF-8 through.
type utf8Text struct {
	text *bufio.Reader
	// valid is how much of what is buffered is known to be UTF-8.
	valid int
	lines int // line feeds so far
}

// Read implements [io.Reader].
func (t *utf8Text) Read(p []byte) (int, error) {
	for t.valid == 0 {
		// What is buffered begins with half a character at most.
		if err := t.look(t.text.Buffered() + 1); err != nil {
			return 0, err
		}
	}
	ahead, _ := t.text.Peek(min(t.valid, len(p))) // they are there
	n := copy(p, ahead)
	t.lines += bytes.Count(ahead, []byte{'\n'})
	t.valid -= n
	_, err := t.text.Discard(n)
	return n, err
}

// look reads until at least n bytes are buffered, and finds out how many of
// those are valid.
func (t *utf8Text) look(n int) error {
	_, err := t.text.Peek(n)
	ahead, _ := t.text.Peek(t.text.Buffered()) // they are there
	t.valid = validPrefix(ahead)
	switch {
	case t.valid > 0:
		return nil
	case utf8.FullRune(ahead):
		return invalid(t.lines, "UTF-8")
	case len(ahead) > 0 && errors.Is(err, io.EOF):
		return cutWithin(t.lines)
	default:
		return err
	}
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
		case size == 0:
			return nDst, nSrc, cutWithin(t.lines)
		case size < 0:
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

// cutWithin is the error about the end after so many line feeds.
func cutWithin(lines int) error {
	return fault.New(fault.Source, "export it again", "the file ends within a character, in line %d", lines+1)
}

// invalid is the error after so many line feeds.
func invalid(lines int, encoding string) error {
	return fault.New(fault.Usage, hint, "line %d is not valid %s", lines+1, encoding)
}
