package main

import (
	"strings"

	"cohort/internal/terminal"
)

// leastRoom is how many columns a text needs to go on beside others rather
// than below them.
const leastRoom = 50

// align puts rows of cells under each other, two blanks between them. The last
// cell of a row may be of any length: on a terminal of a width it goes on below
// itself, or, where there is too little room, below its row. Width 0 is none,
// and every row stays one line.
func align(rows [][]string, width int) []string {
	var widths []int
	for _, row := range rows {
		for i, cell := range row[:max(len(row)-1, 0)] {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], terminal.Width(cell))
		}
	}
	lines := make([]string, len(rows))
	for i, row := range rows {
		if len(row) == 0 {
			continue
		}
		var b strings.Builder
		column := 0
		for j, cell := range row[:len(row)-1] {
			b.WriteString(cell + strings.Repeat(" ", widths[j]-terminal.Width(cell)+2))
			column += widths[j] + 2
		}
		last := row[len(row)-1]
		if isTooLong := width > 0 && column+terminal.Width(last) > width; isTooLong && column > 0 && width-column < leastRoom {
			below := 6
			if !strings.Contains(last, " ") { // which stays as near to its column as it can
				below = max(below, width-terminal.Width(last))
			}
			lines[i] = strings.TrimRight(b.String(), " ") + "\n" + strings.Repeat(" ", below) + wrap(last, below, width)
			continue
		}
		lines[i] = strings.TrimRight(b.String()+wrap(last, column, width), " ")
	}
	return lines
}

// wrap breaks a text that starts at a column of a terminal into lines that all
// start there. It breaks at blanks alone, so that addresses stay whole.
func wrap(text string, column, width int) string {
	if width == 0 || column+terminal.Width(text) <= width {
		return text
	}
	var b strings.Builder
	at := column
	for i, word := range strings.Split(text, " ") {
		taken := terminal.Width(word)
		switch {
		case i == 0:
		case at+1+taken > width:
			b.WriteString("\n" + strings.Repeat(" ", column))
			at = column
		default:
			b.WriteByte(' ')
			at++
		}
		b.WriteString(word)
		at += taken
	}
	return b.String()
}

// withoutEmpty drops the columns that have nothing below their headers.
func withoutEmpty(rows [][]string, headers int) [][]string {
	if len(rows) == 0 {
		return nil
	}
	kept := make([][]string, len(rows))
	for column := range rows[0] {
		empty := true
		for _, row := range rows[headers:] {
			empty = empty && row[column] == ""
		}
		if !empty {
			for i, row := range rows {
				kept[i] = append(kept[i], row[column])
			}
		}
	}
	return kept
}
