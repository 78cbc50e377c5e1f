package main

import "testing"

func TestTheEndingOfTheOutputChoosesTheFormat(t *testing.T) {
	const refused = ""
	for _, test := range []struct{ named, output, export, table, audit string }{
		{"", "-", "csv", "table", "text"},
		{"", "out", "csv", "table", "text"},
		{"", "v1.2/out", "csv", "table", "text"},
		{"", "/dev/stdout", "csv", "table", "text"},
		{"", "/dev/cu.usb", "csv", "table", "text"},
		{"", "out.csv", "csv", "csv", "csv"},
		{"", "OUT.CSV", "csv", "csv", "csv"},
		{"", "out.txt", "csv", "table", "text"},
		{"", "out.jsonl", "jsonl", refused, refused},
		{"", "out.ndjson", "jsonl", refused, refused},
		{"", "out.json", refused, "json", "json"},
		{"", "out.md", refused, refused, "markdown"},
		{"", "out.tsv", refused, refused, refused},
		{"", "out.csv.gz", refused, refused, refused},
		{"", "out.xlsx", refused, refused, refused},
		{"csv", "out.tsv", "csv", "csv", "csv"},
		{"csv", "", refused, refused, refused},
	} {
		for _, command := range []struct {
			name, want string
			formats    []format
		}{
			{"export", test.export, exportFormats()},
			{"diff and attributes", test.table, tableFormats()},
			{"audit", test.audit, auditFormats()},
		} {
			got, err := formatOf(test.named, test.output, command.formats)
			if got != command.want || (err != nil) != (command.want == refused) {
				t.Errorf("%s: --format %q -o %q: format %q, error %v; want %q", command.name, test.named, test.output, got, err, command.want)
			}
		}
	}
}
