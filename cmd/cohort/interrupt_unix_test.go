//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestAnInterruptEndsAWaitForPeople holds all formats to it, from standard
// input that brings nothing and from a named pipe that nobody writes to.
func TestAnInterruptEndsAWaitForPeople(t *testing.T) {
	folder := t.TempDir()
	users := filepath.Join(folder, "users.csv")
	if err := os.WriteFile(users, []byte("email,username\na@corp.example,a\nb@corp.example,b\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, format := range []string{"csv", "json", "jsonl", "ldif"} {
		pipe := filepath.Join(folder, "people."+format)
		if err := syscall.Mkfifo(pipe, 0o600); err != nil {
			t.Fatal(err)
		}
		for name, people := range map[string]string{"standard input": "-", "a named pipe": pipe} {
			t.Run(format+" from "+name, func(t *testing.T) {
				t.Parallel()
				output := earlierOutput(t)
				run := newProgram(t, nil, "export", "--idp", people, "--idp-format", format, "--coder", users, "-o", output.path)
				stdin, err := run.StdinPipe()
				if err != nil {
					t.Fatal(err)
				}
				defer stdin.Close()
				// By then it has begun to read both sides.
				warned := &hearing{until: "coder_last_seen_at", found: make(chan struct{})}
				run.Stderr = warned
				if err := run.Start(); err != nil {
					t.Fatal(err)
				}
				select {
				case <-warned.found:
				case <-time.After(30 * time.Second):
					t.Fatalf("it never read the users: %q", warned.text())
				}
				if err := run.Process.Signal(os.Interrupt); err != nil {
					t.Fatal(err)
				}
				ended := time.AfterFunc(20*time.Second, func() { _ = run.Process.Kill() })
				defer ended.Stop()
				if code := run.exitCode(t, run.Wait()); code != 130 {
					t.Errorf("exit code %d, want 130", code)
				}
				if said := warned.text(); !strings.HasSuffix(said, "\ncohort: interrupted; no file was written\n") {
					t.Errorf("said %q", said)
				}
				output.untouched(t)
			})
		}
	}
}
