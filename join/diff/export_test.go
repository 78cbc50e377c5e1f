package diff_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/iotest"

	"cohort/internal/fault"
	"cohort/join/diff"
)

// read is an export out of its text.
func read(t testing.TB, name, text string) *diff.Export {
	t.Helper()
	export, err := diff.Read(name, strings.NewReader(text), diff.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return export
}

// compare gives what changed between two texts.
func compare(t testing.TB, before, after string, options diff.Options) *diff.Result {
	t.Helper()
	result, err := diff.Compare(read(t, "old", before), read(t, "new", after), options)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// asCSV is what changed, without the header.
func asCSV(t testing.TB, result *diff.Result) string {
	t.Helper()
	var b strings.Builder
	if _, err := result.WriteCSV(&b); err != nil {
		t.Fatal(err)
	}
	text, ok := strings.CutPrefix(b.String(), "change,key,column,old,new\n")
	if !ok {
		t.Fatalf("no header: %q", b.String())
	}
	return text
}

func TestWhatSaysTheSameIsTheSame(t *testing.T) {
	for _, test := range []struct{ name, old, new string }{
		{"a byte order mark and the line ends of Windows", "email,n\na@x,1\n", "\uFEFFemail,n\r\na@x,1\r\n"},
		{"a byte order mark before JSON", `{"email":"a@x"}`, "\uFEFF" + `{"email":"a@x"}` + "\r\n"},
		{"types and their text", "email,yes,n,list,none\na@x,true,-1e-5,a|b,\n",
			`{"email":"a@x","yes":true,"n":-1e-5,"list":["a","b"],"none":null}` + "\n"},
		{"the escaped formula and the formula", "email,t\na@x,'=1+1\n", `{"email":"a@x","t":"=1+1"}`},
		{"an escaped formula in a list", "email,t\na@x,'=1|b\n", `{"email":"a@x","t":["=1","b"]}`},
		{"a formula that was kept", "email,t\na@x,'=1+1\n", "email,t\na@x,=1+1\n"},
		{"nothing, in every spelling", `{"email":"a@x","t":null,"u":"","v":[]}`, "email,t,u,v\na@x,,,\n"},
		{"the word that DX has for nothing", "email,attribute:Team\na@x,None\n", `{"email":"a@x","attribute:Team":null}`},
		{"line ends with more than one carriage return", "email,t\na@x,\"a\nb\nc\"\n", `{"email":"a@x","t":"a\r\r\nb\r\u0000\nc"}`},
		{"line ends as DX has them", "email,t\na@x,\"a\nb\"\n", "email,t\na@x,\"a\r\r\nb\"\n"},
		{"line ends in a header", "email,\"a\nb\"\na@x,1\n", `{"email":"a@x","a\r\nb":1}`},
		{"line ends in a cell", "email,t\na@x,\"a\nb\"\n", `{"email":"a@x","t":"a\r\nb"}`},
		{"escapes of JSON", `{"email":"a@x","t":"\u00fc\"\\\ud83e\udd8a"}`, "email,t\na@x,\"ü\"\"\\🦊\"\n"},
		{"blanks around JSON", `{"email":"a@x","t":["a","b"]}`, "\n  { \"email\" : \"a@x\" ,\t\"t\" : [ \"a\" , \"b\" ] }  \n\n"},
		{"another spelling of a key", "{\"email\":\"a@x\",\"ü\":1}\n{\"email\":\"b@x\",\"\\u00fc\":2}\n", "email,ü\na@x,1\nb@x,2\n"},
		{"another order of rows and columns", "email,t\na@x,1\nb@x,2\n", "t,email\n2,b@x\n1,a@x\n"},
		{"a list of one and its text", `{"email":"a@x","t":["a"]}`, "email,t\na@x,a\n"},
		{"no rows", "email,t\n", "email,t\n"},
		{"quotes that are not needed", "email,t\na@x,1\n", "\"email\",\"t\"\n\"a@x\",\"1\"\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if result := compare(t, test.old, test.new, diff.Options{}); result.Differs() {
				t.Errorf("told as changed:\n%s", asCSV(t, result))
			}
		})
	}
}

