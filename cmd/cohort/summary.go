package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"cohort/idp"
	"cohort/internal/terminal"
	"cohort/join"
)

// changeWarnings are the sentences about cells that are not as their source
// has them.
func changeWarnings(c join.Changes) []string {
	var warnings []string
	if c.Formulas > 0 {
		warnings = append(warnings, counted(c.Formulas, "cell", "cells")+
			" that a spreadsheet would run got a ' in front (--formulas keep leaves them)")
	}
	if c.FormulasKept > 0 {
		warnings = append(warnings, counted(c.FormulasKept, "cell", "cells")+
			" would be run by a spreadsheet: do not open this file in one")
	}
	if c.InvalidUTF8 > 0 {
		warnings = append(warnings, counted(c.InvalidUTF8, "cell", "cells")+" had bytes that are not UTF-8, now U+FFFD")
	}
	if c.NUL > 0 {
		warnings = append(warnings, counted(c.NUL, "cell", "cells")+" had NUL characters, which were left out")
	}
	if c.LineEnds > 0 {
		warnings = append(warnings, counted(c.LineEnds, "cell", "cells")+" had lines that end in CR LF, now LF")
	}
	return warnings
}

// emptyWarnings tell of a table without rows, which may be the answer, or a
// condition with a slip of the pen.
func emptyWarnings(written join.Written) []string {
	switch {
	case written.Rows > 0:
		return nil
	case written.LeftOut > 0:
		return []string{"no row was written: " + counted(written.LeftOut, "row does", "rows do") + " not meet --where"}
	default:
		return []string{"no row was written"}
	}
}

// doubtWarnings name what was ambiguous, the first of them by address.
func doubtWarnings(doubts []join.Doubt, review string) []string {
	const named = 5
	var addresses []string
	for _, doubt := range doubts {
		key := join.ExactKey(doubt.Address)
		if strings.HasPrefix(doubt.Kind, "ambiguous") && !slices.Contains(addresses, key) {
			addresses = append(addresses, key)
		}
	}
	if len(addresses) == 0 {
		return nil
	}
	slices.Sort(addresses)
	text := counted(len(addresses), "address is", "addresses are") + " ambiguous, so nobody has the account: " +
		strings.Join(addresses[:min(named, len(addresses))], ", ")
	if len(addresses) > named {
		text += ", ..."
	}
	return []string{withReview(text, review)}
}

// withReview says where what a warning counts is listed, unless that was asked for.
func withReview(text, review string) string {
	if review == "" {
		text += "; --review FILE lists them"
	}
	return text
}

// noEmailWarnings tell of a table in which nobody has an e-mail, though people
// have other addresses by which they are matched.
func noEmailWarnings(columns join.Columns, written join.Written) []string {
	at := slices.Index(columns.Sources(), string(idp.Email))
	if at < 0 || at >= len(written.Filled) || written.Rows == 0 || written.Filled[at] > 0 {
		return nil
	}
	return []string{"nobody has an email, only further addresses; --map email=ATTRIBUTE names what holds it"}
}

// conflictWarnings tell of people whom sources describe differently.
func conflictWarnings(people join.PeopleFigures, review string) []string {
	if people.Conflicts == 0 {
		return nil
	}
	text := counted(people.Conflicts, "person is", "people are") + " active in one source and disabled in another; the source named first counts"
	return []string{withReview(text, review)}
}

// unmergedWarnings tell of records of several sources that are most likely some
// people, and nobody can say how many.
func unmergedWarnings(doubts []join.Doubt, review string) []string {
	n := 0
	for _, doubt := range doubts {
		if doubt.Kind == "unmerged" {
			n++
		}
	}
	if n == 0 {
		return nil
	}
	text := counted(n, "record shares", "records share") + " addresses with other sources' and stay apart, since one source tells them apart"
	return []string{withReview(text, review)}
}

// saySummary prints what was read, what came of it and where it went; manifest
// is the file that says the same to machines, or "".
func (w world) saySummary(m join.Manifest, manifest string) {
	lines := slices.Concat(peopleLines(m), userLines(m), fileLines(m.Files, manifest))
	writeSummary(w.stderr, lines, w.columns(w.stderr))
	fmt.Fprintf(w.stderr, "done in %s\n", time.Duration(m.Duration*float64(time.Second)).Round(10*time.Millisecond))
}

