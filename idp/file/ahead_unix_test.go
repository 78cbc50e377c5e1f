//go:build unix

package file_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"cohort/idp"
	"cohort/idp/file"
)

// Records of a megabyte each, as with photographs, come from a pipe, and whoever
// asked for them does not go on behind the first.
func TestOnlyAFewLongRecordsAreReadAhead(t *testing.T) {
	const all, enough = 300, 50
	photo := strings.Repeat("x", 1<<20)
	for name, record := range map[string]string{
		"people.csv":   "ada@corp.example," + photo + "\n",
		"people.jsonl": `{"email":"ada@corp.example","photo":"` + photo + `"}` + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			pipe := filepath.Join(t.TempDir(), name)
			if err := syscall.Mkfifo(pipe, 0o600); err != nil {
				t.Fatal(err)
			}
			var written atomic.Int64
			left := make(chan struct{})
			go func() {
				defer close(left)
				to, err := os.OpenFile(pipe, os.O_WRONLY, 0)
				if err != nil {
					return
				}
				defer func() { _ = to.Close() }()
				if strings.HasSuffix(name, ".csv") {
					_, _ = to.WriteString("email,photo\n")
				}
				for range all {
					if _, err := to.WriteString(record); err != nil {
						return
					}
					written.Add(1)
				}
			}()
			connector, err := file.New(file.Config{Path: pipe})
			if err != nil {
				t.Fatal(err)
			}
			for _, err := range connector.People(t.Context(), idp.Request{Attributes: []string{"photo"}}) {
				if err != nil {
					t.Fatal(err)
				}
				for last := int64(-1); last != written.Load(); time.Sleep(200 * time.Millisecond) {
					last = written.Load()
				}
				if n := written.Load(); n > enough {
					t.Errorf("%d of %d records were read with the first, want %d at most", n, all, enough)
				}
				break
			}
			<-left
		})
	}
}
