package terminal_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"cohort/internal/terminal"
)

func TestVisible(t *testing.T) {
	for text, want := range map[string]string{
		"as it is, Müller 田中 👩🏽‍💻": "as it is, Müller 田中 👩🏽‍💻",
		"two\r\nlines\t":     `two\r\nlines\t`,
		"\x1b[31mred\x7f":    `\x1b[31mred\x7f`,
		"a\u009b31mb":        `a\u009b31mb`,
		"a\x9b31mb":          "a\uFFFD31mb",
		"na\u202eme":         `na\u202eme`,
		"one\u2028two\u2029": `one\u2028two\u2029`,
	} {
		if got := terminal.Visible(text); got != want {
			t.Errorf("%q is shown as %s, want %s", text, got, want)
		}
	}
}

func FuzzVisible(f *testing.F) {
	f.Add("a\u2028b\x9b\xff\u200fc")
	f.Fuzz(func(t *testing.T, s string) {
		got := terminal.Visible(s)
		obeyed := func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }
		if strings.ContainsFunc(got, obeyed) || !utf8.ValidString(got) {
			t.Errorf("%q becomes %q", s, got)
		}
		if terminal.Visible(got) != got {
			t.Errorf("%q becomes another text the second time", s)
		}
	})
}

func TestWidth(t *testing.T) {
	for text, want := range map[string]int{
		"": 0, "abc": 3, "ü": 1, "u\u0308": 1, "田中": 4, "＝": 2, "🦊": 2, "…": 1, "a\u200bb": 2, "a\x00\u009bb": 2,
	} {
		if got := terminal.Width(text); got != want {
			t.Errorf("%q is %d columns wide, want %d", text, got, want)
		}
	}
}

func TestAmbiguousCharactersAreAsWideAsTheTerminalMakesThem(t *testing.T) {
	for _, wide := range []int{1, 2} {
		if got := terminal.RuneWidth('±', wide); got != wide {
			t.Errorf("± takes %d columns, want %d", got, wide)
		}
		if got := terminal.RuneWidth('a', wide); got != 1 {
			t.Errorf("a takes %d columns, want 1", got)
		}
	}
}
