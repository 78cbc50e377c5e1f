// Package terminal knows what a terminal does with a text beside showing it,
// and how wide it shows it.
package terminal

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// IsUnruly says whether a character does something to what stands around it:
// controls, the separators of lines and paragraphs, and the marks that turn the
// direction of writing (Unicode Standard Annex 9, section 2). All are below
// U+10000.
func IsUnruly(r rune) bool {
	if ' ' <= r && r < unicode.MaxASCII {
		return false
	}
	return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || unicode.Is(unicode.Bidi_Control, r)
}

// Visible gives a text that a person may be shown, on a terminal or in a page:
// unruly characters are spelled as Go spells them, and bytes that are not UTF-8
// are U+FFFD.
func Visible(s string) string {
	if strings.IndexFunc(s, IsUnruly) < 0 && utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if IsUnruly(r) {
			quoted := strconv.QuoteRuneToASCII(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}
