package main

import (
	"encoding/csv"
	"slices"
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

func TestAlignedColumnsOfATerminal(t *testing.T) {
	for text, want := range map[string]int{"": 0, "abc": 3, "\u00fc": 1, "u\u0308": 1, "田中": 4, "＝": 2, "a\u200db": 2, "שרה": 3} {
		if got := displayWidth(text); got != want {
			t.Errorf("%q takes %d columns, want %d", text, got, want)
		}
	}
	got := align([][]string{{"田中", "x", "1"}, {"a", "", "two"}, {}, {"b"}}, 0)
	if want := []string{"田中  x  1", "a        two", "", "b"}; !slices.Equal(got, want) {
		t.Errorf("aligned %q, want %q", got, want)
	}
}
