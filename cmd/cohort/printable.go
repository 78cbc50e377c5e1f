package main

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"cohort/internal/terminal"
)

// arrow stands between what was and what is.
const arrow = " → "

// printable is a text as a table for a person shows it: as it is, or in quotes
// with escapes where it has characters that a terminal obeys or nobody sees, or
// could be taken for what the table says itself.
func printable(text string) string {
	switch {
	case text == "":
		return "(empty)"
	case text == "(empty)", strings.HasPrefix(text, `"`), strings.Contains(text, strings.TrimSpace(arrow)),
		strings.TrimSpace(text) != text, !utf8.ValidString(text), strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }):
		return strconv.Quote(text)
	default:
		return text
	}
}

func printables(texts []string) []string {
	all := make([]string, len(texts))
	for i, text := range texts {
		all[i] = printable(text)
	}
	return all
}

// longest is how many columns of a terminal a text takes at most.
const longest = 40

// shorten cuts the end of a text that takes more columns of a terminal.
func shorten(text string, columns int) string {
	if terminal.Width(text) <= columns {
		return text
	}
	if columns < 1 {
		return ""
	}
	taken := 1 // for the dots
	for i, r := range text {
		if taken += terminal.RuneWidth(r, 1); taken > columns {
			return text[:i] + "…"
		}
	}
	return text
}

// shortenMiddle cuts the middle, where the end tells as much as the start.
func shortenMiddle(text string, columns int) string {
	if terminal.Width(text) <= columns {
		return text
	}
	tail := columns / 2
	taken := 0
	start := len(text)
	for start > 0 {
		r, size := utf8.DecodeLastRuneInString(text[:start])
		if taken += terminal.RuneWidth(r, 1); taken > tail {
			break
		}
		start -= size
	}
	return shorten(text[:start], columns-terminal.Width(text[start:])) + text[start:]
}

// shortenBoth cuts two long texts so that it can be seen where they differ.
func shortenBoth(a, b string) (string, string) {
	if terminal.Width(a) <= longest && terminal.Width(b) <= longest {
		return a, b
	}
	before, after := []rune(a), []rune(b)
	same := 0
	for same < min(len(before), len(after)) && before[same] == after[same] {
		same++
	}
	const kept = 10 // characters that are the same, for whoever looks for the place
	if same > kept {
		a, b = "…"+string(before[same-kept:]), "…"+string(after[same-kept:])
	}
	return shorten(a, longest), shorten(b, longest)
}
