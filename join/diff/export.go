// Package diff compares two exports: who joined and left, who started and
// stopped using Coder, whose level changed, and every other cell that did. Like
// [join], it is pure: it knows no file, clock or terminal, and the same two
// exports give the same bytes.
package diff

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"cohort/internal/fault"
	"cohort/join"
)

// Export is a table that an earlier run wrote: CSV, JSON lines, or the CSV that
// DX takes.
type Export struct {
	// Name is what errors call it.
	Name    string
	Format  join.Format
	Headers []string
	// Rows hold a cell for each header, as CSV spells it, but for the ' before
	// formulas. What says the same is equal: null and the empty text, the ends of
	// lines, and in DX's columns the empty cell and the word that DX has for it.
	Rows [][]string
}

// ReadOptions say how an export was written.
type ReadOptions struct {
	// ListSeparator stands between the values of a list in CSV; "" is "|". The
	// lists of JSON lines are joined with it.
	ListSeparator string
}

// Read reads an export to its end, and tells by its content what it is. A byte
// order mark, which Excel adds, is let pass. Errors are of the kind
// [fault.Usage] where this is no export, and of the kind [fault.Source] where
// it was cut.
func Read(name string, from io.Reader, options ReadOptions) (*Export, error) {
	if options.ListSeparator == "" {
		options.ListSeparator = "|"
	}
	r := bufio.NewReaderSize(from, 1<<16)
	start, err := r.Peek(64)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, readFailure(name, err)
	}
	if err := checkText(name, start); err != nil {
		return nil, err
	}
	if mark := []byte("\uFEFF"); bytes.HasPrefix(start, mark) {
		start = start[len(mark):]
		if _, err := r.Discard(len(mark)); err != nil {
			return nil, readFailure(name, err)
		}
	}
	e := &Export{Name: name}
	switch first := bytes.TrimLeft(start, " \t\r\n"); {
	case bytes.HasPrefix(first, []byte("[")):
		return nil, fault.New(fault.Usage, exportsAre, "reading %s: it is a JSON list", name)
	case bytes.HasPrefix(first, []byte("{")):
		e.Format = join.JSONLines
		err = e.readJSONLines(r, options.ListSeparator)
	default:
		e.Format = join.CSV
		err = e.readCSV(r)
	}
	if err != nil {
		return nil, err
	}
	e.nameNothing()
	return e, nil
}

// exportsAre is the hint for files that are something else.
const exportsAre = "an export is CSV with a header, or JSON lines: an object a row"

// exportAgain is the hint for files that were cut.
const exportAgain = "export it again"

// checkText refuses what is no text in UTF-8, by how it starts.
func checkText(name string, start []byte) error {
	for _, other := range []struct{ magic, is, hint string }{
		{"\xff\xfe", "UTF-16", "save it as CSV in UTF-8"},
		{"\xfe\xff", "UTF-16", "save it as CSV in UTF-8"},
		{"PK\x03\x04", "a workbook or another archive", "save it as CSV in UTF-8"},
		{"\xd0\xcf\x11\xe0", "a workbook", "save it as CSV in UTF-8"},
		{"\x1f\x8b", "compressed", "give what zcat makes of it; - is standard input"},
		{"\x28\xb5\x2f\xfd", "compressed", "give what zstdcat makes of it; - is standard input"},
	} {
		if bytes.HasPrefix(start, []byte(other.magic)) {
			return fault.New(fault.Usage, other.hint, "reading %s: it is %s", name, other.is)
		}
	}
	switch {
	case len(start) == 0:
		return fault.New(fault.Source, "an export has a header at least", "reading %s: it is empty", name)
	case bytes.IndexByte(start, 0) >= 0:
		return fault.New(fault.Usage, exportsAre, "reading %s: it is no text", name)
	default:
		return nil
	}
}

// setHeaders takes the names of the columns, each of which must be another.
func (e *Export) setHeaders(headers []string, line int) error {
	for i, header := range headers {
		if err := e.checkCell(header, line); err != nil {
			return err
		}
		if slices.Contains(headers[:i], header) {
			return fault.New(fault.Usage, exportsAre, "reading %s: line %d: two columns are called %q", e.Name, line, header)
		}
	}
	e.Headers = headers
	return nil
}

// checkCell refuses the bytes of another encoding, which would make every
// umlaut a change, and those of no text.
func (e *Export) checkCell(cell string, line int) error {
	switch {
	case !utf8.ValidString(cell):
		return fault.New(fault.Usage, "save it in UTF-8", "reading %s: line %d: it is not UTF-8", e.Name, line)
	case strings.IndexByte(cell, 0) >= 0:
		return fault.New(fault.Usage, exportsAre, "reading %s: line %d: it is no text", e.Name, line)
	default:
		return nil
	}
}

// nothingInDX is what an export for DX writes where there is no value.
const nothingInDX = "None"

// nameNothing writes DX's word into the empty cells of DX's columns.
func (e *Export) nameNothing() {
	for column, header := range e.Headers {
		if !isAttribute(header) {
			continue
		}
		for _, row := range e.Rows {
			if row[column] == "" {
				row[column] = nothingInDX
			}
		}
	}
}

// isAttribute says whether a column is a custom attribute of DX.
func isAttribute(header string) bool {
	const prefix = "attribute:"
	return len(header) >= len(prefix) && strings.EqualFold(header[:len(prefix)], prefix)
}

func readFailure(name string, err error) error {
	return fault.New(fault.Source, "", "reading %s: %w", name, err)
}

func (e *Export) cut(line int, format string, args ...any) error {
	return fault.New(fault.Source, exportAgain, "reading %s: line %d: the file was cut: %w", e.Name, line, fmt.Errorf(format, args...))
}
