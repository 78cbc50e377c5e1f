package join_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cohort/idp"
	"cohort/idp/file"
	"cohort/internal/awkward"
	"cohort/join"
)

// awkwardRows are rows of three cells.
func awkwardRows() (rows [][]string) {
	texts := awkward.Texts(2000)
	for i := range texts {
		rows = append(rows, []string{texts[i], "x", texts[len(texts)-1-i]})
	}
	return rows
}

// writeAwkward writes the rows, under the headers first, second and third, into
// a file as an export would.
func writeAwkward(t *testing.T, name string, format join.Format, rows [][]string) string {
	t.Helper()
	var b bytes.Buffer
	to := join.NewCSV(&b, join.CSVOptions{KeepFormulas: true})
	if format == join.JSONLines {
		to = join.NewJSONLines(&b)
	}
	to.Header([]string{"first", "second", "third"})
	for _, row := range rows {
		cells := make([]idp.Value, len(row))
		for i, text := range row {
			cells[i] = idp.Value{Kind: idp.Text, Text: text}
		}
		if err := to.Row(cells); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := to.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// read runs a program that prints what it read as JSON.
func read(t *testing.T, into any, name string, arguments ...string) {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("%s is not installed", name)
	}
	command := exec.CommandContext(t.Context(), path, arguments...)
	var told bytes.Buffer
	command.Stderr = &told
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, told.Bytes())
	}
	if err := json.Unmarshal(out, into); err != nil {
		t.Fatalf("%s printed no JSON: %v", name, err)
	}
}

func changed(rows [][]string, change func(string) string) [][]string {
	all := make([][]string, len(rows))
	for i, row := range rows {
		for _, text := range row {
			all[i] = append(all[i], change(text))
		}
	}
	return all
}

func TestPythonReadsBackWhatIsWritten(t *testing.T) {
	rows := awkwardRows()
	var got [][]string
	read(t, &got, "python3", "-c", `
import csv, json, sys
print(json.dumps(list(csv.reader(open(sys.argv[1], newline="", encoding="utf-8")))[1:]))`,
		writeAwkward(t, "out.csv", join.CSV, rows))
	if diff := cmp.Diff(changed(rows, awkward.InCSV), got); diff != "" {
		t.Errorf("CSV (-want +got):\n%s", diff)
	}
	got = nil
	read(t, &got, "python3", "-c", `
import json, sys
print(json.dumps([list(json.loads(line).values()) for line in open(sys.argv[1], newline="\n", encoding="utf-8")]))`,
		writeAwkward(t, "out.jsonl", join.JSONLines, rows))
	if diff := cmp.Diff(changed(rows, awkward.InUTF8), got); diff != "" {
		t.Errorf("JSON lines (-want +got):\n%s", diff)
	}
}

// Miller's own JSON has control characters as they are, so it prints hashes.
func TestMillerReadsBackWhatIsWritten(t *testing.T) {
	rows := awkwardRows()
	hashed := func(documented func(string) string) [][]string {
		return changed(rows, func(text string) string {
			sum := sha256.Sum256([]byte(documented(text)))
			return hex.EncodeToString(sum[:])
		})
	}
	for _, format := range []struct {
		name       string
		format     join.Format
		flag       string
		documented func(string) string
	}{
		{"CSV", join.CSV, "--icsv", awkward.InCSV},
		{"JSON lines", join.JSONLines, "--ijsonl", awkward.InUTF8},
	} {
		var objects []struct{ First, Second, Third string }
		read(t, &objects, "mlr", "-S", format.flag, "--ojson", "put",
			`$first = sha256($first); $second = sha256($second); $third = sha256($third)`,
			writeAwkward(t, "out", format.format, rows))
		var got [][]string
		for _, o := range objects {
			got = append(got, []string{o.First, o.Second, o.Third})
		}
		want := hashed(format.documented)
		if len(got) != len(want) {
			t.Fatalf("%s: Miller reads %d rows of %d", format.name, len(got), len(want))
		}
		for i := range want {
			if strings.Join(want[i], " ") != strings.Join(got[i], " ") {
				t.Errorf("%s: Miller reads something else than %.60q and %.60q", format.name, rows[i][0], rows[i][2])
			}
		}
	}
}

func TestOurOwnReaderReadsBackWhatIsWritten(t *testing.T) {
	rows := awkwardRows()
	for i := range rows {
		rows[i][1] = "somebody@corp.example"
	}
	for format, documented := range map[join.Format]func(string) string{join.CSV: awkward.InCSV, join.JSONLines: awkward.InUTF8} {
		connector, err := file.New(file.Config{Path: writeAwkward(t, "out."+string(format), format, rows)})
		if err != nil {
			t.Fatal(err)
		}
		mapped := connector.Map(idp.Mapping{idp.Email: "second"})
		var got [][]string
		for person, err := range mapped.People(t.Context(), idp.Request{Attributes: []string{"first", "third"}}) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, []string{person.Attributes[0].Text, person.Primary, person.Attributes[1].Text})
		}
		if diff := cmp.Diff(changed(rows, documented), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", format, diff)
		}
	}
}
