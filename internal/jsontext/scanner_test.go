package jsontext_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cohort/internal/jsontext"
)

func TestErrorsSayWhatIsWrongAndWhere(t *testing.T) {
	for _, test := range []struct {
		name, text, says string
		at               int
		is               jsontext.Error
	}{
		{"no value", `[}`, `'}' is out of place in a value`, 1, jsontext.Error{Kind: jsontext.Misplaced, Found: "}", Within: "a value", Wanted: "a value"}},
		{"no key", `{ ä`, `'ä' is out of place in an object`, 2, jsontext.Error{Kind: jsontext.Misplaced, Found: "ä", Within: "an object", Wanted: `'"'`}},
		{"no colon", `{"a" 1}`, `'1' is out of place in an object`, 5, jsontext.Error{Kind: jsontext.Misplaced, Found: "1", Within: "an object", Wanted: "':'"}},
		{"no comma", "[1\n2]", `'2' is out of place in an array`, 3, jsontext.Error{Kind: jsontext.Misplaced, Found: "2", Within: "an array", Wanted: "',' or ']'"}},
		{"another bracket", `{"a":1]`, `']' is out of place in an object`, 6, jsontext.Error{Kind: jsontext.Misplaced, Found: "]", Within: "an object", Wanted: "',' or '}'"}},
		{"a sign alone", `[-]`, `']' is out of place in a number`, 2, jsontext.Error{Kind: jsontext.Misplaced, Found: "]", Within: "a number", Wanted: "a value"}},
		{"a point at the end", `[1.]`, `']' is out of place in a number`, 3, jsontext.Error{Kind: jsontext.Misplaced, Found: "]", Within: "a number", Wanted: "a digit"}},
		{"a control character", "\"a\x1f\"", `'\x1f' has to be escaped in a string`, 2, jsontext.Error{Kind: jsontext.Unescaped, Found: "\x1f"}},
		{"no escape", `"a\x"`, `"\\x" is no escape`, 2, jsontext.Error{Kind: jsontext.NoEscape, Found: `\x`}},
		{"no hexadecimal digits", `"\u12 4"`, `"\\u12 4" is no escape`, 1, jsontext.Error{Kind: jsontext.NoEscape, Found: `\u12 4`}},
		{"half a pair", `"\ud83d!"`, `"\\ud83d" is half a character`, 1, jsontext.Error{Kind: jsontext.HalfPair, Found: `\ud83d`}},
		{"the other half", `"\udc4d\ud83d"`, `"\\udc4d" is half a character`, 1, jsontext.Error{Kind: jsontext.HalfPair, Found: `\udc4d`}},
		{"too deep", `[[{}]]`, `values nest deeper than 2`, 2, jsontext.Error{Kind: jsontext.TooDeep, Deepest: 2}},
		{"a cut array", `[1 `, `it ends within an array`, 3, jsontext.Error{Kind: jsontext.Cut, Within: "an array"}},
		{"a cut object", `{"a"`, `it ends within an object`, 4, jsontext.Error{Kind: jsontext.Cut, Within: "an object"}},
		{"a cut string", `"a`, `it ends within a string`, 2, jsontext.Error{Kind: jsontext.Cut, Within: "a string"}},
		{"a cut escape", `"\u12`, `it ends within a string`, 5, jsontext.Error{Kind: jsontext.Cut, Within: "a string"}},
		{"a cut pair", `"\ud83d`, `it ends within a string`, 7, jsontext.Error{Kind: jsontext.Cut, Within: "a string"}},
		{"a cut number", `-1e`, `it ends within a number`, 3, jsontext.Error{Kind: jsontext.Cut, Within: "a number"}},
		{"a cut word", `tru`, `it ends within a word`, 3, jsontext.Error{Kind: jsontext.Cut, Within: "a word"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := jsontext.Scanner[string]{Text: test.text, Deepest: 2, WholePairs: true}
			err := s.Skip()
			wrong, ok := errors.AsType[*jsontext.Error](err)
			if !ok || err.Error() != test.says || s.At != test.at {
				t.Fatalf("got error %v at byte %d, want %s at byte %d", err, s.At, test.says, test.at)
			}
			if diff := cmp.Diff(test.is, *wrong); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if isCut := errors.Is(err, io.ErrUnexpectedEOF); isCut != (wrong.Kind == jsontext.Cut) {
				t.Errorf("an unexpected end of the text: %v, want %v", isCut, !isCut)
			}
		})
	}
}

