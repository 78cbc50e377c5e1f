// Package awkward has texts on which writers and readers of files disagree. Only
// tests and comparisons use it.
package awkward

import (
	"math/rand/v2"
	"strings"
)

// Texts are picked ones, and n made at random; always the same.
func Texts(n int) []string {
	texts := []string{
		"", " ", "  both ends  ", "a,b", "a;b", "a|b", "\t", "tab\tin it", "'", "'=1+1", "=1+1", "@SUM(A1)", "+49 89 1234", "-", "-12.5",
		`"`, `""`, `the "boss"`, `"quoted"`, `ends with "`, `\`, `\"`, `\N`, `\.`, "NULL", "null", "NaN", "true", "0x1F", "007", "1e5", "#no comment",
		"\n", "\r", "\r\n", "\n\n", "\r\r\n", "two\nlines", "two\r\nlines", "two\rlines", "ends with \n", "ends with \r", "ends with \r\n", "\n starts", "a\n,\"\nb",
		"\x00", "a\x00b", "\x00=1", "\xff", "M\xfcller", "\xc3", "\xed\xa0\x80", "\xf0\x9f\x98", "\xef\xbb\xbfmark", "\ufeff", "\ufffd",
		"Løve", "李小龙", "👩🏽‍💻", "u\u0308", "\u2028", "\u2029", "\u0085", "\u00a0", "\x01\x1f\x7f", "\v\f\b", "＝1", "＋1", "<script>", "{\"a\":1}", "[1,2]",
		strings.Repeat(`"`, 2000), strings.Repeat("\n", 300), strings.Repeat("long ", 20_000),
	}
	parts := []string{
		"a", "b", " ", ",", ";", "|", "\t", "'", `"`, `""`, "\n", "\r", "\r\n", "\x00", "\xff", "\xc3", "=", "+", "-", "@", "1", `\`, "ü", "\ufeff", "\u2028", "👍", "#",
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range n {
		var b strings.Builder
		for range r.IntN(9) {
			b.WriteString(parts[r.IntN(len(parts))])
		}
		texts = append(texts, b.String())
	}
	return texts
}

// InUTF8 is what the documentation says of a text in any file: bytes that are
// not UTF-8 become U+FFFD, and NUL goes.
func InUTF8(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "")
}

// InCSV is what the documentation says of a text in CSV: besides, CR LF becomes
// LF.
func InCSV(text string) string {
	text = InUTF8(text)
	for strings.Contains(text, "\r\n") {
		text = strings.ReplaceAll(text, "\r\n", "\n")
	}
	return text
}
