package main

import (
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"cohort/internal/terminal"
)

// screen is how wide a help may be.
const screen = 80

// flagColumns lays out flags: name and kind of value, what it means, and the
// default.
func flagColumns(flags *pflag.FlagSet) string {
	var rows [][]string
	flags.VisitAll(func(flag *pflag.Flag) {
		kind, usage := pflag.UnquoteUsage(flag)
		name := "      --" + flag.Name
		if flag.Shorthand != "" {
			name = "  -" + flag.Shorthand + ", --" + flag.Name
		}
		if kind != "" {
			name += " " + kind
		}
		switch flag.DefValue {
		case "", "false", "0", "0s", "0%":
		default:
			if !strings.Contains(usage, "(default: ") {
				usage += " (default: " + flag.DefValue + ")"
			}
		}
		rows = append(rows, []string{name, usage})
	})
	return columns(rows)
}

// columns lays out rows of a name and a text, which is broken at the screen's
// edge.
func columns(rows [][]string) string {
	indent := 0
	for _, row := range rows {
		indent = max(indent, terminal.Width(row[0])+2)
	}
	var b strings.Builder
	for _, row := range rows {
		for i, line := range broken(row[1], screen-indent) {
			if i > 0 {
				row[0] = ""
			}
			fmt.Fprintf(&b, "%s%s%s\n", row[0], strings.Repeat(" ", indent-terminal.Width(row[0])), line)
		}
	}
	return b.String()
}

// broken gives lines of at most width characters, broken at blanks, and behind
// the commas of words that are longer.
func broken(text string, width int) []string {
	var pieces []string
	for _, word := range strings.SplitAfter(text, " ") {
		if terminal.Width(word) > width {
			pieces = append(pieces, strings.SplitAfter(word, ",")...)
		} else {
			pieces = append(pieces, word)
		}
	}
	lines := []string{""}
	for _, piece := range pieces {
		last := len(lines) - 1
		if lines[last] != "" && terminal.Width(lines[last])+terminal.Width(strings.TrimRight(piece, " ")) > width {
			lines[last] = strings.TrimRight(lines[last], " ")
			lines = append(lines, "")
			last++
		}
		if lines[last] == "" {
			piece = strings.TrimLeft(piece, " ")
		}
		lines[last] += piece
	}
	return lines
}
