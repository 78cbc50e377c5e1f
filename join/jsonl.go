package join

import (
	"bufio"
	"fmt"
	"io"
	"unicode/utf8"

	"cohort/idp"
)

// NewJSONLines writes one JSON object a row, its keys the headers in their
// order. Types are kept; a cell without a value is null.
func NewJSONLines(w io.Writer) Encoder {
	return &jsonEncoder{w: bufio.NewWriterSize(w, 1<<16)}
}

type jsonEncoder struct {
	w       *bufio.Writer
	keys    []string // each with what stands before it: `{"email":`, `,"name":`
	line    []byte
	changes Changes
}

func (e *jsonEncoder) Header(headers []string) error {
	for i, header := range headers {
		before := byte(',')
		if i == 0 {
			before = '{'
		}
		key := append(appendJSON([]byte{before}, e.changes.clean(header)), ':')
		e.keys = append(e.keys, string(key))
	}
	return nil
}

func (e *jsonEncoder) Row(cells []idp.Value) error {
	line := e.line[:0]
	for i, cell := range cells {
		line = append(line, e.keys[i]...)
		switch cell.Kind {
		case idp.Absent:
			line = append(line, "null"...)
		case idp.Number, idp.Boolean:
			line = append(line, cell.Text...)
		case idp.List:
			line = append(line, '[')
			for j, item := range cell.Items {
				if j > 0 {
					line = append(line, ',')
				}
				line = appendJSON(line, e.changes.clean(item))
			}
			line = append(line, ']')
		default:
			line = appendJSON(line, e.changes.clean(cell.Text))
		}
	}
	line = append(line, "}\n"...)
	e.line = line
	if _, err := e.w.Write(line); err != nil {
		return fmt.Errorf("write JSON lines: %w", err)
	}
	return nil
}

func (e *jsonEncoder) Close() (Changes, error) {
	if err := e.w.Flush(); err != nil {
		return e.changes, fmt.Errorf("write JSON lines: %w", err)
	}
	return e.changes, nil
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
