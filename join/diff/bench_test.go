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

// BenchmarkDiff compares two exports of 100,000 people, of whom one in a
// hundred changed, from files, and writes all changes as JSON. CSV and JSON
// lines have the 16 default columns, the file for DX an address and three
// attributes.
func BenchmarkDiff(b *testing.B) {
	wide := func(row, age int) []idp.Value {
		cells := make([]idp.Value, len(join.DefaultColumns()))
		for i, header := range join.DefaultColumns() {
			cells[i] = idp.TextOf(fmt.Sprintf("%s %d", header, row%1000))
		}
		cells[0] = idp.TextOf(benchAddress(row))
		cells[10], cells[11] = idp.BooleanOf(row%2 == 0), idp.BooleanOf(row%3 == 0)
		if isChanged(row, age) {
			cells[4], cells[14] = idp.TextOf("Moved"), idp.TextOf("2026-06-30T08:15:00Z")
		}
		return cells
	}
	forDX := func(row, age int) []idp.Value {
		uses, level := "Yes", "Heavy"
		if row%2 == 0 {
			uses, level = "No", "None"
		}
		if isChanged(row, age) {
			level = "Minimal"
		}
		return []idp.Value{idp.TextOf(benchAddress(row)), idp.TextOf(uses), idp.TextOf(level), idp.TextOf(fmt.Sprint("Department ", row%100))}
	}
	for _, bench := range []struct {
		name    string
		encoder func(io.Writer) *join.Encoder
		headers []string
		cells   func(row, age int) []idp.Value
	}{
		{"csv", func(w io.Writer) *join.Encoder { return join.NewCSV(w, join.CSVOptions{}) }, join.DefaultColumns(), wide},
		{"jsonl", join.NewJSONLines, join.DefaultColumns(), wide},
		{
			"dx", func(w io.Writer) *join.Encoder { return join.NewCSV(w, join.CSVOptions{KeepFormulas: true}) },
			[]string{"email", "attribute:Coder", "attribute:Coder usage level", "attribute:Department"}, forDX,
		},
	} {
		b.Run(bench.name, func(b *testing.B) {
			paths := []string{filepath.Join(b.TempDir(), "old"), filepath.Join(b.TempDir(), "new")}
			for age, path := range paths {
				writeBenchFile(b, path, bench.encoder, bench.headers, func(row int) []idp.Value { return bench.cells(row, age) })
			}
			b.ReportAllocs()
			for b.Loop() {
				counts := compareFiles(b, paths)
				if counts.Changed != benchRows/100 || counts.Same != benchRows-benchRows/100 {
					b.Fatalf("%+v", counts)
				}
			}
		})
	}
}

const benchRows = 100_000

func benchAddress(row int) string { return fmt.Sprintf("Person.%06d@corp.example", row) }

// isChanged says which rows are others in the newer file, whose age is 1.
func isChanged(row, age int) bool { return age == 1 && row%100 == 0 }

func compareFiles(b *testing.B, paths []string) diff.Counts {
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
	if err := result.WriteJSON(io.Discard); err != nil {
		b.Fatal(err)
	}
	return result.Counts
}

func writeBenchFile(b *testing.B, path string, encoder func(io.Writer) *join.Encoder, headers []string, cells func(row int) []idp.Value) {
	b.Helper()
	file, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	buffered := bufio.NewWriter(file)
	to := encoder(buffered)
	to.Header(headers)
	for row := range benchRows {
		if err := to.Row(cells(row)); err != nil {
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