// summaryLine is what is counted, how many that are, and what else to say.
type summaryLine struct {
	label  string
	count  int // or uncounted
	remark string
}

// uncounted is the count of a line that counts nothing.
const uncounted = -1

func (l summaryLine) number() string {
	if l.count == uncounted {
		return ""
	}
	return grouped(l.count)
}

func peopleLines(m join.Manifest) []summaryLine {
	people, providers := m.People, m.Sources[:len(m.Sources)-1]
	lines := []summaryLine{{"people", people.Total, sourceName(providers[0])}}
	if len(providers) > 1 {
		lines[0].remark = counted(len(providers), "source", "sources")
		for _, source := range providers {
			lines = append(lines, summaryLine{"  records", source.Records, sourceName(source)})
		}
		lines = append(lines, summaryLine{"  in several of these", people.Merged, ""})
	}
	return append(lines,
		summaryLine{"  with a Coder user", people.Matched, byRung(people)},
		summaryLine{"  without", people.Unmatched, ""},
		summaryLine{"  ambiguous", people.Ambiguous, ""},
		summaryLine{"  without any address", people.WithoutAddress, ""},
	)
}

func userLines(m join.Manifest) []summaryLine {
	users := m.Users
	leavers := summaryLine{"    who is disabled", m.Leavers, ""}
	if m.Leavers > 0 {
		leavers.remark = "and not suspended in Coder: cohort audit tells who"
	}
	lines := []summaryLine{
		{"Coder users", users.Total, sourceName(m.Sources[len(m.Sources)-1])},
		{"  of a person", users.Matched, ""},
		leavers,
		{"  second accounts", users.Second, ""},
		{"  of nobody", users.Unmatched, ""},
		{"  ambiguous", users.Ambiguous, ""},
		{"  without an address", users.WithoutAddress, ""},
	}
	if m.Usage != nil {
		lines = append(lines, summaryLine{"  with use", m.Usage.ActiveUsers, usageRemark(m.Usage)})
	}
	return lines
}

func fileLines(files []join.ManifestFile, manifest string) []summaryLine {
	var lines []summaryLine
	for _, file := range files {
		label := "rows written"
		if file.Role == "review" {
			label = "for review"
		}
		lines = append(lines, summaryLine{label, file.Rows, outputName(file.Path) + ", " + string(file.Format)})
	}
	if manifest != "" {
		lines = append(lines, summaryLine{"manifest", uncounted, manifest})
	}
	return lines
}

func sourceName(source join.ManifestSource) string { return source.Name + ", " + source.Complete }

// writeSummary writes lines in columns; a remark that a terminal of that width
// has no room for goes on below itself. Where there is no terminal, width is 0.
func writeSummary(to io.Writer, lines []summaryLine, width int) {
	labels, counts := 0, 0
	for _, line := range lines {
		labels = max(labels, terminal.Width(line.label))
		counts = max(counts, len(line.number()))
	}
	const least = 20 // columns that are worth a remark's while
	indent := labels + 2 + counts + 2
	room := width - indent
	if width == 0 {
		room = math.MaxInt
	}
	for _, line := range lines {
		row := fmt.Sprintf("%-*s  %*s", labels, line.label, counts, line.number())
		remarks := broken(oneLine(line.remark), room)
		if room < least {
			remarks = append([]string{""}, broken(oneLine(line.remark), width-4)...)
			indent = 4
		}
		fmt.Fprintln(to, strings.TrimRight(row+"  "+remarks[0], " "))
		for _, more := range remarks[1:] {
			if more != "" {
				fmt.Fprintln(to, strings.Repeat(" ", indent)+more)
			}
		}
	}
}

// byRung says how many were matched by each rung that matched anybody.
func byRung(people join.PeopleFigures) string {
	var parts []string
	for _, rung := range join.Rungs() {
		if n := people.MatchedBy[rung.String()]; n > 0 {
			parts = append(parts, grouped(n)+" by "+rung.String())
		}
	}
	return strings.Join(parts, ", ")
}
