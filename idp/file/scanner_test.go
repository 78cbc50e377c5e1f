package file

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"cohort/idp"
)

// FuzzCSV holds the scanner to encoding/csv, however small its blocks are.
func FuzzCSV(f *testing.F) {
	for _, text := range []string{
		"a,b\n1,2\n", "a,b\r\n\"1\n2\",\"\"\"\"\r\n", "\"a\"b\n", "a\"b\n", "\n\n,\n\n", "a\r", "\"a\"\r", "\"", "a,", "\"a\",", "\r\n\r\r\n", "\"\"\n", "a;\"b\n;\";c",
	} {
		for size := range uint8(3) {
			f.Add(text, size, text != "a;\"b\n;\";c")
		}
	}
	f.Fuzz(func(t *testing.T, text string, size uint8, comma bool) {
		separator := byte(';')
		if comma {
			separator = ','
		}
		oracle := csv.NewReader(strings.NewReader(text))
		oracle.Comma, oracle.FieldsPerRecord = rune(separator), -1
		w := newWindow("fuzz", strings.NewReader(text))
		w.size = int(size) + 1
		scanner := &csvScanner{window: w, separator: separator}
		for {
			want, wantErr := oracle.Read()
			err := scanner.next()
			if (err == nil) != (wantErr == nil) || errors.Is(err, io.EOF) != errors.Is(wantErr, io.EOF) {
				t.Fatalf("%q: got error %v, encoding/csv says %v", text, err, wantErr)
			}
			if err != nil {
				return
			}
			var got []string
			for _, c := range scanner.cells {
				// encoding/csv makes line feeds of these.
				got = append(got, strings.ReplaceAll(c.String(), "\r\n", "\n"))
			}
			if !slices.Equal(got, want) {
				t.Fatalf("%q: got %q, encoding/csv says %q", text, got, want)
			}
			if line, _ := oracle.FieldPos(0); line != scanner.number {
				t.Fatalf("%q: got line %d, encoding/csv says %d", text, scanner.number, line)
			}
		}
	})
}

// FuzzJSON holds the reader of lines to encoding/json: it takes the same
// objects and makes the same of them, once they are flattened.
func FuzzJSON(f *testing.F) {
	for _, text := range []string{
		`{}`, `{"a":1.50,"b":{"c":[true,null,"x",{"d":[[2]]}]}}`, `{"a":"\u00e4\ud83d\udc4d\ud83d\n\/"}`, `{"a":"`, `{"a":tru`, `{"a":01}`, `{"a":-}`,
		`{"a":1e+5,}`, `{"a" 1}`, "{\"a\":\"\t\"}", `{"":{"":""}}`, `{"a":[],"b":""}`, `{"a":"\ud83d\u0041\udc4d"}`, `{"a":"\x"}`, `{"a":1}x`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.ContainsRune(text, '\n') || !utf8.ValidString(text) {
			return
		}
		want := map[string]any{}
		decoder := json.NewDecoder(strings.NewReader(text))
		decoder.UseNumber()
		wantErr := decoder.Decode(&want)
		if _, err := decoder.Token(); wantErr == nil && !errors.Is(err, io.EOF) {
			wantErr = errors.New("something follows")
		}
		flat := map[string]idp.Value{}
		names := map[string]bool{}
		if wantErr == nil && !flatten(flat, names, "", want, false) {
			return // keys that say the same in two ways, or in another case
		}
		m := newMapping(idp.Request{Attributes: slices.Collect(maps.Keys(names))}, nil)
		fl := newFlattener(m)
		fl.begin()
		s := &jsonScanner{Text: text, Deepest: deepest}
		err := fl.object(s, &fl.root, false)
		if err == nil && !s.IsAtEnd() {
			err = errors.New("something follows")
		}
		switch {
		case (err == nil) == (wantErr == nil):
		case err != nil && (want == nil || strings.Contains(err.Error(), "nest") || strings.Contains(err.Error(), "twice")):
			// encoding/json takes null, nests deeper, and lets the last one win.
		default:
			t.Fatalf("%q: got error %v, encoding/json says %v", text, err, wantErr)
		}
		if err != nil {
			return
		}
		for i, name := range m.request.Attributes {
			got, err := m.value(m.attributes[i])
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(flat[name], got); diff != "" {
				t.Fatalf("%q: %q (-encoding/json +got):\n%s", text, name, diff)
			}
		}
	})
}

