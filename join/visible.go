package join

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Visible gives a text that a person may be shown, on a terminal or in a page:
// what would move the cursor, break the line or turn the direction of writing
// is spelled as Go spells it, and bytes that are not UTF-8 as U+FFFD.
func Visible(s string) string {
	if strings.IndexFunc(s, isUnruly) < 0 && utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if isUnruly(r) {
			quoted := strconv.QuoteRuneToASCII(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// isUnruly says whether a character does something to what stands around it:
// controls, the separators of lines and paragraphs, and the marks that turn the
// direction of writing (Unicode Standard Annex 9, section 2).
func isUnruly(r rune) bool {
	if ' ' <= r && r < unicode.MaxASCII {
		return false
	}
	return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || unicode.Is(unicode.Bidi_Control, r)
}
