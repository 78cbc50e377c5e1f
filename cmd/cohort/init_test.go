package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"cohort/internal/slapdtest"
	"cohort/internal/testca"
)

// TestTheSettingsThatInitWritesAreReadByAnExport answers for a real directory
// and a deployment, and exports with what was written, from another folder.
func TestTheSettingsThatInitWritesAreReadByAnExport(t *testing.T) {
	ca := testca.New(t)
	certificate := ca.Issue(t)
	directory := slapdtest.Start(t, slapdtest.Config{LDIF: slapdtest.People(30), TLS: &certificate})
	deployment := accounts(t, []string{"person.1@example.com", "person.2@example.com"})
	folder := t.TempDir()
	for name, secret := range map[string]string{"password": directory.Password, "token": deployment.Token} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(secret+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(folder, "made", "here", "acme.yaml")
	run := newProgram(t, nil, "init", "--config", file)
	run.Dir = folder // of which the answers are relative
	run.Stdin = strings.NewReader(strings.Join([]string{
		directory.LDAPSURL + "/" + directory.Base, directory.BindDN, "password", ca.File, deployment.URL, "token", "",
	}, "\n") + "\n")
	if code := run.exitCode(t, run.Run()); code != 0 {
		t.Fatalf("exit code %d: %s", code, run.stderr.String())
	}
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v; want it for its owner alone", info.Mode(), err)
	}
	for _, secret := range []string{directory.Password, deployment.Token} {
		if strings.Contains(string(content)+run.stderr.String()+run.stdout.String(), secret) {
			t.Errorf("a secret is in the file or was said")
		}
	}
	export := newProgram(t, nil, "export", "--config", file, "--where", "coder_user=true", "--columns", "email")
	if code := export.exitCode(t, export.Run()); code != 0 {
		t.Fatalf("exit code %d: %s", code, export.stderr.String())
	}
	if want := "email\nPerson.1@example.com\nPerson.2@example.com\n"; export.stdout.String() != want {
		t.Errorf("exported %q, want %q", export.stdout.String(), want)
	}
}

func TestAnInterruptOfInitLeavesNothingBehind(t *testing.T) {
	folder := t.TempDir()
	run := newProgram(t, []string{"TMPDIR=" + folder}, "init", "--config", filepath.Join(folder, "config", "acme.yaml"))
	answers, err := run.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	asked := &hearing{found: make(chan struct{}), until: "Coder deployment: "}
	run.Stderr = asked
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := answers.Write([]byte("demo:\n")); err != nil {
		t.Fatal(err)
	}
	select {
	case <-asked.found:
	case <-time.After(30 * time.Second):
		t.Fatalf("it did not ask for Coder: %q", asked.text())
	}
	if err := run.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if code := run.exitCode(t, run.Wait()); code != 130 {
		t.Errorf("exit code %d, want 130", code)
	}
	if said := asked.text(); !strings.HasSuffix(said, "\ncohort: interrupted; no file was written\n") {
		t.Errorf("said %q", said)
	}
	err = filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
		if path != folder {
			t.Errorf("%s was left behind", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// hearing waits for something to be said.
type hearing struct {
	until string
	found chan struct{}

	mu   sync.Mutex
	said strings.Builder
}

// Write implements io.Writer.
func (h *hearing) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	was := strings.Contains(h.said.String(), h.until)
	h.said.Write(p)
	if !was && strings.Contains(h.said.String(), h.until) {
		close(h.found)
	}
	return len(p), nil
}

func (h *hearing) text() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.said.String()
}
