package join

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"cohort/idp"
)

// CSVOptions are the choices of a CSV file.
type CSVOptions struct {
	// Separator stands between the values of a list; "" is "|".
	Separator string
	// KeepFormulas leaves cells alone that a spreadsheet would run.
	KeepFormulas bool
}

// NewCSV writes RFC 4180 in UTF-8, without a byte order mark and with \n at the
// end of lines. A cell without a value is empty.
func NewCSV(w io.Writer, options CSVOptions) Encoder {
	if options.Separator == "" {
		options.Separator = "|"
	}
	return &csvEncoder{w: bufio.NewWriterSize(w, 1<<16), options: options}
}

type csvEncoder struct {
	w       *bufio.Writer
	options CSVOptions
	changes Changes
}

func (e *csvEncoder) Header(headers []string) error {
	cells := make([]idp.Value, len(headers))
	for i, header := range headers {
		cells[i] = idp.TextOf(header)
	}
	return e.Row(cells)
}

func (e *csvEncoder) Row(cells []idp.Value) error {
	for i, cell := range cells {
		if i > 0 {
			e.w.WriteByte(',')
		}
		text := cell.Text
		if cell.Kind == idp.List {
			text = strings.Join(cell.Items, e.options.Separator)
		}
		text = e.changes.clean(text)
		if cell.Kind != idp.Number && !e.options.KeepFormulas && isFormula(text) {
			e.changes.Formulas++
			text = "'" + text
		}
		// A line without a character would not be a row for most readers.
		if needsQuotes(text) || text == "" && len(cells) == 1 {
			e.quote(text)
		} else {
			e.w.WriteString(text)
		}
	}
	// The writer keeps the first error and gives it again here.
	if err := e.w.WriteByte('\n'); err != nil {
		return fmt.Errorf("write CSV: %w", err)
	}
	return nil
}

func (e *csvEncoder) Close() (Changes, error) {
	if err := e.w.Flush(); err != nil {
		return e.changes, fmt.Errorf("write CSV: %w", err)
	}
	return e.changes, nil
}

func (e *csvEncoder) quote(text string) {
	e.w.WriteByte('"')
	for {
		before, after, found := strings.Cut(text, `"`)
		e.w.WriteString(before)
		if !found {
			break
		}
		e.w.WriteString(`""`)
		text = after
	}
	e.w.WriteByte('"')
}

// needsQuotes follows RFC 4180, section 2, and adds blanks at either end, which
// some readers cut off where no quotes are.
func needsQuotes(s string) bool {
	if s == "" {
		return false
	}
	if s[0] == ' ' || s[len(s)-1] == ' ' {
		return true
	}
	for i := range len(s) {
		switch s[i] {
		case ',', '"', '\n', '\r':
			return true
		}
	}
	return false
}
