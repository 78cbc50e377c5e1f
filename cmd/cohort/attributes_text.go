package main

import (
	"fmt"
	"io"
	"strings"

	"cohort/internal/terminal"
	"cohort/join/profile"
)

// narrowest is the width of a table where no terminal says another.
const narrowest = 80

// What a column of the table takes at most; names take what is left, and
// examples what names leave.
const (
	widestFeeds     = 17
	narrowestSample = 14
)

// title is what the table calls a use of attributes.
func title(use profile.Use) string {
	switch use {
	case profile.Cohort:
		return "for cohorts"
	case profile.Identifier:
		return "different for most people"
	case profile.Constant:
		return "the same for everybody"
	default:
		return "of fewer than 5% of the people"
	}
}

// writeAttributes writes figures for a person to read, a table a source.
func writeAttributes(to io.Writer, sections []profile.Section, width int, withExamples bool) error {
	var b strings.Builder
	for i, section := range sections {
		if i > 0 {
			b.WriteString("\n\n")
		}
		people := counted(section.People(), "person", "people")
		if section.IsSample {
			fmt.Fprintf(&b, "the first %s of %s\n", people, printable(section.Source))
		} else {
			fmt.Fprintf(&b, "%s, %s\n", printable(section.Source), people)
		}
		t := attributeTable{b: &b, width: width, withExamples: withExamples}
		t.write(section.Attributes(), section.People())
	}
	_, err := io.WriteString(to, b.String())
	return err
}

// attributeTable is one table.
type attributeTable struct {
	b            *strings.Builder
	width        int
	withExamples bool
}

// The columns, in order.
const (
	nameColumn = iota
	filledColumn
	valuesColumn
	eachColumn
	feedsColumn
	exampleColumn
)

const gap = "  "

func (t attributeTable) write(attributes []profile.Attribute, people int) {
	header := []string{"attribute", "filled", "values", "each", "feeds", "example"}
	rows := [][]string{header}
	for _, a := range attributes {
		rows = append(rows, attributeRow(a, people))
	}
	if !t.withExamples {
		for i := range rows {
			rows[i] = rows[i][:exampleColumn]
		}
	}
	widths := t.widths(rows)
	t.row(rows[0], widths)
	for i, a := range attributes {
		if i == 0 || attributes[i-1].Use() != a.Use() {
			fmt.Fprintf(t.b, "\n%s:\n", title(a.Use()))
		}
		t.row(rows[i+1], widths)
	}
}

// widths are those of the columns. All together fit the width of the table.
func (t attributeTable) widths(rows [][]string) []int {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], terminal.Width(cell))
		}
	}
	left := t.width - len(gap)*(len(widths)-1)
	for _, width := range widths[filledColumn : feedsColumn+1] {
		left -= width
	}
	if !t.withExamples {
		widths[nameColumn] = min(widths[nameColumn], left)
		return widths
	}
	widths[nameColumn] = min(widths[nameColumn], left-min(narrowestSample, widths[exampleColumn]))
	widths[exampleColumn] = min(widths[exampleColumn], left-widths[nameColumn])
	return widths
}

// row writes a line; a name that is too long gets one of its own, since it is
// for copying.
func (t attributeTable) row(cells []string, widths []int) {
	cells = append([]string{}, cells...)
	if terminal.Width(cells[nameColumn]) > widths[nameColumn] {
		t.b.WriteString(cells[nameColumn] + "\n")
		cells[nameColumn] = ""
	}
	var line strings.Builder
	for i, cell := range cells {
		if i == exampleColumn {
			cell = shorten(cell, widths[i])
		}
		blanks := strings.Repeat(" ", max(widths[i]-terminal.Width(cell), 0))
		if i > 0 {
			line.WriteString(gap)
		}
		if i == filledColumn || i == valuesColumn {
			line.WriteString(blanks + cell)
		} else {
			line.WriteString(cell + blanks)
		}
	}
	t.b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
}

func attributeRow(a profile.Attribute, people int) []string {
	values := grouped(a.Values)
	if a.HasMore {
		values = ">" + values
	}
	each := "1"
	if a.Most > 1 {
		each = "≤" + grouped(a.Most)
	}
	example := ""
	switch {
	case a.Withheld != "":
		example = "(" + string(a.Withheld) + ")"
	case a.Example != "":
		example = printable(a.Example)
	}
	return []string{printable(a.Name), percent(a.Filled, people), values, each, fed(a), example}
}

// percent is a share in whole percents: 100% are all of them, and 0% nobody.
func percent(n, of int) string {
	whole := 100 * n / max(of, 1)
	if whole == 0 && n > 0 {
		return "<1%"
	}
	return fmt.Sprintf("%d%%", whole)
}

// fed names the fields; of many the first.
func fed(a profile.Attribute) string {
	names := make([]string, len(a.Feeds))
	for i, field := range a.Feeds {
		names[i] = string(field)
	}
	if all := strings.Join(names, ", "); len(all) <= widestFeeds {
		return all
	}
	return fmt.Sprintf("%s +%d", names[0], len(names)-1)
}
