package main

import (
	"encoding/csv"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cohort/internal/slapdtest"
)

// TestAttributesOfARealDirectory counts beside ldapsearch: every attribute that
// it shows with * and + is there, filled as often and with as many values.
func TestAttributesOfARealDirectory(t *testing.T) {
	const people = 1_200
	directory := slapdtest.Start(t, slapdtest.Config{LDIF: slapdtest.People(people), SizeLimit: 500})
	run := newProgram(t, []string{"COHORT_LDAP_PASSWORD=" + directory.Password}, "attributes",
		"--idp", directory.URL+"/"+directory.Base, "--ldap-bind-dn", directory.BindDN, "--format", "csv")
	if code := run.exitCode(t, run.Run()); code != 0 {
		t.Fatalf("exit code %d: %s", code, run.stderr.String())
	}
	rows, err := csv.NewReader(&run.stdout).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	type figures struct{ Filled, Values string }
	got := map[string]figures{}
	uses := map[string]string{}
	for _, row := range rows[1:] {
		got[row[3]], uses[row[3]] = figures{row[5], row[7]}, row[4]
	}
	filled, values := map[string]int{}, map[string]map[string]bool{}
	for entry := range strings.SplitSeq(directory.Search(t, "-E", "pr=1000/noprompt", "(objectClass=inetOrgPerson)", "*", "+"), "\n\n") {
		own := map[string]bool{}
		for line := range strings.Lines(entry) {
			name, value, _ := strings.Cut(line, ":")
			if name == "dn" || strings.HasPrefix(line, "#") || strings.TrimSpace(line) == "" {
				continue
			}
			if !own[name] {
				own[name] = true
				filled[name]++
			}
			if values[name] == nil {
				values[name] = map[string]bool{}
			}
			values[name][value] = true
		}
	}
	want := map[string]figures{}
	for name, n := range filled {
		want[name] = figures{fmt.Sprint(n), fmt.Sprint(len(values[name]))}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("attributes (-ldapsearch +got):\n%s", diff)
	}
	for name, use := range map[string]string{
		"employeeType": "cohort", "ou": "cohort", "manager": "cohort", "mail": "identifier", "entryUUID": "identifier",
		"o": "constant", "creatorsName": "constant", "pwdAccountLockedTime": "rare",
	} {
		if uses[name] != use {
			t.Errorf("%s is %q, want %q", name, uses[name], use)
		}
	}
	if strings.Contains(run.stderr.String(), directory.Password) {
		t.Error("the password was said")
	}
}

// A directory that stops in the middle gives no figures at all.
func TestAttributesOfADirectoryThatGivesNotEverybody(t *testing.T) {
	directory := slapdtest.Start(t, slapdtest.Config{LDIF: slapdtest.People(300), PagedLimit: 100, SizeLimit: 50})
	arguments := []string{"attributes", "--idp", directory.URL + "/" + directory.Base, "--ldap-bind-dn", directory.BindDN, "--ldap-page-size", "50"}
	settings := []string{"COHORT_LDAP_PASSWORD=" + directory.Password}
	output := earlierOutput(t)
	run := newProgram(t, settings, append(arguments, "--format", "table", "-o", output.path)...)
	if code := run.exitCode(t, run.Run()); code != 5 {
		t.Errorf("exit code %d, want 5", code)
	}
	run.oneLineSaid(t)
	output.untouched(t)

	// A sample that ends before the limit is what was asked for.
	run = newProgram(t, settings, append(arguments, "--sample", "40")...)
	if code := run.exitCode(t, run.Run()); code != 0 || !strings.HasPrefix(run.stdout.String(), "the first 40 people of ldap://") {
		t.Errorf("exit code %d and %q: %s", code, run.stdout.String(), run.stderr.String())
	}
}
