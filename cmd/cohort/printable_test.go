package main

import (
	"testing"

	"cohort/internal/terminal"
)

func TestPrintable(t *testing.T) {
	for text, want := range map[string]string{
		"":                    "(empty)",
		"(empty)":             `"(empty)"`,
		"Anna":                "Anna",
		"Mia 🦊 Larsson":       "Mia 🦊 Larsson",
		"田中 由紀":               "田中 由紀",
		`"Chief" Storyteller`: `"\"Chief\" Storyteller"`,
		`Liam "Lee" O'Brien`:  `Liam "Lee" O'Brien`,
		" Assistant ":         `" Assistant "`,
		"Team Lead\nNetwork":  `"Team Lead\nNetwork"`,
		"\x1b[31mred":         `"\x1b[31mred"`,
		"a\u009b31mb":         `"a\u009b31mb"`,
		"\u202egnp.exe":       `"\u202egnp.exe"`,
		"a\u200bb":            `"a\u200bb"`,
		"a\u00a0b":            `"a\u00a0b"`,
		"a → b":               `"a → b"`,
		"M\xfcller":           `"M\xfcller"`,
		"\uFFFD":              "\uFFFD",
	} {
		if got := printable(text); got != want {
			t.Errorf("%q is shown as %s, want %s", text, got, want)
		}
	}
}

func TestLongTextsAreShortenedWhereTheyDiffer(t *testing.T) {
	const forty = "0123456789012345678901234567890123456789"
	for _, test := range []struct{ name, a, b, wantA, wantB string }{
		{"short ones stay", "a", forty, "a", forty},
		{"at the end", "A" + forty, "B", "A" + forty[:38] + "…", "B"},
		{"before what is the same", forty + "A", forty + "B", "…0123456789A", "…0123456789B"},
		{"one that goes on", forty, forty + "B", "…0123456789", "…0123456789B"},
		{"on both sides", forty + "A" + forty, forty + "B" + forty,
			"…0123456789A" + forty[:27] + "…", "…0123456789B" + forty[:27] + "…"},
		{"wide characters count twice", "田田田田田田田田田田田田田田田田田田田田田", "x", "田田田田田田田田田田田田田田田田田田田…", "x"},
		{"what differs in the first few is not cut before it", "abc" + forty, "abd" + forty, "abc" + forty[:36] + "…", "abd" + forty[:36] + "…"},
	} {
		t.Run(test.name, func(t *testing.T) {
			a, b := shortenBoth(test.a, test.b)
			if a != test.wantA || b != test.wantB {
				t.Errorf("got\n%s\n%s\nwant\n%s\n%s", a, b, test.wantA, test.wantB)
			}
			if terminal.Width(a) > longest || terminal.Width(b) > longest {
				t.Errorf("they are %d and %d columns wide", terminal.Width(a), terminal.Width(b))
			}
		})
	}
}
