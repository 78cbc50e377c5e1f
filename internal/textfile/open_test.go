package textfile_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"cohort/internal/textfile"
)

func TestUntilGivesWhatThereIs(t *testing.T) {
	text := strings.Repeat("a line of the file\n", 10_000)
	for name, input := range map[string]io.Reader{
		"in blocks":                strings.NewReader(text),
		"a byte at a time":         iotest.OneByteReader(strings.NewReader(text)),
		"with its end in one read": iotest.DataErrReader(strings.NewReader(text)),
	} {
		t.Run(name, func(t *testing.T) {
			got, err := io.ReadAll(textfile.Until(t.Context(), input))
			if err != nil || string(got) != text {
				t.Errorf("got %d bytes and %v, want %d", len(got), err, len(text))
			}
		})
	}
	broken := errors.New("the disk is broken")
	got, err := io.ReadAll(textfile.Until(t.Context(), io.MultiReader(strings.NewReader("half"), iotest.ErrReader(broken))))
	if string(got) != "half" || !errors.Is(err, broken) {
		t.Errorf("got %q and %v, want what came before the error, and the error", got, err)
	}
}

func TestUntilEndsAReadThatWaits(t *testing.T) {
	input, output := io.Pipe()
	defer output.Close()
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(10*time.Millisecond, cancel)
	r := textfile.Until(ctx, input)
	for range 2 { // and it stays ended
		if n, err := r.Read(make([]byte, 10)); n != 0 || !errors.Is(err, context.Canceled) {
			t.Errorf("got %d bytes and %v, want the end of the context", n, err)
		}
	}
}

func TestAFileThatChangedIsSeen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "people.csv")
	if err := os.WriteFile(path, []byte("email\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := textfile.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	stamp, err := textfile.StampOf(file)
	if err != nil {
		t.Fatal(err)
	}
	if changed, err := stamp.Changed(file); changed || err != nil {
		t.Errorf("changed %v, %v before it was", changed, err)
	}
	if err := os.WriteFile(path, []byte("email\na@corp.example\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if changed, err := stamp.Changed(file); !changed || err != nil {
		t.Errorf("changed %v, %v after it was", changed, err)
	}
}
