package join

import (
	"io"
	"strings"
	"unicode/utf8"

	"cohort/idp"
)

// Encoder writes a table in one format.
type Encoder struct {
	w       io.Writer
	format  rowFormat
	buffer  []byte
	changes Changes
}

// rowFormat is how rows look. Once it has the headers it does not change, so
// that several rows can be made at the same time.
type rowFormat interface {
	// appendHeader takes the headers, and appends the line that shows them, if
	// the format has one.
	appendHeader(b []byte, headers []string, changes *Changes) []byte
	// appendRow appends one row, and does not keep the cells.
	appendRow(b []byte, cells []idp.Value, changes *Changes) []byte
}

// flushSize is how many bytes are written at a time.
const flushSize = 1 << 16

// Header writes the headers, once and before any row.
func (e *Encoder) Header(headers []string) {
	e.buffer = e.format.appendHeader(e.buffer, headers, &e.changes)
}

// Row writes one row; it does not keep the cells.
func (e *Encoder) Row(cells []idp.Value) error {
	e.buffer = e.format.appendRow(e.buffer, cells, &e.changes)
	if len(e.buffer) < flushSize {
		return nil
	}
	return e.flush()
}

// Close writes what is left, and tells what was not written as it was. It does
// not close what lies below.
func (e *Encoder) Close() (Changes, error) { return e.changes, e.flush() }

func (e *Encoder) flush() error {
	err := e.write(e.buffer)
	e.buffer = e.buffer[:0]
	return err
}

func (e *Encoder) write(b []byte) error {
	if len(b) == 0 {
		return nil
	}
	_, err := e.w.Write(b)
	return err
}

// Changes counts the cells that were not written as the sources hold them.
type Changes struct {
	// Formulas got a ' in front, so that no spreadsheet runs them.
	Formulas int `json:"formulas_escaped"`
	// FormulasKept would be run by a spreadsheet, and were left alone since the
	// format has no room for a '.
	FormulasKept int `json:"formulas_kept"`
	// InvalidUTF8 had bytes that are not UTF-8, which became U+FFFD.
	InvalidUTF8 int `json:"invalid_utf8_replaced"`
	// NUL had U+0000, which no reader of text files expects, and lost it.
	NUL int `json:"nul_removed"`
	// LineEnds had lines that end in \r\n, which became \n. That is for CSV.
	LineEnds int `json:"line_ends_changed"`
}

// add puts the changes of other cells to these.
func (c *Changes) add(other Changes) {
	c.Formulas += other.Formulas
	c.FormulasKept += other.FormulasKept
	c.InvalidUTF8 += other.InvalidUTF8
	c.NUL += other.NUL
	c.LineEnds += other.LineEnds
}

// Format is the name of a format for tables.
type Format string

// The formats of tables.
const (
	CSV       Format = "csv"
	JSONLines Format = "jsonl"
	// ForDX is CSV as DX's upload of user CSVs takes it.
	ForDX Format = "dx"
)

// clean gives a text that every reader of UTF-8 files takes, and counts what it
// had to change.
func (c *Changes) clean(s string) string {
	if !utf8.ValidString(s) {
		c.InvalidUTF8++
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	if strings.IndexByte(s, 0) >= 0 {
		c.NUL++
		s = strings.ReplaceAll(s, "\x00", "")
	}
	return s
}

// endLines ends every line of a text with \n, also those with \r\r\n.
func (c *Changes) endLines(s string) string {
	if !strings.Contains(s, "\r\n") {
		return s
	}
	c.LineEnds++
	lines := strings.Split(s, "\n")
	last := len(lines) - 1
	for i, line := range lines[:last] {
		lines[i] = strings.TrimRight(line, "\r")
	}
	return strings.Join(lines, "\n")
}

// InCSV is a text as [NewCSV] has it in a cell, but for quotes and the ' before
// a formula.
func InCSV(s string) string {
	var uncounted Changes
	return uncounted.endLines(uncounted.clean(s))
}
