package join_test

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"cohort/join"
)

// hostile is a finding whose words would like to be more than words.
func hostile() join.Finding {
	return join.Finding{
		Key: "orphan:=cmd", Kind: join.FindingOrphan, Severity: join.Medium, Privileged: true,
		Person:     join.FindingPerson{Email: "a|b@corp.example", Name: "=1+1\r\n\x1b[31m\u009bEve\u202e", ID: "1"},
		Account:    join.FindingAccount{Username: "=cmd", Email: "x@corp.example\x00", ID: "u\xff", Status: "active", LastSeenAt: days(2)},
		Candidates: []string{"one", "t\nwo"}, Evidence: "![x](https://attacker.example) <b>|`c`\\", Remedy: "none",
	}
}

// plain says whether a terminal would only print a text.
func plain(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) }) < 0
}

func TestFindingsAsCSV(t *testing.T) {
	var b strings.Builder
	changes, err := join.WriteFindings(&b, []join.Finding{hostile(), {Key: "unmatched-domain:x.example", Kind: join.FindingUnmatchedDomain}}, join.CSVOptions{})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(b.String())).ReadAll()
	if err != nil || !plain(b.String()) {
		t.Errorf("wrote %q, %v", b.String(), err)
	}
	want := [][]string{
		{"key", "kind", "severity", "privileged", "person_email", "person_name", "person_id", "coder_username", "coder_email",
			"coder_id", "coder_status", "coder_last_seen_at", "candidates", "evidence", "remedy"},
		{"orphan:=cmd", "orphan", "medium", "true", "a|b@corp.example", `'=1+1\r\n\x1b[31m\u009bEve\u202e`, "1", "'=cmd", `x@corp.example\x00`,
			"u\uFFFD", "active", "2026-03-29T12:00:00Z", `one|t\nwo`, "![x](https://attacker.example) <b>|`c`\\", "none"},
		{"unmatched-domain:x.example", "unmatched-domain", "info", "false", "", "", "", "", "", "", "", "", "", "", ""},
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if changes.Formulas != 2 {
		t.Errorf("changes %+v", changes)
	}
}

func TestFindingsAsJSON(t *testing.T) {
	var b strings.Builder
	report := join.AuditReport{
		Now: auditDay(), Accepted: 3, Findings: []join.Finding{hostile()},
		Sources: []join.ManifestSource{{Role: "idp", Name: "test:", Records: 1, Complete: join.Complete(true)}},
	}
	if err := report.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	if !plain(b.String()) {
		t.Errorf("wrote %q", b.String())
	}
	var got struct {
		Now      time.Time
		Sources  []join.ManifestSource
		Accepted int
		Findings []struct {
			Key, Kind, Severity string
			Privileged          bool
			Person              map[string]string
			Account             struct {
				Username   string
				LastSeenAt time.Time `json:"last_seen_at"`
			}
			Candidates []string
		}
	}
	if err := json.Unmarshal([]byte(b.String()), &got); err != nil {
		t.Fatal(err)
	}
	f := got.Findings[0]
	if !got.Now.Equal(auditDay()) || got.Accepted != 3 || len(got.Sources) != 1 || f.Severity != "medium" || !f.Privileged ||
		f.Person["name"] != hostile().Person.Name || !f.Account.LastSeenAt.Equal(days(2)) || !slices.Equal(f.Candidates, hostile().Candidates) {
		t.Errorf("read %+v", got)
	}
	b.Reset()
	if err := (join.AuditReport{}).WriteJSON(&b); err != nil || !strings.Contains(b.String(), `"findings": []`) {
		t.Errorf("wrote %s, %v", b.String(), err)
	}
}

func TestFindingsAsMarkdown(t *testing.T) {
	var b strings.Builder
	findings := []join.Finding{hostile(), {Key: "idle:a_b@c.example", Kind: join.FindingIdle, Severity: join.Low}}
	if err := join.WriteMarkdown(&b, findings); err != nil {
		t.Fatal(err)
	}
	want := `## orphan (1)

an account without a person

| severity | key | person | evidence | what to do |
|---|---|---|---|---|
| medium, privileged | orphan:=cmd | =1+1\\r\\n\\x1b\[31m\\u009bEve\\u202e, a\|b@corp.example | \!\[x\](https://attacker.example) \<b\>\|` + "\\`c\\`" + `\\ | none |

## idle (1)

active on both sides, and not seen for long

| severity | key | person | evidence | what to do |
|---|---|---|---|---|
| low | idle:a\_b@c.example |  |  |  |
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("page (-want +got):\n%s", diff)
	}
	b.Reset()
	if err := join.WriteMarkdown(&b, nil); err != nil || b.String() != "No findings.\n" {
		t.Errorf("wrote %q, %v", b.String(), err)
	}
}

func TestAWriterThatFailsIsAnError(t *testing.T) {
	reader, writer := io.Pipe()
	if err := reader.Close(); err != nil {
		t.Fatal(err)
	}
	findings := slices.Repeat([]join.Finding{hostile()}, 1000)
	if _, err := join.WriteFindings(writer, findings, join.CSVOptions{}); err == nil {
		t.Error("CSV: no error")
	}
	if err := (join.AuditReport{Findings: findings}).WriteJSON(writer); err == nil {
		t.Error("JSON: no error")
	}
	if err := join.WriteMarkdown(writer, findings); err == nil {
		t.Error("Markdown: no error")
	}
}
