package join

import (
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
func NewCSV(w io.Writer, options CSVOptions) *Encoder {
	if options.Separator == "" {
		options.Separator = "|"
	}
	return &Encoder{w: w, format: csvFormat{options}}
}

type csvFormat struct{ CSVOptions }

func (f csvFormat) appendHeader(b []byte, headers []string, changes *Changes) []byte {
	cells := make([]idp.Value, len(headers))
	for i, header := range headers {
		cells[i] = idp.TextOf(header)
	}
	return f.appendRow(b, cells, changes)
}

func (f csvFormat) appendRow(b []byte, cells []idp.Value, changes *Changes) []byte {
	for i, cell := range cells {
		if i > 0 {
			b = append(b, ',')
		}
		text := cell.Text
		if cell.Kind == idp.List {
			text = strings.Join(cell.Items, f.Separator)
		}
		text = changes.clean(text)
		isRun := cell.Kind != idp.Number && !f.KeepFormulas && isFormula(text)
		if isRun {
			changes.Formulas++
		}
		// A line without a character would not be a row for most readers.
		quotes := needsQuotes(text, isRun) || text == "" && len(cells) == 1
		if quotes {
			b = append(b, '"')
		}
		if isRun {
			b = append(b, '\'')
		}
		if quotes {
			b = append(appendDoubled(b, text), '"')
		} else {
			b = append(b, text...)
		}
	}
	return append(b, '\n')
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

// needsQuotes follows RFC 4180, section 2, and adds blanks at either end, which
// some readers cut off where no quotes are. A text behind a ' has none at its
// start.
func needsQuotes(s string, isBehind bool) bool {
	if s == "" {
		return false
	}
	if s[0] == ' ' && !isBehind || s[len(s)-1] == ' ' {
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
