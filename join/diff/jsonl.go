package diff

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"cohort/internal/fault"
	"cohort/internal/jsontext"
	"cohort/join"
)

// readJSONLines reads one JSON object a line, each with the keys of the first
// in their order.
func (e *Export) readJSONLines(r *bufio.Reader, separator string) error {
	o := objects{separator: separator}
	l := lines{r: r}
	for number, atEnd := 1, false; !atEnd; number++ {
		line, err := l.next()
		if atEnd = errors.Is(err, io.EOF); err != nil && !atEnd {
			return readFailure(e.Name, err)
		}
		if line = bytes.Trim(line, blanks); len(line) == 0 {
			continue
		}
		switch err := o.read(line); {
		case errors.Is(err, errNoObject) && atEnd && e.Headers != nil:
			return e.cut(number, "the object does not end")
		case err != nil:
			return fault.New(fault.Usage, exportsAre, "reading %s: line %d: %w", e.Name, number, err)
		case e.Headers == nil:
			if err := e.setHeaders(o.headers, number); err != nil {
				return err
			}
		}
		if len(o.text) >= blockSize {
			e.Rows = o.moveRows(e.Rows)
		}
	}
	e.Rows = o.moveRows(e.Rows)
	return nil
}

// lines gives lines of any length without making a copy of each.
type lines struct {
	r    *bufio.Reader
	long []byte
}

// next gives the next line, which is good until the one after it. The last one
// comes with [io.EOF].
func (l *lines) next() ([]byte, error) {
	line, err := l.r.ReadSlice('\n')
	if !errors.Is(err, bufio.ErrBufferFull) {
		return line, err
	}
	l.long = l.long[:0]
	for errors.Is(err, bufio.ErrBufferFull) {
		l.long = append(l.long, line...)
		line, err = l.r.ReadSlice('\n')
	}
	l.long = append(l.long, line...)
	return l.long, err
}

var errNoObject = errors.New("it is not one JSON object")

// blockSize is how many bytes of cells become one string, of which the cells
// are parts: a string for each would take most of the time.
const blockSize = 1 << 16

// objects reads JSON objects with the same keys into rows of texts.
type objects struct {
	separator string
	headers   []string
	keys      [][]byte // the headers as the first object has them: "email":
	// text holds the cells of some rows one after the other, ends where each
	// ends.
	text []byte
	ends []int
}

// moveRows appends the rows that were read to others.
func (o *objects) moveRows(rows [][]string) [][]string {
	text := string(o.text)
	cells := make([]string, len(o.ends))
	start := 0
	for i, end := range o.ends {
		cells[i], start = text[start:end], end
	}
	for width := len(o.headers); len(cells) > 0; cells = cells[width:] {
		rows = append(rows, cells[:width:width])
	}
	o.text, o.ends = o.text[:0], o.ends[:0]
	return rows
}

// jsonScanner reads one line.
type jsonScanner = jsontext.Scanner[[]byte]

// blanks may stand between all parts of JSON.
const blanks = " \t\r\n"

// read takes the values of an object, as CSV spells them.
func (o *objects) read(line []byte) error {
	// The object, and the lists in it.
	s := jsonScanner{Text: line, Deepest: 2}
	err := o.readObject(&s)
	switch {
	case err == nil && s.IsAtEnd() && utf8.Valid(line):
		return nil
	case line[0] != '{' || !json.Valid(line):
		return errNoObject
	case !utf8.Valid(line):
		return errors.New("it is not UTF-8")
	default:
		return err
	}
}

func (o *objects) readObject(s *jsonScanner) error {
	isFirst := o.headers == nil
	if !s.Take('{') {
		return errNoObject
	}
	if s.Take('}') {
		return errors.New("the object is empty")
	}
	for column := 0; ; column++ {
		if err := o.readKey(s, column, isFirst); err != nil {
			return err
		}
		if err := o.readCell(s); err != nil {
			return fmt.Errorf("%q: %w", o.headers[column], err)
		}
		o.ends = append(o.ends, len(o.text))
		switch {
		case s.Take(','):
		case !s.Take('}'):
			return errNoObject
		case column+1 < len(o.headers):
			return fmt.Errorf("it has no %q", o.headers[column+1])
		default:
			return nil
		}
	}
}

// readKey takes a key of the first object; those of later ones must be the
// same.
func (o *objects) readKey(s *jsonScanner, column int, isFirst bool) error {
	s.Peek()
	if !isFirst && column < len(o.keys) && bytes.HasPrefix(s.Text[s.At:], o.keys[column]) {
		s.At += len(o.keys[column])
		return nil
	}
	start := s.At
	text, err := s.Key()
	if err != nil {
		return err
	}
	key := join.InCSV(string(text))
	switch {
	case isFirst:
		o.headers, o.keys = append(o.headers, key), append(o.keys, bytes.Clone(s.Text[start:s.At]))
		return nil
	case column == len(o.keys):
		return fmt.Errorf("it has a further column %q", key)
	case key != o.headers[column]:
		return fmt.Errorf("it has %q where the first has %q", key, o.headers[column])
	default:
		return nil // the same in another spelling
	}
}

// readCell takes a value: several are joined as in CSV, and null is nothing.
func (o *objects) readCell(s *jsonScanner) error {
	if s.Peek() != '[' {
		return o.readScalar(s)
	}
	isFirst := true
	return s.Array(func() error {
		if s.Peek() == '[' {
			return errors.New("there is a list in a list")
		}
		if !isFirst {
			o.text = append(o.text, o.separator...)
		}
		isFirst = false
		return o.readScalar(s)
	})
}

// readScalar takes a string, a number, true, false or null.
func (o *objects) readScalar(s *jsonScanner) error {
	switch c := s.Peek(); {
	case c == '{':
		return errors.New("there is an object in a cell")
	case c == '"':
		start := s.At
		text, err := s.String()
		if err != nil {
			return err
		}
		if hasEscapes := len(text)+len(`""`) < s.At-start; hasEscapes {
			text = []byte(join.InCSV(string(text)))
		}
		o.text = append(o.text, text...)
	case c == '-' || '0' <= c && c <= '9':
		number, err := s.Number()
		if err != nil {
			return err
		}
		o.text = append(o.text, number...)
	default:
		word, err := s.Literal()
		if err != nil {
			return err
		}
		if word != "null" {
			o.text = append(o.text, word...)
		}
	}
	return nil
}
