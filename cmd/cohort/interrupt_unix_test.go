//go:build unix

package main

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// TestAnInterruptEndsAWaitForPeople holds all formats to it, from standard
// input that brings nothing and from a named pipe that nobody writes to.
func TestAnInterruptEndsAWaitForPeople(t *testing.T) {
	folder := t.TempDir()
	for _, format := range []string{"csv", "json", "jsonl", "ldif"} {
		pipe := filepath.Join(folder, "people."+format)
		if err := syscall.Mkfifo(pipe, 0o600); err != nil {
			t.Fatal(err)
		}
		for name, people := range map[string]string{"standard input": "-", "a named pipe": pipe} {
			t.Run(format+" from "+name, func(t *testing.T) {
				t.Parallel()
				output := earlierOutput(t)
				users := filepath.Join(t.TempDir(), "users.csv")
				if err := syscall.Mkfifo(users, 0o600); err != nil {
					t.Fatal(err)
				}
				run := newProgram(t, nil, "export", "--idp", people, "--idp-format", format, "--coder", users, "-o", output.path)
				stdin, err := run.StdinPipe()
				if err != nil {
					t.Fatal(err)
				}
				defer stdin.Close()
				if err := run.Start(); err != nil {
					t.Fatal(err)
				}
				// It is there when the program reads both sides.
				wrote := make(chan error, 1)
				go func() {
					wrote <- os.WriteFile(users, []byte("email,username\na@corp.example,a\nb@corp.example,b\n"), 0o600)
				}()
				select {
				case err := <-wrote:
					if err != nil {
						t.Fatal(err)
					}
				case <-time.After(30 * time.Second):
					t.Fatal("it never read the users")
				}
				if err := run.Process.Signal(os.Interrupt); err != nil {
					t.Fatal(err)
				}
				ended := time.AfterFunc(20*time.Second, func() { _ = run.Process.Kill() })
				defer ended.Stop()
				if code := run.exitCode(t, run.Wait()); code != 130 {
					t.Errorf("exit code %d, want 130", code)
				}
				if want := "cohort: interrupted; no file was written"; run.oneLineSaid(t) != want {
					t.Errorf("said %q, want %q", run.stderr.String(), want)
				}
				output.untouched(t)
			})
		}
	}
}
