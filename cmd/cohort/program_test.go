package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// program runs cohort as a process of its own, without anybody's settings but
// those given as NAME=value.
type program struct {
	*exec.Cmd
	stderr bytes.Buffer
	stdout bytes.Buffer
}

func newProgram(t testing.TB, settings []string, args ...string) *program {
	t.Helper()
	// The test's own binary is the program where its name says so.
	p := &program{Cmd: exec.CommandContext(t.Context(), "cohort", args...)}
	p.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}, settings...)
	p.Stdout, p.Stderr = &p.stdout, &p.stderr
	return p
}

// exitCode is the code with which the program ended, or -1 where it did not
// end by itself.
func (p *program) exitCode(t testing.TB, err error) int {
	t.Helper()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return p.ProcessState.ExitCode()
}

// earlier is an output file as an earlier run left it.
type earlier struct{ path, content string }

func earlierOutput(t *testing.T) earlier {
	t.Helper()
	file := earlier{filepath.Join(t.TempDir(), "out.csv"), "as an earlier run left it\n"}
	if err := os.WriteFile(file.path, []byte(file.content), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// untouched fails the test when the file changed, or something lies beside it.
func (e earlier) untouched(t *testing.T) {
	t.Helper()
	content, err := os.ReadFile(e.path)
	if err != nil || string(content) != e.content {
		t.Errorf("the earlier file holds %q, %v", content, err)
	}
	entries, err := os.ReadDir(filepath.Dir(e.path))
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 1 {
		t.Errorf("beside the earlier file lies something: %v", entries)
	}
}

// oneLineSaid gives the only line on standard error, and fails the test where
// it is not the only one.
func (p *program) oneLineSaid(t *testing.T) string {
	t.Helper()
	said := p.stderr.String()
	if strings.Count(said, "\n") != 1 || !strings.HasPrefix(said, "cohort: ") {
		t.Errorf("said %q, want one line", said)
	}
	return strings.TrimSpace(said)
}
