package jsontext

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode/utf8"

	"cohort/internal/terminal"
)

// Write writes a value as one document, indented, and fit for a terminal:
// what it would obey is escaped, which leaves the data as they are.
func Write(w io.Writer, value any) error {
	var document bytes.Buffer
	encoder := json.NewEncoder(&document)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		return fmt.Errorf("make JSON: %w", err)
	}
	_, err := w.Write(escapeUnruly(document.Bytes()))
	return err
}

// escapeUnruly escapes the characters that do something to a terminal. But for
// the ends of lines they are only in strings, where they may be spelled so.
func escapeUnruly(document []byte) []byte {
	isUnruly := func(r rune) bool { return r != '\n' && terminal.IsUnruly(r) }
	var escaped []byte
	for {
		at := bytes.IndexFunc(document, isUnruly)
		if at < 0 {
			return append(escaped, document...)
		}
		r, size := utf8.DecodeRune(document[at:])
		escaped = fmt.Appendf(append(escaped, document[:at]...), `\u%04x`, r)
		document = document[at+size:]
	}
}
