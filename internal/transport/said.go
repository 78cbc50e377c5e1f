package transport

import (
	"strings"
	"unicode"
)

// OneLine makes a server's sentence fit for ours: no control characters, no
// more characters than most, no full stop.
func OneLine(said string, most int) string {
	words := strings.FieldsFunc(said, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) })
	short := []rune(strings.Join(words, " "))
	if len(short) > most {
		short = append(short[:most], '…')
	}
	return strings.TrimSuffix(string(short), ".")
}
