package main

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"cohort/join/diff"
)

// listed is how many lines of one kind the table shows without --all.
const listed = 20

// writeDiffTable writes what changed for a person to read: counts, then lists.
// Width is that of the terminal; where it is 0, a change is one line.
func writeDiffTable(to io.Writer, r *diff.Result, all bool, width int) error {
	t := diffTable{w: bufio.NewWriter(to), all: all, width: width}
	writeDiffSummary(t.w, r)
	t.rows("joined", r.Joined, "uses Coder")
	t.rows("left", r.Left, "used Coder")
	t.rows("added, without a key", r.Added, "uses Coder")
	t.rows("removed, without a key", r.Removed, "used Coder")
	t.cells("started using Coder", r.Started)
	t.cells("stopped using Coder", r.Stopped)
	t.cells("level up", r.LevelUp)
	t.cells("level down", r.LevelDown)
	for _, column := range r.ByColumn {
		var cells []diff.Cell
		for _, cell := range r.Changed {
			if cell.Column == column.Column {
				cells = append(cells, cell)
			}
		}
		if column.Volatile && !all {
			fmt.Fprintf(t.w, "\n%s changed: %s, not listed (--all lists them)\n", printable(column.Column), grouped(len(cells)))
			continue
		}
		t.cells(printable(column.Column)+" changed", cells)
	}
	return t.w.Flush()
}

// writeDiffSummary writes the counts, and what was not compared.
func writeDiffSummary(to io.Writer, r *diff.Result) {
	c := r.Counts
	lines := []summaryLine{
		{"old rows", r.Old.Rows, sideRemark(r, r.Old)},
		{"new rows", r.New.Rows, sideRemark(r, r.New)},
		{"joined", c.Joined, ofThem(c.JoinedUsing, "uses", "use")},
		{"left", c.Left, ofThem(c.LeftUsing, "used", "used")},
	}
	if r.Old.WithoutKey+r.New.WithoutKey > 0 {
		remark := ""
		if c.Added > 0 && c.Removed > 0 {
			remark = "only equal ones are matched; --key can name further columns"
		}
		lines = append(lines, summaryLine{"added, without a key", c.Added, ""}, summaryLine{"removed, without a key", c.Removed, remark})
	}
	if r.UseColumn != "" {
		use := "by " + printable(r.UseColumn)
		lines = append(lines, summaryLine{"started using Coder", c.Started, use}, summaryLine{"stopped using Coder", c.Stopped, use})
	}
	if r.LevelColumn != "" {
		level := "by " + printable(r.LevelColumn)
		lines = append(lines, summaryLine{"level up", c.LevelUp, level}, summaryLine{"level down", c.LevelDown, level})
	}
	lines = append(lines, summaryLine{"changed", c.Changed, changedRemark(r)}, summaryLine{"the same", c.Same, ""})
	writeSummary(to, lines, 0)

	if c.Crowds > 0 {
		fmt.Fprintf(to, "%s so many changed rows that they count as joined and left; --key can name further columns\n",
			counted(c.Crowds, "key has", "keys have"))
	}
	var renamed []string
	for _, name := range r.Columns.Renamed {
		renamed = append(renamed, printable(name.Old)+arrow+printable(name.New))
	}
	sayColumns(to, "only in old", printables(r.Columns.OnlyOld))
	sayColumns(to, "only in new", printables(r.Columns.OnlyNew))
	sayColumns(to, "renamed", renamed)
	sayColumns(to, "ignored", printables(r.Columns.Ignored))
}

func sayColumns(to io.Writer, what string, names []string) {
	if len(names) > 0 {
		fmt.Fprintf(to, "columns %s: %s\n", what, strings.Join(names, ", "))
	}
}

// sideRemark says of one export what bears on reading the counts.
func sideRemark(r *diff.Result, side diff.Side) string {
	parts := []string{printable(side.Name)}
	if r.UseColumn != "" {
		parts = append(parts, counted(side.UsingCoder, "uses", "use")+" Coder")
	}
	if side.WithoutKey > 0 {
		parts = append(parts, grouped(side.WithoutKey)+" without a key")
	}
	if side.SharedKeys > 0 {
		parts = append(parts, counted(side.SharedKeys, "key", "keys")+" with several rows")
	}
	return strings.Join(parts, ", ")
}

// changedRemark says how much changed, and how many rows only because somebody
// worked.
func changedRemark(r *diff.Result) string {
	if r.Counts.Cells == 0 {
		return ""
	}
	remark := counted(r.Counts.Cells, "cell", "cells") + " of " + counted(len(r.ByColumn), "column", "columns")
	if n := r.Counts.OnlyVolatile; n > 0 {
		var names []string
		for _, column := range r.ByColumn {
			if column.Volatile {
				names = append(names, column.Column)
			}
		}
		remark += "; " + counted(n, "row", "rows") + " only in " + strings.Join(names, ", ")
	}
	return remark
}

func ofThem(n int, one, many string) string {
	switch n {
	case 0:
		return ""
	case 1:
		return "1 of them " + one + " Coder"
	default:
		return grouped(n) + " of them " + many + " Coder"
	}
}

// diffTable writes lists of lines in columns.
type diffTable struct {
	w     *bufio.Writer
	all   bool
	width int
}

// rows lists rows that only one export has; uses is said of those who do.
func (t diffTable) rows(title string, rows []diff.Row, uses string) {
	var lines [][]string
	for _, row := range rows[:t.bound(len(rows))] {
		line := []string{"  " + t.cell(row.Key), t.cell(row.Name), ""}
		if row.Key == "" {
			line = []string{"  " + t.cell(row.Name), ""}
		}
		if row.UsesCoder != nil && *row.UsesCoder {
			line[len(line)-1] = uses
		}
		lines = append(lines, line)
	}
	t.list(title, lines, len(rows))
}

// cells lists cells that changed.
func (t diffTable) cells(title string, cells []diff.Cell) {
	var lines [][]string
	for _, cell := range cells[:t.bound(len(cells))] {
		was, is := printable(cell.Old), printable(cell.New)
		if !t.all {
			was, is = shortenBoth(was, is)
		}
		lines = append(lines, []string{"  " + t.cell(cell.Key), t.cell(cell.Name), was + arrow + is})
	}
	t.list(title, lines, len(cells))
}

func (t diffTable) bound(n int) int {
	if t.all {
		return n
	}
	return min(n, listed)
}

// cell is a text that stays in its column.
func (t diffTable) cell(text string) string {
	if text == "" {
		return ""
	}
	if text = printable(text); !t.all {
		text = shorten(text, longest)
	}
	return text
}

// list writes lines of the same number of columns, and how many more there are.
func (t diffTable) list(title string, lines [][]string, total int) {
	if total == 0 {
		return
	}
	fmt.Fprintf(t.w, "\n%s: %s\n", title, grouped(total))
	for _, line := range align(withoutEmpty(lines, 0), t.width) {
		fmt.Fprintln(t.w, line)
	}
	if more := total - len(lines); more > 0 {
		fmt.Fprintf(t.w, "  ... and %s more (--all lists them)\n", grouped(more))
	}
}
