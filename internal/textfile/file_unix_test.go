//go:build unix

package textfile_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"cohort/internal/textfile"
)

func TestAFileMayBeANamedPipe(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe.csv")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	wrote := make(chan error, 1)
	go func() { wrote <- os.WriteFile(pipe, []byte("email\n"), 0o600) }()
	if got, err := (textfile.File{Path: pipe}).ReadAll(t.Context()); string(got) != "email\n" || err != nil {
		t.Errorf("got %q and %v", got, err)
	}
	if err := <-wrote; err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(10*time.Millisecond, cancel)
	if _, err := (textfile.File{Path: pipe}).ReadAll(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("nobody writes to it: got %v, want the end of the context", err)
	}
}
