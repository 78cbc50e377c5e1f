// Package textfile reads the text files that people and their tools write, in
// whichever Unicode encoding: UTF-8 with and without a byte order mark, and
// UTF-16, as ">" of Windows PowerShell and "Unicode text" of Excel are.
package textfile

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"golang.org/x/text/transform"

	"cohort/internal/fault"
)

// NewReader gives the text of r as UTF-8 without a byte order mark, while it is
// read. The encoding is that of the byte order mark; without one it is UTF-16
// where every second of the first bytes is NUL, which no UTF-8 text has, and
// otherwise UTF-8.
//
// What is not valid in its encoding is an error ([fault.Usage], with the line),
// never replaced: a name or an address that lost its letters matches nobody,
// and nobody would notice. So are an odd number of bytes and a lone surrogate
// in UTF-16, and UTF-32 altogether. NewReader itself fails where the first
// bytes cannot be read, or are of such a file.
func NewReader(r io.Reader) (io.Reader, error) {
	buffered := bufio.NewReaderSize(r, 1<<16)
	head, err := buffered.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	kind, mark := detect(head)
	if kind == noText {
		return nil, fault.New(fault.Usage, hint, "this is UTF-32 or no text")
	}
	if _, err := buffered.Discard(mark); err != nil {
		return nil, err
	}
	if kind == plainUTF8 {
		return &utf8Text{text: buffered}, nil
	}
	return transform.NewReader(buffered, &utf16Text{bigEndian: kind == utf16BE}), nil
}

// hint is what to do about a file that cannot be read.
const hint = "save it as UTF-8"

// encoding is how the characters of a text are written.
type encoding int

const (
	noText encoding = iota
	plainUTF8
	utf16LE
	utf16BE
)

// detect gives the encoding of a text that starts with head, and the length of
// its byte order mark.
func detect(head []byte) (kind encoding, mark int) {
	starts := func(mark string) bool { return bytes.HasPrefix(head, []byte(mark)) }
	nul := func(i int) bool { return i < len(head) && head[i] == 0 }
	switch {
	case starts("\x00\x00"), starts("\xff\xfe\x00\x00"), nul(1) && nul(2) && nul(3):
		return noText, 0
	case starts("\xef\xbb\xbf"):
		return plainUTF8, 3
	case starts("\xff\xfe"):
		return utf16LE, 2
	case starts("\xfe\xff"):
		return utf16BE, 2
	case nul(1):
		return utf16LE, 0
	case nul(0):
		return utf16BE, 0
	}
	return plainUTF8, 0
}
