package join_test

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"cohort/idp"
	"cohort/internal/awkward"
	"cohort/join"
)

// encode writes one header and one row.
func encode(t testing.TB, to *join.Encoder, headers []string, cells ...idp.Value) join.Changes {
	t.Helper()
	to.Header(headers)
	if err := to.Row(cells); err != nil {
		t.Fatal(err)
	}
	changes, err := to.Close()
	if err != nil {
		t.Fatal(err)
	}
	return changes
}

func TestCSVCells(t *testing.T) {
	for _, test := range []struct {
		name    string
		cell    idp.Value
		options join.CSVOptions
		want    string
		changes join.Changes
	}{
		{name: "a plain text stays", cell: idp.TextOf("Anna"), want: `Anna`},
		{name: "a comma is quoted", cell: idp.TextOf("Albers, Anna"), want: `"Albers, Anna"`},
		{name: "a quote is doubled", cell: idp.TextOf(`the "boss"`), want: `"the ""boss"""`},
		{name: "lines within a cell end as those of the file", cell: idp.TextOf("a\r\nb\nc\r\r\n"), want: "\"a\nb\nc\n\"", changes: join.Changes{LineEnds: 1}},
		{name: "a carriage return alone is no line end", cell: idp.TextOf("c\rd"), want: "\"c\rd\""},
		{name: "a formula behind a line end is one all the same", cell: idp.TextOf("\r\n=1"), want: "\"'\n=1\"", changes: join.Changes{Formulas: 1, LineEnds: 1}},
		{name: "blanks at the ends are quoted", cell: idp.TextOf(" a "), want: `" a "`},
		{name: "an absent value is empty", cell: idp.Value{}, want: ``},
		{name: "a list is joined", cell: idp.ListOf("a", "b"), want: `a|b`},
		{name: "a list is joined with the separator that was asked for", cell: idp.ListOf("a", "b"), options: join.CSVOptions{Separator: "; "}, want: `a; b`},
		{name: "a boolean is a word", cell: idp.BooleanOf(true), want: `true`},
		{name: "a formula is quoted with an apostrophe", cell: idp.TextOf("=1+1"), want: `'=1+1`, changes: join.Changes{Formulas: 1}},
		{name: "a formula in a list too", cell: idp.ListOf("=1", "b"), want: `'=1|b`, changes: join.Changes{Formulas: 1}},
		{name: "a formula is kept where that was asked for", cell: idp.TextOf("=1+1"), options: join.CSVOptions{KeepFormulas: true}, want: `=1+1`},
		{name: "a negative number is no formula", cell: idp.NumberOf("-1e-5"), want: `-1e-5`},
		{name: "bytes that are not UTF-8 are replaced", cell: idp.TextOf("M\xfcller"), want: "M\uFFFDller", changes: join.Changes{InvalidUTF8: 1}},
		{name: "NUL goes", cell: idp.TextOf("a\x00b\x00"), want: "ab", changes: join.Changes{NUL: 1}},
		{name: "a formula behind a NUL is one all the same", cell: idp.TextOf("\x00=1"), want: "'=1", changes: join.Changes{NUL: 1, Formulas: 1}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var b strings.Builder
			changes := encode(t, join.NewCSV(&b, test.options), []string{"h", "n"}, test.cell, idp.NumberOf("1"))
			if diff := cmp.Diff("h,n\n"+test.want+",1\n", b.String()); diff != "" {
				t.Errorf("file (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.changes, changes); diff != "" {
				t.Errorf("changes (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAnEmptyCellAloneInItsRowIsStillARow(t *testing.T) {
	var b strings.Builder
	encode(t, join.NewCSV(&b, join.CSVOptions{}), []string{"h"}, idp.Value{})
	if want := "h\n\"\"\n"; b.String() != want {
		t.Errorf("got %q, want %q", b.String(), want)
	}
}

func TestFormulas(t *testing.T) {
	for cell, formula := range map[string]bool{
		"=HYPERLINK(\"http://x.example\")": true, "@SUM(A1)": true, "+cmd|' /C calc'!A0": true, "-2+3": true,
		"\t=1": true, "\r=1": true, "\n=1": true, "＝1": true, "＋1": true, "－1": true, "＠A": true, "+": true, "-": true,
		"+49-89-1234": true, "-1.": true, "- 1": true, "+49  89": true, "-1,5,5": true, "--1": true,
		"-12.5": false, "-12,5": false, "+49 89 1234": false, "+4989": false, "-0": false,
		"": false, "a=b": false, "！": false, "\uFEFFa": false, "'=1": false, " =1": false,
	} {
		var b strings.Builder
		changes := encode(t, join.NewCSV(&b, join.CSVOptions{}), []string{"h"}, idp.TextOf(cell))
		if got := changes.Formulas == 1; got != formula {
			t.Errorf("%q is taken for a formula: %v, want %v", cell, got, formula)
		}
		if got := join.WithoutGuard("'" + cell); (got == cell) != formula {
			t.Errorf("'%s is read as %q", cell, got)
		}
		if got := join.WithoutGuard(cell); got != cell && cell != "'=1" {
			t.Errorf("%q is read as %q", cell, got)
		}
	}
}

func TestJSONLinesKeepTypes(t *testing.T) {
	var b strings.Builder
	encode(t, join.NewJSONLines(&b), []string{"text", "no", "big", "yes", "list", `a"b`},
		idp.TextOf("=1+1 <ü>\n\t\"\\\u2028\u009b\u202e"), idp.Value{}, idp.NumberOf("9007199254740993"), idp.BooleanOf(true),
		idp.ListOf("a", "b\x00\xff"), idp.TextOf("\x01\x7f"))
	want := `{"text":"=1+1 <ü>\n\t\"\\\u2028\u009b\u202e","no":null,"big":9007199254740993,"yes":true,"list":["a","b` + "\uFFFD" +
		`"],"a\"b":"\u0001\u007f"}` + "\n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("line (-want +got):\n%s", diff)
	}
}

func FuzzWhatIsWrittenReadsBack(f *testing.F) {
	for _, seed := range []string{"", "a,b", "\"", "\r\n", "\r", "\n", "'=1", "\xff\x00", "\ufeff", "\\.", "#", " ", "\u2028", "=1"} {
		f.Add(seed, seed)
	}
	f.Fuzz(func(t *testing.T, first, second string) {
		want := []string{awkward.InUTF8(first), awkward.InUTF8(second)}
		wantCSV := []string{awkward.InCSV(first), awkward.InCSV(second)}

		var asCSV strings.Builder
		encode(t, join.NewCSV(&asCSV, join.CSVOptions{KeepFormulas: true}), []string{"h1", "h2"}, idp.TextOf(first), idp.TextOf(second))
		rows, err := csv.NewReader(strings.NewReader(asCSV.String())).ReadAll()
		if err != nil {
			t.Fatalf("read CSV back: %v\n%q", err, asCSV.String())
		}
		if diff := cmp.Diff([][]string{{"h1", "h2"}, wantCSV}, rows); diff != "" {
			t.Errorf("CSV (-want +got):\n%s", diff)
		}

		var asJSON strings.Builder
		encode(t, join.NewJSONLines(&asJSON), []string{"h1", "h2"}, idp.TextOf(first), idp.TextOf(second))
		if !utf8.ValidString(asJSON.String()) || strings.Count(asJSON.String(), "\n") != 1 {
			t.Fatalf("not one line of UTF-8: %q", asJSON.String())
		}
		var object struct{ H1, H2 string }
		if err := json.NewDecoder(bufio.NewReader(strings.NewReader(asJSON.String()))).Decode(&object); err != nil {
			t.Fatalf("read JSON back: %v\n%q", err, asJSON.String())
		}
		if diff := cmp.Diff(want, []string{object.H1, object.H2}); diff != "" {
			t.Errorf("JSON (-want +got):\n%s", diff)
		}

		var guarded strings.Builder
		changes := encode(t, join.NewCSV(&guarded, join.CSVOptions{}), []string{"h1", "h2"}, idp.TextOf(first), idp.TextOf(second))
		rows, err = csv.NewReader(strings.NewReader(guarded.String())).ReadAll()
		if err != nil {
			t.Fatalf("read CSV back: %v\n%q", err, guarded.String())
		}
		escaped := 0
		for i, cell := range rows[1] {
			if cell != wantCSV[i] {
				escaped++
				if cell != "'"+wantCSV[i] {
					t.Errorf("cell %q became %q", wantCSV[i], cell)
				}
			} else if cell != "" && strings.ContainsAny(cell[:1], "=@\t\r") {
				t.Errorf("cell %q can be run", cell)
			}
		}
		if escaped != changes.Formulas {
			t.Errorf("%d cells were escaped, %d counted", escaped, changes.Formulas)
		}
	})
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errDiskFull }

var errDiskFull = errors.New("no space left on device")

func TestAFullDiskIsAnError(t *testing.T) {
	for name, encoder := range map[string]*join.Encoder{
		"csv":   join.NewCSV(brokenWriter{}, join.CSVOptions{}),
		"jsonl": join.NewJSONLines(brokenWriter{}),
	} {
		joined := table(t, []idp.Person{person("1", "a@corp.example")}, nil, []string{"email"}, join.Options{})
		if _, err := joined.Write(encoder); !errors.Is(err, errDiskFull) {
			t.Errorf("%s: got error %v, want %v", name, err, errDiskFull)
		}
	}
}
