package join

import (
	"fmt"
	"io"
	"unicode/utf8"

	"cohort/idp"
	"cohort/internal/terminal"
)

// NewJSONLines writes one JSON object a row, its keys the headers in their
// order. Types are kept; a cell without a value is null.
func NewJSONLines(w io.Writer) *Encoder { return &Encoder{w: w, format: &jsonFormat{}} }

type jsonFormat struct {
	keys []string // each with what stands before it: `{"email":`, `,"name":`
}

func (f *jsonFormat) appendHeader(b []byte, headers []string, changes *Changes) []byte {
	for i, header := range headers {
		before := byte(',')
		if i == 0 {
			before = '{'
		}
		key := append(appendJSON([]byte{before}, changes.clean(header)), ':')
		f.keys = append(f.keys, string(key))
	}
	return b
}

func (f *jsonFormat) appendRow(b []byte, cells []idp.Value, changes *Changes) []byte {
	for i := range cells {
		b = append(b, f.keys[i]...)
		switch cell := &cells[i]; cell.Kind {
		case idp.Absent:
			b = append(b, "null"...)
		case idp.Number, idp.Boolean:
			b = append(b, cell.Text...)
		case idp.List:
			b = append(b, '[')
			for j, item := range cell.Items {
				if j > 0 {
					b = append(b, ',')
				}
				b = appendJSON(b, changes.clean(item))
			}
			b = append(b, ']')
		default:
			b = appendJSON(b, changes.clean(cell.Text))
		}
	}
	return append(b, "}\n"...)
}

// appendJSON writes a string as RFC 8259, section 7, has it, with everything
// escaped that a terminal obeys. Among that are the line separators of
// JavaScript (U+2028, U+2029), so that no reader takes one line for two.
func appendJSON(b []byte, s string) []byte {
	b = append(b, '"')
	copied := 0
	for i := range len(s) {
		c := s[i]
		if ' ' <= c && c < 0x7f && c != '"' && c != '\\' {
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r >= utf8.RuneSelf && !terminal.IsUnruly(r) {
			continue
		}
		b = append(b, s[copied:i]...)
		copied = i + size
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, '\\', 'n')
		case '\r':
			b = append(b, '\\', 'r')
		case '\t':
			b = append(b, '\\', 't')
		default:
			b = fmt.Appendf(b, `\u%04x`, r)
		}
	}
	return append(append(b, s[copied:]...), '"')
}
