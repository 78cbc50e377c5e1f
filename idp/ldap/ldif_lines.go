package ldap

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"cohort/internal/fault"
)

// ldifLines reads the logical lines of a file: those that were folded are one
// again (RFC 2849, note 2).
type ldifLines struct {
	name   string // of the file, for messages
	input  *bufio.Reader
	number int // of physical lines that were read
	text   []byte
}

// longestLine bounds what a file without line feeds takes of memory. Photos in
// base64 are a few megabytes.
const longestLine = 64 << 20

func newLDIFLines(name string, input io.Reader) (*ldifLines, error) {
	lines := &ldifLines{name: name, input: bufio.NewReaderSize(input, 64<<10)}
	// What is shorter has no mark.
	mark, err := lines.input.Peek(3)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, lines.failure(err)
	}
	switch {
	case bytes.HasPrefix(mark, []byte("\xef\xbb\xbf")):
		if _, err := lines.input.Discard(3); err != nil {
			return nil, lines.failure(err)
		}
	case bytes.HasPrefix(mark, []byte("\xff\xfe")), bytes.HasPrefix(mark, []byte("\xfe\xff")):
		return nil, fault.New(fault.Usage, "write it as UTF-8: without -u of ldifde, and not by > of PowerShell",
			"reading %s: the file is UTF-16", name)
	}
	return lines, nil
}

// next gives the next logical line without its end, and the number of its
// first physical one. The line is good until the next call. The end is io.EOF.
func (l *ldifLines) next() (text []byte, number int, err error) {
	l.text = l.text[:0]
	if err := l.take(); err != nil {
		return nil, 0, err
	}
	number = l.number
	if len(l.text) == 0 {
		return l.text, number, nil
	}
	if l.text[0] == ' ' {
		return nil, 0, l.wrong(number, "", "it continues no line")
	}
	for {
		following, err := l.input.Peek(1)
		if errors.Is(err, io.EOF) || err == nil && following[0] != ' ' {
			return l.text, number, nil
		}
		if err != nil {
			return nil, 0, l.failure(err)
		}
		if _, err := l.input.Discard(1); err != nil {
			return nil, 0, l.failure(err)
		}
		if err := l.take(); err != nil {
			if errors.Is(err, io.EOF) {
				l.number++
				err = l.cut()
			}
			return nil, 0, err
		}
	}
}

// take appends a physical line. A file that ends within one was cut.
func (l *ldifLines) take() error {
	start := len(l.text)
	for {
		piece, err := l.input.ReadSlice('\n')
		l.text = append(l.text, piece...)
		switch {
		case len(l.text) > longestLine:
			return l.wrong(l.number+1, "is this an LDIF file?", "it is longer than %d MB", longestLine>>20)
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && len(l.text) == start:
			return io.EOF
		case errors.Is(err, io.EOF):
			l.number++
			return l.cut()
		case err != nil:
			return l.failure(err)
		}
		l.number++
		l.text = bytes.TrimSuffix(l.text, []byte("\n"))
		if len(l.text) > start {
			l.text = bytes.TrimSuffix(l.text, []byte("\r"))
		}
		return nil
	}
}

func (l *ldifLines) failure(err error) error {
	return fault.New(fault.Source, "", "reading %s: %w", l.name, err)
}

func (l *ldifLines) cut() error {
	return fault.New(fault.Source, "export it again; if it is whole, end it with a line feed",
		"reading %s: the file ends within line %d", l.name, l.number)
}

// wrong is an error about a line that is not what it should be.
func (l *ldifLines) wrong(number int, hint, format string, args ...any) error {
	return fault.New(fault.Usage, hint, "reading %s: line %d: %w", l.name, number, fmt.Errorf(format, args...))
}
