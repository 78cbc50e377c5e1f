package diff_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

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

// FuzzJSONLines holds the reader of JSON lines to what encoding/json makes of
// them: the same texts, and nothing taken that is no JSON.
func FuzzJSONLines(f *testing.F) {
	for _, seed := range []string{
		`{"a":"\ud83e\udd8a\ud83e","b":[-0.5e+7,true,"x,]"],"c":null}`, `{"a":"\"\\\/\b\f\n\r\t\u00FC"}` + "\r\n\n" + ` { "\u0061" : 01 }`,
		"{\"a\":\"\t\"}", "{\"a\":\"\xff\"}", `{"a":1}` + "\x00", `{"a":[1,]}`, `{"a":1,}`, `{"a":"\x"}`, `{"a":"\`, `{"a":.5}`, `{"a":tru}`,
		`{"a":1}{"a":2}`, `{"a" "b"}`, `{"a":[],"b":[null,""]}`, `{"a":1}` + "\n" + `{"a":2,"b":3}`, `{"a":{}}`, `{"a":[[]]}`, `{"a":1,"a":2}`, "{\"a\":\f1}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := diff.Read("f", strings.NewReader(string(text)), diff.ReadOptions{})
		if !bytes.HasPrefix(bytes.TrimLeft(text[:min(len(text), 64)], " \t\r\n"), []byte("{")) {
			return // no JSON lines
		}
		headers, rows, ok := naiveJSONLines(t, text)
		if ok != (err == nil) {
			t.Fatalf("%q: read %v, though encoding/json says %v", text, err, ok)
		}
		if err == nil && (!slices.Equal(got.Headers, headers) || !slices.EqualFunc(got.Rows, rows, slices.Equal)) {
			t.Errorf("%q:\ngot  %q %q\nwant %q %q", text, got.Headers, got.Rows, headers, rows)
		}
	})
}

// naiveJSONLines reads JSON lines by encoding/json, token by token.
func naiveJSONLines(t *testing.T, text []byte) (headers []string, rows [][]string, ok bool) {
	if bytes.Contains(text[:min(len(text), 64)], []byte{0}) {
		return nil, nil, false
	}
	for line := range bytes.SplitSeq(text, []byte("\n")) {
		if len(bytes.Trim(line, " \t\r")) == 0 {
			continue
		}
		if !json.Valid(line) || !utf8.Valid(line) {
			return nil, nil, false
		}
		tokens := json.NewDecoder(bytes.NewReader(line))
		tokens.UseNumber()
		next := func() json.Token {
			token, err := tokens.Token()
			if err != nil {
				t.Fatal(err) // though it is valid
			}
			return token
		}
		if next() != json.Delim('{') {
			return nil, nil, false
		}
		var keys, cells []string
		for token := next(); token != json.Delim('}'); token = next() {
			keys = append(keys, token.(string))
			var items []string
			switch value := next(); value {
			case json.Delim('{'):
				return nil, nil, false
			case json.Delim('['):
				for item := next(); item != json.Delim(']'); item = next() {
					if _, nested := item.(json.Delim); nested {
						return nil, nil, false
					}
					items = append(items, naiveText(item))
				}
			default:
				items = append(items, naiveText(value))
			}
			cells = append(cells, strings.Join(items, "|"))
		}
		if headers == nil {
			headers = keys
		}
		sorted := slices.Sorted(slices.Values(keys))
		isHeader := !strings.Contains(strings.Join(keys, ""), "\x00") && len(slices.Compact(sorted)) == len(keys)
		if len(keys) == 0 || !isHeader || !slices.Equal(headers, keys) {
			return nil, nil, false
		}
		for i, header := range headers {
			if cells[i] == "" && strings.HasPrefix(strings.ToLower(header), "attribute:") {
				cells[i] = "None"
			}
		}
		rows = append(rows, cells)
	}
	return headers, rows, headers != nil
}

func naiveText(token json.Token) string {
	switch value := token.(type) {
	case nil:
		return ""
	case string:
		return strings.NewReplacer("\r\n", "\n", "\x00", "").Replace(value)
	default:
		return fmt.Sprint(value)
	}
}

// isFaithful leaves out what CSV does not keep, a text that looks like an
// escaped formula, and headers that look like another file.
func isFaithful(export *diff.Export) bool {
	for _, cell := range slices.Concat(export.Headers, slices.Concat(export.Rows...)) {
		if join.WithoutGuard(cell) != cell {
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
	encoder.Header(export.Headers)
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
