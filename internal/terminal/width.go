package terminal

import (
	"unicode"

	"golang.org/x/text/width"
)

// Width is how many columns of a terminal a text takes.
func Width(text string) int {
	columns := 0
	for _, r := range text {
		columns += RuneWidth(r, 1)
	}
	return columns
}

// RuneWidth is how many columns a character takes, by Unicode's East Asian Width
// (UAX 11); ambiguous is how many one takes of which that depends on the
// terminal: 1, but 2 on many of East Asia. Marks stand above the character before
// them; controls and format characters stand nowhere.
func RuneWidth(r rune, ambiguous int) int {
	switch {
	case ' ' <= r && r <= '~':
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cc, unicode.Cf):
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	case width.EastAsianAmbiguous:
		return ambiguous
	default:
		return 1
	}
}
