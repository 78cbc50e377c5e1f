package join

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf16"

	"cohort/idp"
)

// WriteFindings writes findings as CSV, a line each. What would do something to
// a terminal is spelled out ([Visible]).
func WriteFindings(w io.Writer, findings []Finding, options CSVOptions) (Changes, error) {
	encoder := NewCSV(w, options)
	if err := encoder.Header([]string{
		"key", "kind", "severity", "privileged", "person_email", "person_name", "person_id",
		"coder_username", "coder_email", "coder_id", "coder_status", "coder_last_seen_at", "candidates", "evidence", "remedy",
	}); err != nil {
		return Changes{}, err
	}
	text := func(s string) idp.Value { return idp.TextOf(Visible(s)) }
	for _, f := range findings {
		candidates := make([]string, len(f.Candidates))
		for i, candidate := range f.Candidates {
			candidates[i] = Visible(candidate)
		}
		if err := encoder.Row([]idp.Value{
			text(f.Key), text(string(f.Kind)), text(f.Severity.String()), idp.BooleanOf(f.Privileged),
			text(f.Person.Email), text(f.Person.Name), text(f.Person.ID),
			text(f.Account.Username), text(f.Account.Email), text(f.Account.ID), text(f.Account.Status), timestamp(f.Account.LastSeenAt),
			idp.ListOf(candidates...), text(f.Evidence), text(f.Remedy),
		}); err != nil {
			return Changes{}, err
		}
	}
	return encoder.Close()
}

// AuditReport is what an audit leaves behind for machines.
type AuditReport struct {
	Now     time.Time        `json:"now"`
	Sources []ManifestSource `json:"sources"`
	// Accepted counts the findings that were accepted, which are not here.
	Accepted int       `json:"accepted"`
	Findings []Finding `json:"findings"`
}

// WriteJSON writes the report as one object, indented. What would do something
// to a terminal is escaped.
func (r AuditReport) WriteJSON(w io.Writer) error {
	if r.Findings == nil {
		r.Findings = []Finding{}
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(r); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	out := bufio.NewWriter(w)
	for _, r := range b.String() {
		// Only strings hold such characters, and there they may be spelled so.
		if r != '\n' && isUnruly(r) {
			for _, unit := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(out, `\u%04x`, unit)
			}
			continue
		}
		out.WriteString(string(r))
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	return nil
}

// WriteMarkdown writes findings for a page or an issue: a table a kind.
func WriteMarkdown(w io.Writer, findings []Finding) error {
	out := bufio.NewWriter(w)
	if len(findings) == 0 {
		out.WriteString("No findings.\n")
	}
	for i, f := range findings {
		if i == 0 || findings[i-1].Kind != f.Kind {
			if i > 0 {
				out.WriteByte('\n')
			}
			fmt.Fprintf(out, "## %s (%d)\n\n%s\n\n| severity | key | person | evidence | what to do |\n|---|---|---|---|---|\n", f.Kind, ofKind(findings[i:]), f.Kind.About())
		}
		severity := f.Severity.String()
		if f.Privileged {
			severity += ", privileged"
		}
		person := cmp.Or(f.Person.Email, f.Person.ID)
		if f.Person.Name != "" {
			person = strings.TrimSuffix(f.Person.Name+", "+f.Person.Email, ", ")
		}
		fmt.Fprintf(out, "| %s | %s | %s | %s | %s |\n", severity, markdown(f.Key),
			markdown(person), markdown(f.Evidence), markdown(f.Remedy))
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write Markdown: %w", err)
	}
	return nil
}

// ofKind counts the findings that have the kind of the first.
func ofKind(findings []Finding) int {
	n := 0
	for n < len(findings) && findings[n].Kind == findings[0].Kind {
		n++
	}
	return n
}

// markdown is a text in a cell of a table: what would be markup there is
// escaped, so that a name makes no column, link or picture (CommonMark 0.31.2,
// section 2.4).
func markdown(s string) string {
	var b strings.Builder
	for _, r := range Visible(s) {
		if strings.ContainsRune("\\`*_[]<>|~&!#", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
