package diff_test

import (
	"slices"
	"strings"
	"testing"

	"cohort/idp"
	"cohort/internal/fault"
	"cohort/join"
	"cohort/join/diff"
)

// FuzzRead holds the readers to never panicking, and to what they read being
// the same when our encoders have written it again.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		"", "email\na@x\n", "email,t\na@x,\"'=1\n\"\n", `{"email":"a@x","t":[1,null,"\u00fc"],"u":-1e5}`, "{\"a\":\"\\ud800\"}", "{\"\":0}\n{\"\":1}",
		"a,attribute:b\n,\n", "\uFEFFa\n\"\"\n", "a;b\n", "{", "{\"a\":{}}", "\r\n\r\na\r\n\"\r\n\"\r\n", "\x00", "a\n\xff\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		export, err := diff.Read("f", strings.NewReader(string(text)), diff.ReadOptions{})
		if err != nil {
			if kind := fault.KindOf(err); kind != fault.Usage && kind != fault.Source {
				t.Errorf("kind %v: %v", kind, err)
			}
			return
		}
		options := diff.Options{Key: export.Headers[:1]}
		if !isFaithful(export) {
			return
		}
		for _, format := range []join.Format{join.CSV, join.JSONLines} {
			if format == join.JSONLines && len(export.Rows) == 0 {
				continue // that is an empty file
			}
			again, err := diff.Read("again", strings.NewReader(write(t, export, format)), diff.ReadOptions{})
			if err != nil {
				t.Fatalf("%s of %q: %v", format, text, err)
			}
			result, err := diff.Compare(export, again, options)
			if err != nil {
				t.Fatal(err)
			}
			if result.Differs() {
				t.Errorf("%s of %q:\n%s", format, text, asCSV(t, result))
			}
		}
	})
}

// isFaithful leaves out what CSV does not keep: a text that looks like an
// escaped formula, and line ends; and headers that look like another file.
func isFaithful(export *diff.Export) bool {
	for _, cell := range slices.Concat(export.Headers, slices.Concat(export.Rows...)) {
		if join.WithoutGuard(cell) != cell || strings.Contains(cell, "\r\n") {
			return false
		}
	}
	first := strings.TrimSpace(export.Headers[0])
	return !strings.HasPrefix(first, "{") && !strings.HasPrefix(first, "[") && !strings.HasPrefix(first, "\uFEFF")
}

// write is an export as our own encoders write it.
func write(t testing.TB, export *diff.Export, format join.Format) string {
	t.Helper()
	var b strings.Builder
	encoder := join.NewCSV(&b, join.CSVOptions{})
	if format == join.JSONLines {
		encoder = join.NewJSONLines(&b)
	}
	if err := encoder.Header(export.Headers); err != nil {
		t.Fatal(err)
	}
	for _, row := range export.Rows {
		cells := make([]idp.Value, len(row))
		for i, cell := range row {
			cells[i] = idp.TextOf(cell)
		}
		if err := encoder.Row(cells); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := encoder.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
