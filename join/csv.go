package join

import (
	"io"
	"strings"
	"unicode/utf8"

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
// end of lines, also of those within a cell: several readers, Go's and Miller's
// among them, make that of \r\n. A cell without a value is empty.
func NewCSV(w io.Writer, options CSVOptions) *Encoder {
	return newCSV(w, csvFormat{CSVOptions: options})
}

func newCSV(w io.Writer, format csvFormat) *Encoder {
	if format.Separator == "" {
		format.Separator = "|"
	}
	return &Encoder{w: w, format: format}
}

type csvFormat struct {
	CSVOptions
	// forDX leaves formulas and the ends of lines as they are, and counts the
	// former.
	forDX bool
}

func (f csvFormat) appendHeader(b []byte, headers []string, changes *Changes) []byte {
	cells := make([]idp.Value, len(headers))
	for i, header := range headers {
		cells[i] = idp.TextOf(header)
	}
	return f.appendRow(b, cells, changes)
}

func (f csvFormat) appendRow(b []byte, cells []idp.Value, changes *Changes) []byte {
	start := len(b)
	for i := range cells {
		if i > 0 {
			b = append(b, ',')
		}
		b = f.appendCell(b, &cells[i], changes)
	}
	if len(b) == start {
		// A line without a character would not be a row for most readers.
		b = append(b, `""`...)
	}
	return append(b, '\n')
}

func (f csvFormat) appendCell(b []byte, cell *idp.Value, changes *Changes) []byte {
	text := cell.Text
	if cell.Kind == idp.List {
		text = strings.Join(cell.Items, f.Separator)
	}
	if text == "" {
		return b
	}
	isPlain, quotes := look(text)
	if !isPlain {
		text = changes.clean(text)
	}
	isRun := cell.Kind != idp.Number && !f.KeepFormulas && isFormula(text)
	switch {
	case isRun && f.forDX:
		changes.FormulasKept++
		isRun = false
	case isRun:
		changes.Formulas++
	}
	if quotes && !f.forDX {
		text = changes.endLines(text)
	}
	// Some readers cut blanks off at either end where no quotes are.
	if !quotes && text != "" {
		quotes = text[0] == ' ' || text[len(text)-1] == ' '
	}
	if quotes {
		b = append(b, '"')
	}
	if isRun {
		b = append(b, '\'')
	}
	if quotes {
		return append(appendDoubled(b, text), '"')
	}
	return append(b, text...)
}

// look says in one pass whether a text is of ASCII without NUL, so that
// [Changes.clean] has nothing to do, and whether it needs quotes (RFC 4180,
// section 2).
func look(text string) (isPlain, quotes bool) {
	isPlain = true
	for i := range len(text) {
		switch c := text[i]; {
		case ',' < c && c < utf8.RuneSelf:
		case c == ',' || c == '"' || c == '\n' || c == '\r':
			quotes = true
		case c == 0 || c >= utf8.RuneSelf:
			isPlain = false
		}
	}
	return isPlain, quotes
}

// appendDoubled appends a text with every quote twice.
func appendDoubled(b []byte, text string) []byte {
	for {
		before, after, found := strings.Cut(text, `"`)
		b = append(b, before...)
		if !found {
			return b
		}
		b = append(b, `""`...)
		text = after
	}
}