func TestMembersComeInTheirOrderAndTwice(t *testing.T) {
	s := jsontext.Scanner[string]{Text: `{"b":1,"\u0061":2,"b":1.50}`, Deepest: 1}
	var got []string
	err := s.Object(func(key string) error {
		number, err := s.Number()
		got = append(got, key+" "+number)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"b 1", "a 2", "b 1.50"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestErrorsOfTheCallerComeBackAsTheyAre(t *testing.T) {
	want := errors.New("enough")
	s := jsontext.Scanner[string]{Text: `{"a":[1,2]}`, Deepest: 2}
	count := 0
	err := s.Object(func(string) error {
		return s.Array(func() error {
			count++
			return want
		})
	})
	if !errors.Is(err, want) || count != 1 || s.Text[s.At:] != "1,2]}" {
		t.Errorf("got error %v after %d elements, before %q", err, count, s.Text[s.At:])
	}
}

func TestWhatIsBesideEachOtherIsNoDeeper(t *testing.T) {
	s := jsontext.Scanner[string]{Text: strings.Repeat(`[{},[]]`, 3), Deepest: 2}
	for !s.IsAtEnd() {
		if err := s.Skip(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestNothingNestsUnlessAllowed(t *testing.T) {
	var wrong *jsontext.Error
	for _, text := range []string{"[]", "{}"} {
		s := jsontext.Scanner[string]{Text: text}
		if err := s.Skip(); !errors.As(err, &wrong) || wrong.Kind != jsontext.TooDeep {
			t.Errorf("%s: got error %v, want one about the depth", text, err)
		}
	}
}

// What may go on behind a text is not taken for its end, nor for wrong.
func TestAPartOfATextMayGoOn(t *testing.T) {
	const whole = `{"ä":["\ud83d\udc4d\n",-12.5e+10,true,false,null,{}]}` + "\n"
	for end := range strings.LastIndexByte(whole, '}') {
		s := jsontext.Scanner[string]{Text: whole[:end], Deepest: 3, Partial: true}
		if err := s.Skip(); !errors.Is(err, jsontext.ErrMore) {
			t.Errorf("%q: got error %v, want that there is more", whole[:end], err)
		}
	}
	for _, text := range []string{"12", "-", "tru", "\xc3", `"\ud83d"`, `"\ud83d\`} {
		s := jsontext.Scanner[string]{Text: text, Partial: true}
		if err := s.Skip(); !errors.Is(err, jsontext.ErrMore) {
			t.Errorf("%q: got error %v, want that there is more", text, err)
		}
	}
}

func TestStringsWithoutEscapesAreNotCopied(t *testing.T) {
	const text = `{"a key that is not short":["and a text that is long enough, too",1,true]}`
	if n := testing.AllocsPerRun(10, func() {
		s := jsontext.Scanner[string]{Text: text, Deepest: 2}
		if err := s.Skip(); err != nil {
			t.Error(err)
		}
	}); n > 0 {
		t.Errorf("%v allocations, want none", n)
	}
	bytes := []byte(text)
	if n := testing.AllocsPerRun(10, func() {
		s := jsontext.Scanner[[]byte]{Text: bytes, Deepest: 2}
		if err := s.Skip(); err != nil {
			t.Error(err)
		}
	}); n > 0 {
		t.Errorf("%v allocations of bytes, want none", n)
	}
}
