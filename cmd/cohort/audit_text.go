package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"cohort/internal/terminal"
	"cohort/join"
)

// writeFindings writes findings for a person to read, under their kinds, each
// by the key that --accepted takes. What to do stands below those that ask for
// the same. Width is that of the terminal; where it is 0, a finding is one line.
func writeFindings(to io.Writer, findings []join.Finding, width int) error {
	if len(findings) == 0 {
		_, err := fmt.Fprintln(to, "no findings")
		return err
	}
	var b strings.Builder
	for len(findings) > 0 {
		kind := findings[0].Kind
		end := slices.IndexFunc(findings, func(f join.Finding) bool { return f.Kind != kind })
		if end < 0 {
			end = len(findings)
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		writeKind(&b, findings[:end], width)
		findings = findings[end:]
	}
	_, err := io.WriteString(to, b.String())
	return err
}

// writeKind writes findings of one kind.
func writeKind(b *strings.Builder, findings []join.Finding, width int) {
	kind := findings[0].Kind
	heading := fmt.Sprintf("%s (%s): %s", kind, grouped(len(findings)), kind.About())
	b.WriteString(wrap(heading, 0, width) + "\n")
	rows := make([][]string, len(findings))
	for i, f := range findings {
		rows[i] = []string{"  " + f.Severity.String(), f.Key, terminal.Visible(whose(f)), terminal.Visible(f.Evidence)}
	}
	for i, line := range align(rows, width) {
		b.WriteString(line + "\n")
		if i == len(findings)-1 || findings[i+1].Remedy != findings[i].Remedy {
			const arrow = "    -> "
			b.WriteString(arrow + wrap(terminal.Visible(findings[i].Remedy), len(arrow), width) + "\n")
		}
	}
}

// whose is the address of the person a finding is about, else the account's.
func whose(f join.Finding) string {
	return cmp.Or(f.Person.Email, f.Person.Name, f.Account.Email, "-")
}

// auditSummary is what was read, and how much was found.
func auditSummary(read both, findings []join.Finding, accepted int) []summaryLine {
	var lines []summaryLine
	for i, source := range read.sources {
		label := "people"
		if i == len(read.sources)-1 {
			label = "Coder users"
		}
		lines = append(lines, summaryLine{label, source.Records, sourceName(source)})
	}
	counts := make(map[join.Severity]int)
	for _, f := range findings {
		counts[f.Severity]++
	}
	var parts []string
	for _, severity := range []join.Severity{join.Critical, join.High, join.Medium, join.Low, join.Info} {
		if counts[severity] > 0 {
			parts = append(parts, grouped(counts[severity])+" "+severity.String())
		}
	}
	lines = append(lines, summaryLine{"findings", len(findings), strings.Join(parts, ", ")})
	if accepted > 0 {
		lines = append(lines, summaryLine{"accepted", accepted, ""})
	}
	return lines
}

// acceptanceWarnings tell of accepted findings that count again, and of those
// that there are none of.
func acceptanceWarnings(a join.Acceptance) []string {
	var warnings []string
	if len(a.Expired) > 0 {
		warnings = append(warnings, "--accepted: "+counted(len(a.Expired), "entry has", "entries have")+" expired and the findings count again: "+
			keysOf(a.Expired, func(one join.Accepted) string { return one.Key + " (until " + one.Until.Format(time.DateOnly) + ")" }))
	}
	if len(a.Unused) > 0 {
		warnings = append(warnings, "--accepted: "+counted(len(a.Unused), "entry is", "entries are")+" about nothing that was found: "+
			keysOf(a.Unused, func(one join.Accepted) string { return one.Key }))
	}
	return warnings
}

// keysOf names the first of some accepted findings.
func keysOf(accepted []join.Accepted, called func(join.Accepted) string) string {
	const named = 10
	var keys []string
	for _, one := range accepted[:min(named, len(accepted))] {
		keys = append(keys, called(one))
	}
	text := strings.Join(keys, ", ")
	if more := len(accepted) - named; more > 0 {
		text += " and " + grouped(more) + " more"
	}
	return text
}
