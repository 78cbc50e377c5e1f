package diff

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"cohort/internal/fault"
)

// readJSONLines reads one JSON object a line, each with the keys of the first
// in their order.
func (e *Export) readJSONLines(r *bufio.Reader, separator string) error {
	o := objects{separator: separator}
	for number, atEnd := 1, false; !atEnd; number++ {
		line, err := r.ReadBytes('\n')
		if atEnd = errors.Is(err, io.EOF); err != nil && !atEnd {
			return readFailure(e.Name, err)
		}
		if line = bytes.TrimSpace(line); len(line) > 0 {
			row, err := o.read(line)
			switch {
			case errors.Is(err, errNoObject) && atEnd && len(e.Rows) > 0:
				return e.cut(number, "the object does not end")
			case err != nil:
				return fault.New(fault.Usage, exportsAre, "reading %s: line %d: %w", e.Name, number, err)
			case e.Headers == nil:
				if err := e.setHeaders(o.headers, number); err != nil {
					return err
				}
			}
			e.Rows = append(e.Rows, row)
		}
	}
	return nil
}

var errNoObject = errors.New("it is not one JSON object")

// objects reads JSON objects with the same keys into rows of texts.
type objects struct {
	separator string
	headers   []string
	keys      [][]byte // the headers as they stand in JSON
	// text holds the cells of a row one after the other, ends where each ends.
	text []byte
	ends []int
}

// read gives the values of an object, as CSV spells them.
func (o *objects) read(line []byte) ([]string, error) {
	switch {
	case line[0] != '{' || !json.Valid(line):
		return nil, errNoObject
	case !utf8.Valid(line):
		return nil, errors.New("it is not UTF-8")
	}
	first := o.headers == nil
	o.text, o.ends = o.text[:0], o.ends[:0]
	s := scanner{line[1:]}
	for {
		s.skip()
		if s.rest[0] == '}' {
			break
		}
		if err := o.checkKey(s.quoted(), first); err != nil {
			return nil, err
		}
		s.skip()
		if err := o.appendCell(&s); err != nil {
			return nil, fmt.Errorf("%q: %w", o.headers[len(o.ends)], err)
		}
		o.ends = append(o.ends, len(o.text))
	}
	switch {
	case len(o.ends) == 0:
		return nil, errors.New("the object is empty")
	case len(o.ends) < len(o.keys):
		return nil, fmt.Errorf("it has no %q", o.headers[len(o.ends)])
	}
	text := string(o.text)
	row := make([]string, len(o.ends))
	start := 0
	for i, end := range o.ends {
		row[i], start = text[start:end], end
	}
	return row, nil
}

// checkKey takes a key of the first object; those of later ones must be the
// same.
func (o *objects) checkKey(quoted []byte, first bool) error {
	at := len(o.ends)
	if !first && at < len(o.keys) && bytes.Equal(quoted, o.keys[at]) {
		return nil
	}
	var key string
	if err := json.Unmarshal(quoted, &key); err != nil {
		return err
	}
	switch {
	case first:
		o.headers, o.keys = append(o.headers, key), append(o.keys, bytes.Clone(quoted))
		return nil
	case at == len(o.keys):
		return fmt.Errorf("it has a further column %q", key)
	case key != o.headers[at]:
		return fmt.Errorf("it has %q where the first has %q", key, o.headers[at])
	default:
		return nil // the same in another spelling
	}
}

// appendCell reads a value: several are joined as in CSV, and null is nothing.
func (o *objects) appendCell(s *scanner) error {
	switch s.rest[0] {
	case '"':
		return o.appendText(s.quoted())
	case '{':
		return errors.New("there is an object in a cell")
	case '[':
		s.rest = s.rest[1:]
		for items := 0; ; items++ {
			s.skip()
			switch s.rest[0] {
			case ']':
				s.rest = s.rest[1:]
				return nil
			case '[':
				return errors.New("there is a list in a list")
			}
			if items > 0 {
				o.text = append(o.text, o.separator...)
			}
			if err := o.appendCell(s); err != nil {
				return err
			}
		}
	default:
		if literal := s.literal(); string(literal) != "null" {
			o.text = append(o.text, literal...)
		}
		return nil
	}
}

func (o *objects) appendText(quoted []byte) error {
	if bytes.IndexByte(quoted, '\\') < 0 {
		o.text = append(o.text, quoted[1:len(quoted)-1]...)
		return nil
	}
	var text string
	if err := json.Unmarshal(quoted, &text); err != nil {
		return err
	}
	// As CSV has them: no NUL, and the line ends that its readers give.
	text = strings.NewReplacer("\r\n", "\n", "\x00", "").Replace(text)
	o.text = append(o.text, text...)
	return nil
}

// scanner walks over JSON that [json.Valid] has seen, so that it need only find
// where things end.
type scanner struct{ rest []byte }

// skip goes to the start of the next string, literal or bracket.
func (s *scanner) skip() {
	for strings.IndexByte(" \t\r\n,:", s.rest[0]) >= 0 {
		s.rest = s.rest[1:]
	}
}

// quoted takes a string with its quotes.
func (s *scanner) quoted() []byte {
	end := 1
	for s.rest[end] != '"' {
		if s.rest[end] == '\\' {
			end++
		}
		end++
	}
	text := s.rest[:end+1]
	s.rest = s.rest[end+1:]
	return text
}

// literal takes a number, true, false or null.
func (s *scanner) literal() []byte {
	end := bytes.IndexAny(s.rest, " \t\r\n,]}")
	text := s.rest[:end]
	s.rest = s.rest[end:]
	return text
}
