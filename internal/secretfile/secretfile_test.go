package secretfile_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cohort/internal/fault"
	"cohort/internal/secretfile"
)

func TestASecretIsNotForEverybody(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token")
	if err := secretfile.Check("--token-file", path); fault.KindOf(err) != fault.Usage || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v; want one of usage about a file that is not there", err)
	}
	if err := secretfile.Check("--token-file", t.TempDir()); fault.KindOf(err) != fault.Usage || !strings.Contains(err.Error(), "it is a folder") {
		t.Errorf("error %v; want one of usage about a folder", err)
	}
	if err := os.WriteFile(path, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	for mode, want := range map[os.FileMode]string{
		0o600: "",
		0o400: "",
		0o640: "",
		0o644: "--token-file: the file is readable by everybody; chmod 600 keeps it to you",
		0o604: "--token-file: the file is readable by everybody; chmod 600 keeps it to you",
	} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		said := ""
		err := secretfile.Check("--token-file", path)
		if err != nil {
			said = err.Error()
		}
		if said != want || err != nil && fault.KindOf(err) != fault.Usage {
			t.Errorf("mode %o: error %v; want %q", mode, err, want)
		}
	}
}

// TestASecretInThePlaceOfItsFileIsNotRepeated is about who gives the secret
// itself where the path of its file belongs.
func TestASecretInThePlaceOfItsFileIsNotRepeated(t *testing.T) {
	const key = "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----"
	for _, secret := range []string{"hunter2", key, key + strings.Repeat("x", 5000), "hunter2\x00"} {
		err := secretfile.Check("--token-file", secret)
		if fault.KindOf(err) != fault.Usage || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("error %v; want one of usage without the secret", err)
		}
	}
}