// flatten does the obvious. It says whether no two names are alike.
func flatten(flat map[string]idp.Value, names map[string]bool, name string, value any, isItem bool) bool {
	var leaf idp.Value
	switch value := value.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(value)) {
			below := key
			if name != "" {
				below = name + "." + key
			}
			lower := strings.ToLower(below)
			// Whose names begin or end with blanks cannot be asked for.
			if names[lower] && !isItem || lower != below || strings.TrimSpace(below) != below || key == "" || strings.Contains(key, ".") {
				return false
			}
			names[lower] = true
			if !flatten(flat, names, below, value[key], isItem) {
				return false
			}
		}
		return true
	case []any:
		for _, item := range value {
			if !flatten(flat, names, name, item, true) {
				return false
			}
		}
		return true
	case string:
		leaf = idp.TextOf(value)
	case json.Number:
		leaf = idp.NumberOf(value.String())
	case bool:
		leaf = idp.BooleanOf(value)
	}
	switch {
	case leaf.Kind == idp.Absent:
	case isItem:
		flat[name] = idp.ListOf(append(flat[name].Items, leaf.Text)...)
	default:
		flat[name] = leaf
	}
	return true
}

// A document is read the same whatever the size of its blocks.
func FuzzJSONDocument(f *testing.F) {
	for _, text := range []string{
		`[]`, `[{}]`, `[{"id":"1"},{"id":2}]`, `{"a":1,"b":[{"id":"1"}],"c":{"d":[]}}`, `{"a":[{}],"b":[{}]}`, `[{"id":"1"}`, `[1]`, `{"a":[],"count":1}`,
		`{"a":[{}] "b":1}`, `{,}`, `[{},]`, `{"nextLink":"x"}`, `[{}] []`, "{}\n{}", `{"a":["x",{}]}`,
	} {
		f.Add(text, uint8(0))
	}
	f.Fuzz(func(t *testing.T, text string, size uint8) {
		whole, wholeErr := documentIDs(text, blockSize)
		parts, partsErr := documentIDs(text, int(size)+1)
		if !slices.Equal(whole, parts) || (wholeErr == nil) != (partsErr == nil) || wholeErr != nil && wholeErr.Error() != partsErr.Error() {
			t.Fatalf("%q: at once %q, %v; by %d bytes %q, %v", text, whole, wholeErr, size, parts, partsErr)
		}
		if wholeErr == nil && !json.Valid([]byte(text)) {
			t.Fatalf("%q is no JSON, and was read", text)
		}
	})
}

func documentIDs(text string, size int) (ids []string, err error) {
	w := newWindow("fuzz", strings.NewReader(text))
	w.size = size
	r := &reading{name: "fuzz", builder: newBuilder(newMapping(idp.Request{}, idp.Mapping{idp.Email: "id"}))}
	records := r.openJSON(w)
	for {
		at, err := records.next()
		if errors.Is(err, io.EOF) {
			return ids, nil
		}
		if err != nil {
			return ids, err
		}
		id, err := r.builder.first(r.builder.id)
		if err != nil {
			return ids, err
		}
		ids = append(ids, at.String()+" "+id)
	}
}

func TestARecordWithoutEndIsRefused(t *testing.T) {
	// One quote too many must not take all memory.
	w := newWindow("people.csv", strings.NewReader("email,name\na@b,\""+strings.Repeat("x", 5<<20)))
	w.longest = 1 << 20
	scanner := &csvScanner{window: w, separator: ','}
	if err := scanner.next(); err != nil {
		t.Fatal(err)
	}
	err := scanner.next()
	if err == nil || !strings.Contains(err.Error(), "line 2: what begins here is longer than 1 MB") {
		t.Errorf("got error %v, want one about line 2", err)
	}
}

func TestIdentifiersComeOnce(t *testing.T) {
	const count = 100_000
	s := newSeen()
	for i := range count {
		if !s.add(strconv.Itoa(i)) {
			t.Fatalf("%d is not new", i)
		}
	}
	for i := range count {
		if s.add(strconv.Itoa(i)) {
			t.Fatalf("%d is new again", i)
		}
	}
}

func TestNameLogGivesBackWhatItGot(t *testing.T) {
	type entry struct {
		address string
		names   [keyKinds]string
	}
	var want, got []entry
	l := &nameLog{}
	for i := range 50_000 {
		e := entry{strings.Repeat("a", i%300), [keyKinds]string{strconv.Itoa(i), "", strings.Repeat("ä", i%7)}}
		want = append(want, e)
		l.add(e.address, e.names)
	}
	l.each(func(address []byte, names *[keyKinds][]byte) {
		e := entry{address: string(address)}
		for i, name := range names {
			e.names[i] = string(name)
		}
		got = append(got, e)
	})
	if !reflect.DeepEqual(want, got) {
		t.Error("the log gave back something else")
	}
}
