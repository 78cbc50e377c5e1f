package join

import (
	"io"
	"unicode/utf8"

	"cohort/idp"
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
	for i, cell := range cells {
		b = append(b, f.keys[i]...)
		switch cell.Kind {
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

// appendJSON writes a string as RFC 8259, section 7, has it, with the line
// separators of JavaScript (U+2028, U+2029) escaped too, so that no reader takes one
// line for two.
func appendJSON(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, '\\', 'n')
		case r == '\r':
			b = append(b, '\\', 'r')
		case r == '\t':
			b = append(b, '\\', 't')
		case r < ' ' || r == 0x7f:
			b = append(b, '\\', 'u', '0', '0', hex[r>>4], hex[r&0xf])
		case r == '\u2028' || r == '\u2029':
			b = append(b, '\\', 'u', '2', '0', '2', hex[r&0xf])
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return append(b, '"')
}
