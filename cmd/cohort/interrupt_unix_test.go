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
				run.interrupt(t, output)
			})
		}
	}
}

// TestAnInterruptEndsAWaitForWhatASettingNames is about lists, secrets and
// settings that come from a command, such as <(pass show token), which has not
// written them yet.
func TestAnInterruptEndsAWaitForWhatASettingNames(t *testing.T) {
	const nowhere = "127.0.0.1:1"
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte("hunter2"), 0o600); err != nil {
		t.Fatal(err)
	}
	for flag, rest := range map[string][]string{
		"--config":                {"export", "--demo"},
		"--accepted":              {"audit", "--demo"},
		"--baseline":              {"export", "--demo"},
		"--dx-users":              {"export", "--demo", "--format", "dx"},
		"--usage-thresholds":      {"export", "--demo", "--usage", "28d"},
		"--coder-token-file":      {"export", "--idp", demoURL, "--coder", "https://" + nowhere},
		"--ldap-password-file":    {"attributes", "--idp", "ldaps://" + nowhere + "/dc=example", "--ldap-bind-dn", "cn=reader"},
		"--ldap-ca-file":          {"attributes", "--idp", "ldaps://" + nowhere + "/dc=example"},
		"--okta-ca-file":          {"attributes", "--idp", "okta://" + nowhere, "--okta-token-file", token},
		"--okta-token-file":       {"attributes", "--idp", "okta://" + nowhere},
		"--okta-private-key-file": {"attributes", "--idp", "okta://" + nowhere, "--okta-client-id", "app"},
	} {
		t.Run(flag, func(t *testing.T) {
			t.Parallel()
			output := earlierOutput(t)
			pipe := filepath.Join(t.TempDir(), "pipe")
			if err := syscall.Mkfifo(pipe, 0o600); err != nil {
				t.Fatal(err)
			}
			run := newProgram(t, nil, append(rest, flag, pipe, "-o", output.path)...)
			if err := run.Start(); err != nil {
				t.Fatal(err)
			}
			// It is open for writing when the program has it open for reading.
			opened := make(chan *os.File, 1)
			go func() {
				writer, err := os.OpenFile(pipe, os.O_WRONLY, 0)
				if err != nil {
					t.Error(err)
				}
				opened <- writer
			}()
			select {
			case writer := <-opened:
				defer writer.Close()
			case <-time.After(30 * time.Second):
				t.Fatal("it never read the pipe")
			}
			run.interrupt(t, output)
		})
	}
}

func TestWhatASettingNamesMayBeAPipe(t *testing.T) {
	pipes := t.TempDir()
	write := func(name, content string) (path string) {
		path = filepath.Join(pipes, name)
		if err := syscall.Mkfifo(path, 0o600); err != nil {
			t.Fatal(err)
		}
		go func() { _ = os.WriteFile(path, []byte(content), 0o600) }() // what is missing shows below
		return path
	}
	run := newProgram(t, nil, "audit", "--config", write("config", "demo: true\n"), "--accepted", write("accepted", "key,reason,until\n"), "--fail-on", "none")
	if code := run.exitCode(t, run.Run()); code != 0 || run.stdout.Len() == 0 {
		t.Errorf("exit code %d, want 0; said %q", code, run.stderr.String())
	}
	secret, err := readSecret(t.Context(), "--coder-token-file", write("token", "hunter2\n"))
	if secret != "hunter2" || err != nil {
		t.Errorf("read the secret %q, %v", secret, err)
	}
}
