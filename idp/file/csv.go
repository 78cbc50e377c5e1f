package file

import (
	"errors"
	"io"
	"strings"
)

// csvScanner reads the records of RFC 4180. It is stricter than most: a quote
// stands at the beginning of a cell or doubled within quotes, and every record
// has as many cells as the first. Line ends within quotes stay as they are;
// empty lines are no records.
type csvScanner struct {
	*window
	separator byte
	// cells are of the last record, and parts of the window's block.
	cells []cell
	// number is the line at which the last record begins, and length what it
	// takes, in bytes.
	number, length int
}

// cell is what stands between two separators, without its quotes.
type cell struct {
	text string
	// doubled says that quotes in it still are.
	doubled bool
}

func (c cell) String() string {
	if c.doubled {
		return strings.ReplaceAll(c.text, `""`, `"`)
	}
	return c.text
}

// next reads the next record into cells. The end is io.EOF.
func (s *csvScanner) next() error {
	for {
		size, lines, err := s.scan()
		if errors.Is(err, errMore) {
			if err := s.extend(); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		if size == 0 {
			return io.EOF
		}
		s.number, s.length = s.line, size
		isEmpty := len(s.cells) == 0
		s.drop(size, lines)
		if !isEmpty {
			return nil
		}
	}
}

// scan reads the record that the text begins with, of which an empty line has
// no cells. The size of 0 is the end.
func (s *csvScanner) scan() (size, lines int, err error) {
	s.cells = s.cells[:0]
	end := strings.IndexByte(s.text, '\n')
	if end < 0 {
		if !s.isLast {
			return 0, 0, errMore
		}
		end = len(s.text)
	}
	line := s.text[:end]
	if strings.IndexByte(line, '"') >= 0 {
		size, err = s.scanQuoted()
		return size, strings.Count(s.text[:size], "\n"), err
	}
	if line = strings.TrimSuffix(line, "\r"); line != "" {
		for {
			at := strings.IndexByte(line, s.separator)
			if at < 0 {
				break
			}
			s.cells = append(s.cells, cell{text: line[:at]})
			line = line[at+1:]
		}
		s.cells = append(s.cells, cell{text: line})
	}
	return min(end+1, len(s.text)), 1, nil
}

// scanQuoted reads a record that has quotes in its first line.
func (s *csvScanner) scanQuoted() (size int, err error) {
	text, at := s.text, 0
	for {
		if at < len(text) && text[at] == '"' {
			var c cell
			if c, at, err = s.quoted(at + 1); err != nil {
				return 0, err
			}
			s.cells = append(s.cells, c)
		} else {
			start := at
			for at < len(text) && text[at] != s.separator && text[at] != '\n' {
				if text[at] == '"' {
					return 0, s.wrong(at, `a cell with quotes in it begins and ends with ", and has "" for each`, "a quote stands within a cell")
				}
				at++
			}
			// What ends without a line feed may be the end of the window only.
			if at == len(text) && !s.isLast {
				return 0, errMore
			}
			c := text[start:at]
			if at == len(text) || text[at] == '\n' {
				c = strings.TrimSuffix(c, "\r")
			}
			s.cells = append(s.cells, cell{text: c})
		}
		if at == len(text) {
			return at, nil
		}
		if text[at] == '\n' {
			return at + 1, nil
		}
		at++ // the separator
	}
}

// quoted reads a cell behind its first quote, to what ends it: a separator, a
// line feed or the end.
func (s *csvScanner) quoted(start int) (c cell, end int, err error) {
	text, at := s.text, start
	for {
		length := strings.IndexByte(text[at:], '"')
		if length < 0 {
			if !s.isLast {
				return c, 0, errMore
			}
			return c, 0, s.cut(start, "a cell whose quote is not closed")
		}
		at += length + 1
		if at < len(text) && text[at] == '"' {
			c.doubled = true
			at++
			continue
		}
		break
	}
	c.text = text[start : at-1]
	rest := text[at:]
	if len(rest) < 2 && !s.isLast {
		return c, 0, errMore
	}
	switch {
	case rest == "", rest[0] == s.separator, rest[0] == '\n':
		return c, at, nil
	case rest == "\r", strings.HasPrefix(rest, "\r\n"):
		return c, at + 1, nil
	default:
		return c, 0, s.wrong(at, `within quotes a quote is doubled: ""`, "a cell goes on behind its closing quote")
	}
}
