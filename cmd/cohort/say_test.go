package main

import "testing"

func TestOneLineObeysNobody(t *testing.T) {
	for text, want := range map[string]string{
		"as it is, Müller 田中": "as it is, Müller 田中",
		"two\r\nlines":        "two lines",
		"\x1b[31mred\x07":     "[31mred",
		"a\u009b31mb":         "a 31mb",
		"a\x9b31mb":           "a\uFFFD31mb",
		"a\u202egnp.exe":      "a gnp.exe",
		"one\u2028two\u2029":  "one two",
	} {
		if got := oneLine(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}
