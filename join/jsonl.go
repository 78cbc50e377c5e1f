package join

import (
	"io"
	"strings"
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

// appendJSON writes a string as RFC 8259, section 7, has it, with the line
// separators of JavaScript (U+2028, U+2029) escaped too, so that no reader takes one
// line for two.
func appendJSON(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	copied := 0
	for i := range len(s) {
		c := s[i]
		if ' ' <= c && c < 0x7f && c != '"' && c != '\\' {
			continue
		}
		isSeparator := c == 0xe2 && (strings.HasPrefix(s[i:], "\u2028") || strings.HasPrefix(s[i:], "\u2029"))
		if c >= utf8.RuneSelf && !isSeparator {
			continue
		}
		b = append(b, s[copied:i]...)
		copied = i + 1
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c == '\n':
			b = append(b, '\\', 'n')
		case c == '\r':
			b = append(b, '\\', 'r')
		case c == '\t':
			b = append(b, '\\', 't')
		case isSeparator:
			b = append(b, '\\', 'u', '2', '0', '2', hex[s[i+2]&0xf])
			copied = i + len("\u2028")
		default:
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&0xf])
		}
	}
	return append(append(b, s[copied:]...), '"')
}
