package jsontext_test

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"cohort/internal/jsontext"
)

// deepest is how deep values nest that encoding/json takes.
const deepest = 10_000

// FuzzScanner holds the scanner to encoding/json: it takes the same texts and
// makes the same of them, from strings and from bytes, and skips them. Of a part
// of a text it says the same as of the whole, or that there is more.
func FuzzScanner(f *testing.F) {
	for _, text := range []string{
		``, ` `, `{}`, `[]`, ` { "a" : [ 1 , -2.5e+3 , true , false , null , { } , [ ] ] }` + "\r\n\t", `{"a":1,"b":{"c":[[2]]},"a":"last"}`,
		`"\u00e4\ud83d\udc4d\ud83d\n\/\"\\\b\f\n\r\t"`, `"\ud83d\u0041\udc4d"`, `"\ud83d"`, `"\ud83d\`, `"\ud83d\ud83d\udc4d"`, `"\ud83d\u12"`, `"ä👍` + "\u2028\x7f" + `"`,
		`"\x"`, `"\`, `"\u`, `"\u12"`, `"\u+123"`, `"\u1_23"`, "\"\t\"", "\"\\n\t\"", "\"\\\n\"", `"`,
		`0`, `-0`, `-`, `01`, `-01`, `1.`, `.5`, `1.5`, `1e`, `1E+`, `1e-05`, `+1`, `1.5.5`, `- 1`, `0x1`, `9007199254740993`, `1e999`,
		`tru`, `trux`, `truex`, `nulll`, `True`, `x`, `'a'`, "\x00", "\f1", "\u00a01",
		`{`, `{"a`, `{"a"`, `{"a":`, `{"a":1`, `{"a":1,`, `{"a":1,}`, `{,}`, `{"a" 1}`, `{a:1}`, `{"a":1 "b":2}`, `{1:1}`, `{"a":1]`, `{"":0}`,
		`[`, `[1`, `[1,`, `[1,]`, `[,]`, `[1 2]`, `[1}`, `[] []`, `{}x`, `[1]//`,
	} {
		for cut := range uint8(4) {
			f.Add(text, cut)
		}
	}
	f.Fuzz(func(t *testing.T, text string, cut uint8) {
		if !utf8.ValidString(text) {
			return
		}
		want, wantErr := decoded(text)
		got, at, err := scanned(text, false)
		if (err == nil && strings.Trim(text[at:], " \t\r\n") == "") != (wantErr == nil) {
			t.Fatalf("%q: read up to byte %d, error %v; encoding/json says %v", text, at, err, wantErr)
		}
		if diff := cmp.Diff(want, got); wantErr == nil && diff != "" {
			t.Errorf("%q (-encoding/json +got):\n%s", text, diff)
		}
		if wantErr != nil && wantErr.Error() == "unexpected end of JSON input" && !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%q was cut, and the error is %v", text, err)
		}
		same := func(how string, other any, otherAt int, otherErr error) {
			t.Helper()
			if diff := cmp.Diff(got, other); diff != "" || at != otherAt || message(err) != message(otherErr) {
				t.Errorf("%q up to byte %d, error %v; %s up to byte %d, error %v (-whole +other):\n%s", text, at, err, how, otherAt, otherErr, diff)
			}
		}
		fromBytes, bytesAt, bytesErr := scanned([]byte(text), false)
		same("bytes", fromBytes, bytesAt, bytesErr)
		s := jsontext.Scanner[string]{Text: text, Deepest: deepest}
		skipErr := s.Skip()
		same("skipped", got, s.At, skipErr)
		part, partAt, partErr := scanned(text[:len(text)-min(int(cut), len(text))], true)
		if !errors.Is(partErr, jsontext.ErrMore) {
			same("part", part, partAt, partErr)
		}
	})
}

func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// decoded is what encoding/json makes of a text.
func decoded(text string) (value any, err error) {
	if err := json.Unmarshal([]byte(text), new(json.RawMessage)); err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	err = decoder.Decode(&value)
	return value, err
}

// scanned is what the scanner makes of the value that a text begins with, and
// where it ends.
func scanned[T string | []byte](text T, partial bool) (value any, at int, err error) {
	s := &jsontext.Scanner[T]{Text: text, Deepest: deepest, Partial: partial}
	value, err = scanValue(s)
	if err != nil {
		value = nil
	}
	return value, s.At, err
}

func scanValue[T string | []byte](s *jsontext.Scanner[T]) (any, error) {
	switch c := s.Peek(); {
	case c == '{':
		object := map[string]any{}
		err := s.Object(func(key T) (err error) {
			object[string(key)], err = scanValue(s)
			return err
		})
		return object, err
	case c == '[':
		array := []any{}
		err := s.Array(func() error {
			element, err := scanValue(s)
			array = append(array, element)
			return err
		})
		return array, err
	case c == '"':
		text, err := s.String()
		return string(text), err
	case c == '-' || '0' <= c && c <= '9':
		number, err := s.Number()
		return json.Number(number), err
	default:
		word, err := s.Literal()
		return map[string]any{"true": true, "false": false}[word], err
	}
}
