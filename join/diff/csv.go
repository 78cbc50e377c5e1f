package diff

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"

	"cohort/internal/fault"
	"cohort/join"
)

// readCSV reads RFC 4180. An export ends with a line feed; where there is none,
// nobody knows what else is missing.
func (e *Export) readCSV(from io.Reader) error {
	end := &lastByte{r: from}
	r := csv.NewReader(end)
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return e.csvFailure(err, record)
		}
		line, _ := r.FieldPos(0)
		for i, cell := range record {
			if err := e.checkCell(cell, line); err != nil {
				return err
			}
			record[i] = join.WithoutGuard(join.InCSV(cell))
		}
		if e.Headers == nil {
			if err := e.setHeaders(record, line); err != nil {
				return err
			}
			if err := e.checkSeparator(); err != nil {
				return err
			}
			continue
		}
		e.Rows = append(e.Rows, record)
	}
	switch {
	case e.Headers == nil:
		return fault.New(fault.Source, "an export has a header at least", "reading %s: it is empty", e.Name)
	case end.last != '\n':
		return fault.New(fault.Source, "export it again; if it is whole, end it with a line feed",
			"reading %s: the file was cut: it ends within a line", e.Name)
	default:
		return nil
	}
}

// checkSeparator knows the single column that a header with other separators
// makes.
func (e *Export) checkSeparator() error {
	separators := ""
	switch {
	case len(e.Headers) > 1:
		return nil
	case strings.Contains(e.Headers[0], ";"):
		separators = "semicolons"
	case strings.Contains(e.Headers[0], "\t"):
		separators = "tabs"
	default:
		return nil
	}
	return fault.New(fault.Usage, "save it with commas", "reading %s: its columns are separated by %s", e.Name, separators)
}

// csvFailure says what is wrong with a line.
func (e *Export) csvFailure(err error, record []string) error {
	parse, ok := errors.AsType[*csv.ParseError](err)
	switch {
	case !ok:
		return readFailure(e.Name, err)
	case errors.Is(parse.Err, csv.ErrFieldCount) && len(record) < len(e.Headers):
		return e.cut(parse.Line, "it has %d of %d columns", len(record), len(e.Headers))
	case errors.Is(parse.Err, csv.ErrFieldCount):
		return fault.New(fault.Usage, "a comma within a cell needs quotes around the cell",
			"reading %s: line %d: it has %d columns, the header %d", e.Name, parse.Line, len(record), len(e.Headers))
	case errors.Is(parse.Err, csv.ErrQuote):
		return e.cut(parse.StartLine, "a quote is not closed, or not at the end of its cell")
	default:
		return fault.New(fault.Usage, "a cell with a quote needs quotes around it, and the quote twice",
			"reading %s: line %d: %w", e.Name, parse.Line, parse.Err)
	}
}

// lastByte remembers how a stream ended.
type lastByte struct {
	r    io.Reader
	last byte
}

func (l *lastByte) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	if n > 0 {
		l.last = p[n-1]
	}
	return n, err
}
