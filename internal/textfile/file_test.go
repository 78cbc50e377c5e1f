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

	"cohort/internal/fault"
	"cohort/internal/textfile"
)

// readAll gives what is read of a file, also before an error.
func readAll(ctx context.Context, file textfile.File) (text string, size int64, err error) {
	err = file.Read(ctx, func(input io.Reader, length int64) error {
		content, err := io.ReadAll(input)
		text, size = string(content), length
		return err
	})
	return text, size, err
}

func TestReadGivesWhatThereIs(t *testing.T) {
	text := strings.Repeat("a line of the file\n", 10_000)
	for name, input := range map[string]io.Reader{
		"in blocks":                strings.NewReader(text),
		"a byte at a time":         iotest.OneByteReader(strings.NewReader(text)),
		"with its end in one read": iotest.DataErrReader(strings.NewReader(text)),
	} {
		t.Run(name, func(t *testing.T) {
			got, size, err := readAll(t.Context(), textfile.File{Path: "-", Stdin: input})
			if err != nil || got != text || size != 0 {
				t.Errorf("got %d bytes of %d and %v, want %d of a size that nobody knows", len(got), size, err, len(text))
			}
		})
	}
	path := filepath.Join(t.TempDir(), "people.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, size, err := readAll(t.Context(), textfile.File{Path: path}); err != nil || got != text || size != int64(len(text)) {
		t.Errorf("a file: got %d bytes of %d and %v, want %d", len(got), size, err, len(text))
	}
	redirected, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer redirected.Close()
	if got, _, err := readAll(t.Context(), textfile.File{Path: "-", Stdin: redirected}); err != nil || got != text {
		t.Errorf("a file as standard input: got %d bytes and %v, want %d", len(got), err, len(text))
	}
	broken := errors.New("the disk is broken")
	input := io.MultiReader(strings.NewReader("half"), iotest.ErrReader(broken))
	if got, _, err := readAll(t.Context(), textfile.File{Path: "-", Stdin: input}); got != "half" || !errors.Is(err, broken) {
		t.Errorf("got %q and %v, want what came before the error, and the error", got, err)
	}
}

func TestReadEndsAReadThatWaits(t *testing.T) {
	input, output := io.Pipe()
	defer output.Close()
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(10*time.Millisecond, cancel)
	err := textfile.File{Path: "-", Stdin: input}.Read(ctx, func(input io.Reader, _ int64) error {
		for range 2 { // and it stays ended
			if n, err := input.Read(make([]byte, 10)); n != 0 || !errors.Is(err, context.Canceled) {
				t.Errorf("got %d bytes and %v, want the end of the context", n, err)
			}
		}
		return nil // which is not the end of the file
	})
	if !errors.Is(err, context.Canceled) || fault.KindOf(err) != fault.Other {
		t.Errorf("got %v, want the end of the context", err)
	}
}

func TestAFileThatCannotBeReadIsSaidAsTheCallerSaysIt(t *testing.T) {
	folder := t.TempDir()
	missing := filepath.Join(folder, "missing")
	_, why := os.Open(missing)
	for path, want := range map[string]string{
		missing: "--accepted: " + why.Error() + "; write one",
		folder:  "--accepted: " + folder + " is a folder; name the file in it",
	} {
		_, err := textfile.File{Path: path, Doing: "--accepted", Kind: fault.Usage, Hint: "write one"}.ReadAll(t.Context())
		if fault.KindOf(err) != fault.Usage || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestAFileThatChangesIsAnError(t *testing.T) {
	path := filepath.Join(t.TempDir(), "people.csv")
	if err := os.WriteFile(path, []byte("email\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	err := textfile.File{Path: path}.Read(t.Context(), func(io.Reader, int64) error {
		return os.WriteFile(path, []byte("email\na@corp.example\n"), 0o600)
	})
	if fault.KindOf(err) != fault.Source || !strings.Contains(err.Error(), "changed while it was read") {
		t.Errorf("got %v, want that it changed", err)
	}
}
