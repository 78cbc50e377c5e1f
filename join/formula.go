package join

import (
	"strings"
	"unicode/utf8"
)

// isFormula says whether a spreadsheet would run a cell rather than show it:
// one that starts with = + - @, their full-width forms, a tab, a carriage return
// or a line feed (OWASP, "CSV Injection"). Plain numbers such as -12.5 and
// telephone numbers such as +49 89 1234 are not formulas.
func isFormula(s string) bool {
	if s == "" {
		return false
	}
	switch s[0] {
	case '=', '@', '\t', '\r', '\n':
		return true
	case '+', '-':
		return !isSignedNumber(s[1:])
	case 0xEF: // the first byte of the full-width forms, U+FF01 to U+FF5E
		r, _ := utf8.DecodeRuneInString(s)
		return strings.ContainsRune("＝＋－＠", r)
	default:
		return false
	}
}

// isSignedNumber says whether what follows a sign is only digits, in groups
// divided by single blanks, with at most one decimal point or comma.
func isSignedNumber(s string) bool {
	digits, points := 0, 0
	for i := range len(s) {
		switch c := s[i]; {
		case '0' <= c && c <= '9':
			digits++
		case (c == '.' || c == ',') && points == 0 && digits > 0 && i+1 < len(s):
			points++
		case c == ' ' && digits > 0 && points == 0 && i+1 < len(s) && s[i-1] != ' ':
		default:
			return false
		}
	}
	return digits > 0
}

// WithoutGuard is a cell as it was before a [NewCSV] that escapes formulas put
// a ' in front. A text that was 'FORMULA of itself cannot be told apart.
func WithoutGuard(cell string) string {
	if rest, guarded := strings.CutPrefix(cell, "'"); guarded && isFormula(rest) {
		return rest
	}
	return cell
}
