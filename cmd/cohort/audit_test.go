package main

import (
	"encoding/csv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cohort/join"
)

// TestTheSampleCompanyHasEveryFinding compares what is found with what was put
// there, finding by finding.
func TestTheSampleCompanyHasEveryFinding(t *testing.T) {
	run := newProgram(t, nil, "audit", "--demo", "--quiet", "--format", "csv")
	if code := run.exitCode(t, run.Run()); code != 3 {
		t.Errorf("exit code %d, want 3; said %q", code, run.stderr.String())
	}
	rows, err := csv.NewReader(&run.stdout).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string][]string) // the severities and usernames or domains, by kind
	for _, row := range rows[1:] {
		kind := row[1]
		got[kind] = append(got[kind], row[2]+" "+row[0][len(kind)+1:])
	}
	want := map[string][]string{
		"leaver":     {"critical gerd", "high jlang"},
		"privileged": {"critical gerd"},
		"orphan": {
			"medium ilker", "medium moritz", "medium nikos", "medium omar-old", "medium ravi", "medium tester", "medium yuki",
			"info consultant", "info svc-backup", "info svc-ci", "info svc-old",
		},
		"name-mismatch":    {"medium kmeyer"},
		"ambiguous":        {"medium jlang", "medium lab", "medium rolf", "medium rschmidt"},
		"second-account":   {"low kasante", "low qmoreau"},
		"idle":             {"low aisha"},
		"unmatched-domain": {"info agency.example"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	for _, kind := range join.FindingKinds() {
		if len(got[string(kind)]) == 0 {
			t.Errorf("there is no finding of the kind %s", kind)
		}
	}
}

func TestFindingsFitTheirTerminal(t *testing.T) {
	finding := func(key string, kind join.FindingKind, evidence, remedy string) join.Finding {
		return join.Finding{Key: key, Kind: kind, Severity: join.High, Account: join.FindingAccount{Email: "a@corp.example"}, Evidence: evidence, Remedy: remedy}
	}
	findings := []join.Finding{
		finding("leaver:a", join.FindingLeaver, "disabled; the account is active, last seen 2026-03-30 (1 day ago)", "suspend the account: coder users suspend USERNAME"),
		finding("leaver:b", join.FindingLeaver, "disabled", "suspend the account: coder users suspend USERNAME"),
		finding("idle:c", join.FindingIdle, "\x1b[31m", "ask"),
	}
	for _, test := range []struct {
		width int
		want  string
	}{
		{0, `leaver (2): disabled in the identity provider, and not suspended in Coder
  high  leaver:a  a@corp.example  disabled; the account is active, last seen 2026-03-30 (1 day ago)
  high  leaver:b  a@corp.example  disabled
    -> suspend the account: coder users suspend USERNAME

idle (1): active on both sides, and not seen for long
  high  idle:c  a@corp.example  \x1b[31m
    -> ask
`},
		{48, `leaver (2): disabled in the identity provider,
and not suspended in Coder
  high  leaver:a  a@corp.example
      disabled; the account is active, last seen
      2026-03-30 (1 day ago)
  high  leaver:b  a@corp.example  disabled
    -> suspend the account: coder users suspend
       USERNAME

idle (1): active on both sides, and not seen for
long
  high  idle:c  a@corp.example  \x1b[31m
    -> ask
`},
	} {
		var b strings.Builder
		if err := writeFindings(&b, findings, test.width); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, b.String()); diff != "" {
			t.Errorf("at %d columns (-want +got):\n%s", test.width, diff)
		}
	}
}
