package file_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"cohort/fixtures"
	"cohort/idp"
	"cohort/idp/file"
	"cohort/idp/idptest"
	"cohort/internal/fault"
)

// write gives a file with this name and text.
func write(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// open gives a connector for a file with this name and text.
func open(t testing.TB, name, text string) *file.Connector {
	t.Helper()
	connector, err := file.New(file.Config{Path: write(t, name, text)})
	if err != nil {
		t.Fatal(err)
	}
	return connector
}

func collect(t testing.TB, connector idp.Connector, request idp.Request) ([]idp.Person, error) {
	t.Helper()
	var people []idp.Person
	for person, err := range connector.People(t.Context(), request) {
		if err != nil {
			return people, err
		}
		people = append(people, person)
	}
	return people, nil
}

// read is a read that must succeed.
func read(t testing.TB, connector idp.Connector, request idp.Request) []idp.Person {
	t.Helper()
	people, err := collect(t, connector, request)
	if err != nil {
		t.Fatal(err)
	}
	return people
}

// one reads a file with one person.
func one(t testing.TB, name, text string, request idp.Request) idp.Person {
	t.Helper()
	people := read(t, open(t, name, text), request)
	if len(people) != 1 {
		t.Fatalf("%d people, want one", len(people))
	}
	return people[0]
}

func wantFailure(t testing.TB, err error, kind fault.Kind, says string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one with %q", says)
	}
	if fault.KindOf(err) != kind || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "\n") {
		t.Errorf("got error %q of kind %d, want one line of kind %d with %q", err, fault.KindOf(err), kind, says)
	}
}

// company is the sample company in each format.
func company(t testing.TB) (people []fixtures.Person, byName map[string]string) {
	t.Helper()
	people, err := fixtures.People()
	if err != nil {
		t.Fatal(err)
	}
	var lines bytes.Buffer
	for _, person := range people {
		line, err := json.Marshal(person)
		if err != nil {
			t.Fatal(err)
		}
		lines.Write(append(line, '\n'))
	}
	array, err := json.MarshalIndent(people, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return people, map[string]string{
		"people.csv":   companyCSV(t, people),
		"people.jsonl": lines.String(),
		"people.json":  string(array),
		"object.json":  `{"schema": 1, "people": ` + string(array) + `, "next": null}`,
	}
}

func TestConformance(t *testing.T) {
	people, byName := company(t)
	broken := map[string]string{
		"people.csv":   "one,two\n",
		"people.jsonl": "{\"mail\": 1\n",
		"people.json":  "[{\"mail\": 1,}]",
		"object.json":  "{\"people\": [{\"mail\": 1}}",
	}
	for name, text := range byName {
		t.Run(name, func(t *testing.T) {
			idptest.Run(t, idptest.Suite{
				New:        func(t *testing.T) idp.Connector { return open(t, name, text) },
				People:     len(people),
				Attributes: []string{"number", "mail", "cost_center", "case"},
				Broken: map[string]idptest.Broken{
					"a line that is wrong": {
						New: func(t *testing.T) idp.Connector {
							if name == "people.json" || name == "object.json" {
								return open(t, name, broken[name])
							}
							return open(t, name, text+broken[name])
						},
						Kind: fault.Usage,
					},
					"a file that was cut": {
						New: func(t *testing.T) idp.Connector {
							if name == "people.csv" {
								return open(t, name, text+`"cut`)
							}
							return open(t, name, text[:len(text)-2])
						},
						Kind: fault.Source,
					},
				},
			})
		})
	}
}

// All formats of one company give the same people, but for the IDs, which are
// lines here and records there, and for lists, which CSV does not have.
func TestAllFormatsGiveTheSame(t *testing.T) {
	_, byName := company(t)
	request := idp.Request{Fields: idp.MappedFields(), Attributes: []string{"number", "mail", "cost_center"}}
	want := read(t, open(t, "people.csv", byName["people.csv"]), request)
	for name, text := range byName {
		got := read(t, open(t, name, text), request)
		if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(idp.Person{}, "ID"), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-people.csv +%s):\n%s", name, name, diff)
		}
	}
}

func TestEveryEncodingGivesTheSame(t *testing.T) {
	_, byName := company(t)
	request := idp.Request{Fields: idp.MappedFields()}
	for name, text := range byName {
		want := read(t, open(t, name, text), request)
		encoded := map[string]string{"UTF-8 with a byte order mark": "\ufeff" + text}
		for encoding, order := range map[string]binary.AppendByteOrder{"UTF-16LE": binary.LittleEndian, "UTF-16BE": binary.BigEndian} {
			var wide []byte
			for _, unit := range utf16.Encode([]rune("\ufeff" + text)) {
				wide = order.AppendUint16(wide, unit)
			}
			encoded[encoding] = string(wide)
		}
		if name == "people.jsonl" { // elsewhere, cells have line feeds in them
			encoded["carriage returns"] = strings.ReplaceAll(text, "\n", "\r\n")
		}
		for encoding, text := range encoded {
			got := read(t, open(t, name, text), request)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s in %s (-want +got):\n%s", name, encoding, diff)
			}
		}
	}
}

