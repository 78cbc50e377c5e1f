package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cohort/internal/terminal"
)

func TestJSONIsFitForATerminalAndKeepsTheDataAsTheyAre(t *testing.T) {
	const name = "R&D na\u202eme\u009b" // of a file, of its column, and of what is in it
	folder := t.TempDir()
	people := filepath.Join(folder, name+".csv")
	later := filepath.Join(folder, "later.csv")
	users := filepath.Join(folder, "users.csv")
	for file, content := range map[string]string{
		people: "email,name," + name + "\nada@corp.example,Ada," + name + "\nben@corp.example,Ben,no\n",
		later:  "email,name," + name + "\nada@corp.example,Ada,no\nben@corp.example,Ben,no\n",
		users:  "email,username,status,name\nada@corp.example,ada,active,Ada\neve@corp.example,eve,active," + name + "\n",
	} {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	both := []string{"--idp", people, "--coder", users}
	for _, args := range [][]string{
		append([]string{"check", "--json"}, both...),
		append([]string{"export", "--plan=json"}, both...),
		append([]string{"export", "-o", filepath.Join(folder, "out.csv"), "--summary", "-"}, both...),
		append([]string{"audit", "--format", "json", "--kinds", "orphan", "--fail-on", "none"}, both...),
		{"attributes", "--format", "json", "--idp", people},
		{"diff", people, later, "--format", "json"},
	} {
		t.Run(args[0]+" "+args[1], func(t *testing.T) {
			run := newProgram(t, nil, args...)
			if code := run.exitCode(t, run.Run()); code != 0 {
				t.Fatalf("exit code %d: %s", code, run.stderr.String())
			}
			written := run.stdout.String()
			if strings.ContainsFunc(strings.ReplaceAll(written, "\n", ""), terminal.IsUnruly) {
				t.Errorf("a terminal obeys %q", written)
			}
			if !strings.Contains(written, `R&D na\u202eme\u009b`) || !json.Valid(run.stdout.Bytes()) {
				t.Errorf("%q is not there in\n%s", name, written)
			}
		})
	}
}