func TestListsAreJoinedWithTheSeparatorOfTheCSV(t *testing.T) {
	options := diff.ReadOptions{ListSeparator: "; "}
	lines, err := diff.Read("old", strings.NewReader(`{"email":"a@x","t":["a","b"]}`), options)
	if err != nil {
		t.Fatal(err)
	}
	result, err := diff.Compare(lines, read(t, "new", "email,t\na@x,a; b\n"), diff.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if result.Differs() {
		t.Errorf("told as changed:\n%s", asCSV(t, result))
	}
}

// TestLongLinesAndManyRows goes beyond what the readers hold at a time.
func TestLongLinesAndManyRows(t *testing.T) {
	var asCSV, asLines strings.Builder
	asCSV.WriteString("email,t\n")
	for row := range 5_000 {
		text := strings.Repeat("x", row%40)
		if row%1_000 == 7 {
			text = strings.Repeat("long ", 50_000)
		}
		fmt.Fprintf(&asCSV, "%d@x,%s\n", row, text)
		fmt.Fprintf(&asLines, "{\"email\":\"%d@x\",\"t\":\"%s\"}\n", row, text)
	}
	result, err := diff.Compare(read(t, "old", asCSV.String()), read(t, "new", asLines.String()), diff.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if result.Counts.Same != 5_000 || result.Differs() {
		t.Errorf("%+v", result.Counts)
	}
}

func TestWhatIsNoWholeExport(t *testing.T) {
	for _, test := range []struct {
		name, text string
		kind       fault.Kind
		want       string
	}{
		{"nothing", "", fault.Source, "reading f: it is empty; an export has a header at least"},
		{"a byte order mark alone", "\uFEFF", fault.Source, "reading f: it is empty; an export has a header at least"},
		{"blank lines alone", "\n\n", fault.Source, "reading f: it is empty; an export has a header at least"},
		{"a short line", "email,a,b\na@x,1,2\nb@x,1\n", fault.Source,
			"reading f: line 3: the file was cut: it has 2 of 3 columns; export it again"},
		{"a line that was cut in its last cell", "email,match\na@x,ema", fault.Source,
			"reading f: the file was cut: it ends within a line; export it again; if it is whole, end it with a line feed"},
		{"a header that was cut", "email,mat", fault.Source,
			"reading f: the file was cut: it ends within a line; export it again; if it is whole, end it with a line feed"},
		{"a quote that was cut", "email,t\na@x,\"Head of\nDocu", fault.Source,
			"reading f: line 2: the file was cut: a quote is not closed, or not at the end of its cell; export it again"},
		{"a long line", "email,a\na@x,1,2\n", fault.Usage,
			"reading f: line 2: it has 3 columns, the header 2; a comma within a cell needs quotes around the cell"},
		{"a bare quote", "email,a\na@x,1\"2\n", fault.Usage,
			"reading f: line 2: bare \" in non-quoted-field; a cell with a quote needs quotes around it, and the quote twice"},
		{"semicolons", "email;name\na@x;A\n", fault.Usage, "reading f: its columns are separated by semicolons; save it with commas"},
		{"tabs", "email\tname\na@x\tA\n", fault.Usage, "reading f: its columns are separated by tabs; save it with commas"},
		{"two equal headers", "email,a,a\n", fault.Usage,
			"reading f: line 1: two columns are called \"a\"; an export is CSV with a header, or JSON lines: an object a row"},
		{"UTF-16", "\xff\xfee\x00m\x00", fault.Usage, "reading f: it is UTF-16; save it as CSV in UTF-8"},
		{"UTF-16 without a mark", "e\x00m\x00", fault.Usage,
			"reading f: it is no text; an export is CSV with a header, or JSON lines: an object a row"},
		{"Latin-1", "email,t\na@x,M\xfcller\n", fault.Usage, "reading f: line 2: it is not UTF-8; save it in UTF-8"},
		{"Latin-1 in a header", "email,Stra\xdfe\n", fault.Usage, "reading f: line 1: it is not UTF-8; save it in UTF-8"},
		{"a workbook", "PK\x03\x04....", fault.Usage, "reading f: it is a workbook or another archive; save it as CSV in UTF-8"},
		{"gzip", "\x1f\x8b\x08\x00", fault.Usage, "reading f: it is compressed; give what zcat makes of it; - is standard input"},
		{"a JSON list", `[{"email":"a@x"}]`, fault.Usage,
			"reading f: it is a JSON list; an export is CSV with a header, or JSON lines: an object a row"},
		{"a JSON document such as the manifest", "{\n  \"version\": 1\n}\n", fault.Usage,
			"reading f: line 1: it is not one JSON object; an export is CSV with a header, or JSON lines: an object a row"},
		{"an object that was cut", `{"email":"a@x"}` + "\n" + `{"email":"b`, fault.Source,
			"reading f: line 2: the file was cut: the object does not end; export it again"},
		{"the first object, cut", `{"email":"b`, fault.Usage,
			"reading f: line 1: it is not one JSON object; an export is CSV with a header, or JSON lines: an object a row"},
		{"an object in the middle that is none", `{"email":"a@x"}` + "\nso\n" + `{"email":"b@x"}`, fault.Usage,
			"reading f: line 2: it is not one JSON object; an export is CSV with a header, or JSON lines: an object a row"},
		{"an object with fewer columns", `{"email":"a@x","t":1}` + "\n" + `{"email":"b@x"}`, fault.Usage,
			"reading f: line 2: it has no \"t\"; an export is CSV with a header, or JSON lines: an object a row"},
		{"an object with more columns", `{"email":"a@x"}` + "\n" + `{"email":"b@x","t":1}`, fault.Usage,
			"reading f: line 2: it has a further column \"t\"; an export is CSV with a header, or JSON lines: an object a row"},
		{"an object with other columns", `{"email":"a@x","t":1}` + "\n" + `{"email":"b@x","u":1}`, fault.Usage,
			"reading f: line 2: it has \"u\" where the first has \"t\"; an export is CSV with a header, or JSON lines: an object a row"},
		{"an object with one key twice", `{"email":"a@x","email":"b@x"}`, fault.Usage,
			"reading f: line 1: two columns are called \"email\"; an export is CSV with a header, or JSON lines: an object a row"},
		{"an empty object", `{}`, fault.Usage,
			"reading f: line 1: the object is empty; an export is CSV with a header, or JSON lines: an object a row"},
		{"an object in a cell", `{"email":{"a":1}}`, fault.Usage,
			"reading f: line 1: \"email\": there is an object in a cell; an export is CSV with a header, or JSON lines: an object a row"},
		{"a list in a list", `{"email":[["a"]]}`, fault.Usage,
			"reading f: line 1: \"email\": there is a list in a list; an export is CSV with a header, or JSON lines: an object a row"},
		{"JSON in Latin-1", "{\"email\":\"M\xfcller\"}", fault.Usage,
			"reading f: line 1: it is not UTF-8; an export is CSV with a header, or JSON lines: an object a row"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := diff.Read("f", strings.NewReader(test.text), diff.ReadOptions{})
			if err == nil {
				t.Fatal("it was read")
			}
			if got := err.Error(); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			if got := fault.KindOf(err); got != test.kind {
				t.Errorf("kind %v, want %v", got, test.kind)
			}
		})
	}
}

// TestACutFileIsNeverAShorterExport cuts at every byte. Where a line ends, no
// reader can see the cut.
func TestACutFileIsNeverAShorterExport(t *testing.T) {
	whole := "email,name,match\na@x,\"A, a\",email\nb@x,\"B\nb\",none\n"
	lineEnds := map[int]bool{len("email,name,match\n"): true, len("email,name,match\na@x,\"A, a\",email\n"): true}
	for n := range len(whole) {
		_, err := diff.Read("f", strings.NewReader(whole[:n]), diff.ReadOptions{})
		if lineEnds[n] != (err == nil) {
			t.Errorf("cut to %q: %v", whole[:n], err)
		}
		if err != nil && fault.KindOf(err) != fault.Source {
			t.Errorf("cut to %q: kind %v", whole[:n], fault.KindOf(err))
		}
	}
}

func TestAReaderThatFailsIsNoEnd(t *testing.T) {
	for _, text := range []string{"", "email\n", "email\na@x\n", `{"email":"a@x"}` + "\n"} {
		_, err := diff.Read("f", iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader(text+"more"))), diff.ReadOptions{})
		if !errors.Is(err, iotest.ErrTimeout) || fault.KindOf(err) != fault.Source {
			t.Errorf("%q: got %v", text, err)
		}
	}
}