func TestConfigurationsThatAreWrong(t *testing.T) {
	folder := t.TempDir()
	for _, test := range []struct {
		name   string
		config file.Config
		says   string
	}{
		{"no path", file.Config{}, "the path is empty"},
		{"no such file", file.Config{Path: filepath.Join(folder, "people.csv")}, "no such file"},
		{"a folder", file.Config{Path: folder, Format: "csv"}, "is a folder"},
		{"no standard input", file.Config{Path: "-", Format: "csv"}, "there is no standard input"},
		{"standard input of no format", file.Config{Path: "-", Input: strings.NewReader("")}, "--idp-format, such as csv"},
		{"an ending that says nothing", file.Config{Path: write(t, "people.txt", "")}, "say which by --idp-format"},
		{"no ending", file.Config{Path: write(t, "people", "")}, "say which by --idp-format"},
		{"a workbook", file.Config{Path: write(t, "people.XLSX", "")}, "save it as CSV"},
		{"a compressed file", file.Config{Path: write(t, "people.csv.gz", "")}, "is compressed"},
		{"another format", file.Config{Path: write(t, "people.csv", ""), Format: "jsnl"}, "did you mean jsonl?"},
		{"a format like no other", file.Config{Path: write(t, "people.csv", ""), Format: "parquet"}, "allowed are csv, json, jsonl"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := file.New(test.config)
			wantFailure(t, err, fault.Usage, test.says)
		})
	}
}

func TestTheFormatIsThatOfTheEnding(t *testing.T) {
	for name, text := range map[string]string{
		"a.csv": "email\nada@corp.example\n", "a.TSV": "name\temail\nx\tada@corp.example\n", "a.jsonl": `{"email":"ada@corp.example"}`,
		"a.ndjson": `{"email":"ada@corp.example"}`, "a.json": `[{"email":"ada@corp.example"}]`,
	} {
		if got := one(t, name, text, idp.Request{}); got.Primary != "ada@corp.example" {
			t.Errorf("%s: got %q", name, got.Primary)
		}
	}
}

func TestFilesThatAreSomethingElse(t *testing.T) {
	for _, test := range []struct{ name, file, text, says string }{
		{"an empty file", "a.csv", "", "the file is empty"},
		{"an empty array of lines", "a.jsonl", "", "the file is empty"},
		{"blanks", "a.json", " \r\n\t\n", "nothing but blanks"},
		{"a byte order mark alone", "a.csv", "\ufeff", "nothing but blanks"},
		{"a page", "a.csv", "\n<!DOCTYPE html><html>", "a page of HTML or XML"},
		{"a page for JSON", "a.json", "<html>", "a page of HTML or XML"},
		{"a workbook", "a.csv", "PK\x03\x04\x14\x00", "a workbook"},
		{"an old workbook", "a.csv", "\xd0\xcf\x11\xe0\xa1", "a workbook"},
		{"gzip", "a.json", "\x1f\x8b\x08", "compressed by gzip"},
		{"Parquet", "a.csv", "PAR1\x15", "Parquet"},
		{"another code page", "a.csv", "email,name\nada@corp.example,L\xf8ve\n", "line 2 is not valid UTF-8"},
		{"JSON for CSV", "a.csv", "[{}]", "it is JSON"},
		{"CSV for JSON", "a.json", "email\n", "--idp-format csv"},
		{"CSV for lines of JSON", "a.jsonl", "email\n", "--idp-format csv"},
		{"an array for lines", "a.jsonl", "[\n{}]", "--idp-format json"},
		{"lines for one document", "a.json", "{\"email\":\"a@b\"}\n{\"email\":\"c@d\"}\n", "--idp-format jsonl"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := collect(t, open(t, test.file, test.text), idp.Request{})
			wantFailure(t, err, fault.Usage, test.says)
		})
	}
}

func TestAFileThatVanishes(t *testing.T) {
	path := write(t, "people.csv", "email\n")
	connector, err := file.New(file.Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	_, err = collect(t, connector, idp.Request{})
	wantFailure(t, err, fault.Source, "no such file")
}

func TestAFileThatChangesWhileItIsRead(t *testing.T) {
	path := write(t, "people.csv", "email\nada@corp.example\ngrace@corp.example\n")
	connector, err := file.New(file.Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	var last error
	for _, err := range connector.People(t.Context(), idp.Request{}) {
		if last = err; err != nil {
			break
		}
		if err := os.WriteFile(path, []byte("email\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	wantFailure(t, last, fault.Source, "changed while it was read")
}

func TestStandardInputIsReadOnce(t *testing.T) {
	connector, err := file.New(file.Config{Path: "-", Format: "csv", Input: strings.NewReader("email\nada@corp.example\n")})
	if err != nil {
		t.Fatal(err)
	}
	if got := connector.Source(); got != (idp.Source{Name: "-"}) {
		t.Errorf("the source is %+v", got)
	}
	if people := read(t, connector, idp.Request{}); len(people) != 1 {
		t.Errorf("%d people, want one", len(people))
	}
	_, err = collect(t, connector, idp.Request{})
	wantFailure(t, err, fault.Usage, "it was read before")
}

func TestAFailingReadIsNoEnd(t *testing.T) {
	failure := errors.New("the disk is gone")
	for format, text := range map[string]string{"csv": "email\nada@corp.example\n", "jsonl": "{\"email\":\"a@b\"}\n", "json": `[{"email":"a@b"}`} {
		input := io.MultiReader(strings.NewReader(text), iotest.ErrReader(failure))
		connector, err := file.New(file.Config{Path: "-", Format: format, Input: input})
		if err != nil {
			t.Fatal(err)
		}
		_, err = collect(t, connector, idp.Request{})
		wantFailure(t, err, fault.Source, "reading standard input: the disk is gone")
	}
}
