package diff_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sync/errgroup"

	"cohort/idp"
	"cohort/join"
	"cohort/join/diff"
)

// BenchmarkDiff compares two exports of 100,000 people and 16 columns, of which
// one row in a hundred changed, from files, and writes all changes as JSON.
func BenchmarkDiff(b *testing.B) {
	for name, encoder := range map[string]func(io.Writer) *join.Encoder{
		"csv":   func(w io.Writer) *join.Encoder { return join.NewCSV(w, join.CSVOptions{}) },
		"jsonl": join.NewJSONLines,
	} {
		b.Run(name, func(b *testing.B) {
			paths := []string{filepath.Join(b.TempDir(), "old"), filepath.Join(b.TempDir(), "new")}
			for age, path := range paths {
				writeBenchFile(b, path, age, encoder)
			}
			b.ReportAllocs()
			for b.Loop() {
				exports := make([]*diff.Export, len(paths))
				var group errgroup.Group
				for i, path := range paths {
					group.Go(func() (err error) {
						exports[i], err = readFile(path)
						return err
					})
				}
				if err := group.Wait(); err != nil {
					b.Fatal(err)
				}
				result, err := diff.Compare(exports[0], exports[1], diff.Options{})
				if err != nil {
					b.Fatal(err)
				}
				if result.Counts.Changed != benchRows/100 || result.Counts.Same != benchRows-benchRows/100 {
					b.Fatalf("%+v", result.Counts)
				}
				if err := result.WriteJSON(io.Discard); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

const benchRows = 100_000

// writeBenchFile writes an export; age 1 is the newer one.
func writeBenchFile(b *testing.B, path string, age int, encoder func(io.Writer) *join.Encoder) {
	b.Helper()
	file, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	buffered := bufio.NewWriter(file)
	to := encoder(buffered)
	headers := join.DefaultColumns()
	if err := to.Header(headers); err != nil {
		b.Fatal(err)
	}
	cells := make([]idp.Value, len(headers))
	for row := range benchRows {
		for i, header := range headers {
			cells[i] = idp.TextOf(fmt.Sprintf("%s %d", header, row%1000))
		}
		cells[0] = idp.TextOf(fmt.Sprintf("Person.%06d@corp.example", row))
		cells[10], cells[11] = idp.BooleanOf(row%2 == 0), idp.BooleanOf(row%3 == 0)
		if age == 1 && row%100 == 0 {
			cells[4], cells[14] = idp.TextOf("Moved"), idp.TextOf("2026-06-30T08:15:00Z")
		}
		if err := to.Row(cells); err != nil {
			b.Fatal(err)
		}
	}
	if _, err := to.Close(); err != nil {
		b.Fatal(err)
	}
	if err := buffered.Flush(); err != nil {
		b.Fatal(err)
	}
}

func readFile(path string) (*diff.Export, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return diff.Read(path, file, diff.ReadOptions{})
}
