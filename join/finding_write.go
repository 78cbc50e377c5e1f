package join

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"cohort/idp"
	"cohort/internal/jsontext"
	"cohort/internal/terminal"
)

// WriteFindings writes findings as CSV, a line each. What would do something to
// a terminal is spelled out ([terminal.Visible]).
func WriteFindings(w io.Writer, findings []Finding, options CSVOptions) (Changes, error) {
	encoder := NewCSV(w, options)
	encoder.Header([]string{
		"key", "kind", "severity", "privileged", "person_email", "person_name", "person_id",
		"coder_username", "coder_email", "coder_id", "coder_status", "coder_last_seen_at", "candidates", "evidence", "remedy",
	})
	text := func(s string) idp.Value { return idp.TextOf(terminal.Visible(s)) }
	for _, f := range findings {
		candidates := make([]string, len(f.Candidates))
		for i, candidate := range f.Candidates {
			candidates[i] = terminal.Visible(candidate)
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
	return jsontext.Write(w, r)
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
	for _, r := range terminal.Visible(s) {
		if strings.ContainsRune("\\`*_[]<>|~&!#", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
