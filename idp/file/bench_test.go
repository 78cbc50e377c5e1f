package file_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cohort/idp"
	"cohort/idp/file"
	"cohort/join"
)

// benchmarkPeople is how many people the benchmarks' files have.
const benchmarkPeople = 1_000_000

func BenchmarkCSV(b *testing.B) {
	row := "%08d,person%d@corp.example,Person Number %d,Software Engineer,Engineering,employee,manager%d@corp.example,Köln,DE,active\n"
	benchmark(b, "people.csv", "id,email,name,title,department,employee_type,manager_email,city,country,status\n", row)
}

func BenchmarkQuotedCSV(b *testing.B) {
	row := "%08d,person%d@corp.example,Person Number %d,Software Engineer,Engineering,employee,manager%d@corp.example,Köln,DE,active\n"
	row = `"` + strings.ReplaceAll(strings.TrimSuffix(row, "\n"), ",", `","`) + "\"\r\n"
	benchmark(b, "people.csv", "id,email,name,title,department,employee_type,manager_email,city,country,status\n", row)
}

func BenchmarkJSONLines(b *testing.B) {
	row := `{"id":"%08d","email":"person%d@corp.example","name":"Person Number %d","title":"Software Engineer","department":"Engineering",` +
		`"employee_type":"employee","manager_email":"manager%d@corp.example","city":"Köln","country":"DE","status":"active"}` + "\n"
	benchmark(b, "people.jsonl", "", row)
}

// benchmark reads a file with what the default columns ask for.
func benchmark(b *testing.B, name, header, row string) {
	path := filepath.Join(b.TempDir(), name)
	var text strings.Builder
	text.WriteString(header)
	for i := range benchmarkPeople {
		fmt.Fprintf(&text, row, i, i, i, i/10)
	}
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	columns, err := join.ParseColumns(join.DefaultColumns())
	if err != nil {
		b.Fatal(err)
	}
	connector, err := file.New(file.Config{Path: path})
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(text.Len()))
	b.ReportAllocs()
	for b.Loop() {
		count := 0
		for person, err := range connector.People(b.Context(), columns.Request()) {
			if err != nil {
				b.Fatal(err)
			}
			if person.Primary != "" {
				count++
			}
		}
		if count != benchmarkPeople {
			b.Fatalf("%d people with an address, want %d", count, benchmarkPeople)
		}
	}
	_ = idp.Request{}
}
