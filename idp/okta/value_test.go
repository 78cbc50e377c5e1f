package okta

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"cohort/idp"
)

func TestValuesOfEveryTypeOfJSON(t *testing.T) {
	for _, test := range []struct {
		name, json string
		want       idp.Value
	}{
		{"nothing", ``, idp.Value{}},
		{"null", `null`, idp.Value{}},
		{"an empty text", `""`, idp.Value{}},
		{"a text", ` "Zoë" `, idp.TextOf("Zoë")},
		{"a text with escapes", `"a\"b\\c\n\u00fc\ud834\udd1e"`, idp.TextOf("a\"b\\c\nü𝄞")},
		{"leading zeros", `"00042"`, idp.TextOf("00042")},
		{"blanks within a text", `" a  b "`, idp.TextOf(" a  b ")},
		{"an integer beyond 2^53", `9007199254740993`, idp.NumberOf("9007199254740993")},
		{"an integer beyond 2^64", `-123456789012345678901234567890`, idp.NumberOf("-123456789012345678901234567890")},
		{"trailing zeros", `1.50`, idp.NumberOf("1.50")},
		{"an exponent", `1E5`, idp.NumberOf("1E5")},
		{"zero", `0`, idp.NumberOf("0")},
		{"true", `true`, idp.BooleanOf(true)},
		{"false", `false`, idp.BooleanOf(false)},
		{"an array", `["a", "b"]`, idp.ListOf("a", "b")},
		{"an array of one", `["a"]`, idp.ListOf("a")},
		{"an array of numbers", `[1, 9007199254740993, 1.0]`, idp.ListOf("1", "9007199254740993", "1.0")},
		{"an array with what is absent", `[null, "", "a"]`, idp.ListOf("a")},
		{"an empty array", `[]`, idp.Value{}},
		{"an array of nothing", `[null]`, idp.Value{}},
		{"an array within an array", `[["a", 1], {"b": 2}]`, idp.ListOf(`["a",1]`, `{"b":2}`)},
		{"an object", `{ "a" : [1, "x y"] }`, idp.TextOf(`{"a":[1,"x y"]}`)},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, valueOf(json.RawMessage(test.json))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhereAnAttributeIsFound(t *testing.T) {
	r, err := recordOf(json.RawMessage(`{"id":"00u1","status":"ACTIVE","lastLogin":"2026-05-01T07:30:00.000Z","activated":null,
		"type":{"id":"oty1"},"profile":{"login":"a@example.com","status":"on leave","badge.no":7,"Team":"x","team":"y","device":{"Kind":"laptop","os":{"name":"Plan 9"}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, want string }{
		{"login", "a@example.com"},
		{"LOGIN", "a@example.com"},
		{"Status", "ACTIVE"}, // every user has it
		{"profile.status", "on leave"},
		{"lastLogin", "2026-05-01T07:30:00.000Z"},
		{"lastlogin", "2026-05-01T07:30:00.000Z"},
		{"activated", ""},
		{"id", "00u1"},
		{"type.id", "oty1"},
		{"badge.no", "7"},
		{"team", "y"}, // as it is spelled
		{"Team", "x"},
		{"TEAM", "x"}, // else the first by its bytes
		{"device.kind", "laptop"},
		{"profile.device.os.name", "Plan 9"},
		{"device.kind.more", ""},
		{"nothing", ""},
	} {
		if got := valueOf(r.find(test.name)).Text; got != test.want {
			t.Errorf("%s is %q, want %q", test.name, got, test.want)
		}
	}
}

func TestWhatIsNoRecord(t *testing.T) {
	for _, text := range []string{`null`, `7`, `[]`, `"00u1"`, `{}`, `{"id":""}`, `{"id":null}`, `{"id":"00u1","profile":7}`, `{"id":"00u1","profile":[]}`} {
		if r, err := recordOf(json.RawMessage(text)); err == nil {
			t.Errorf("%s is taken for %+v", text, r)
		}
	}
	for _, text := range []string{`{"id":"00u1"}`, `{"id":"00u1","profile":null}`, `{"id":"00u1","profile":{}}`} {
		if _, err := recordOf(json.RawMessage(text)); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// FuzzObject compares our reader of objects with the library's.
func FuzzObject(f *testing.F) {
	for _, text := range []string{
		`{"id":"00u1","profile":{"a":[1,{"b":"}"}],"c":"\"]"}, "n" : 1.50 }`, `{}`, ` { "a":null,"a":1} `, `{"\u0061":"x\\"}`, `{"a":"\ud800"}`, `{"a":tru}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got, ok := objectOf(text) // must not panic, whatever it is
		for _, m := range got {
			valueOf(m.value)
		}
		var want map[string]json.RawMessage
		if !json.Valid(text) || !utf8.Valid(text) {
			return
		}
		if isObject := json.Unmarshal(text, &want) == nil; isObject != ok {
			t.Fatalf("%s: an object: %t, and for the library %t", text, ok, isObject)
		}
		for name, value := range want {
			if diff := cmp.Diff(strings.TrimSpace(string(value)), string(got.get(name))); diff != "" {
				t.Errorf("%s: %q (-want +got):\n%s", text, name, diff)
			}
		}
		for _, m := range got {
			if _, has := want[string(m.name)]; !has {
				t.Errorf("%s: the library knows no %q", text, m.name)
			}
		}
	})
}
