package file_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cohort/idp"
	"cohort/internal/fault"
)

func TestJSONValues(t *testing.T) {
	for _, test := range []struct {
		name, members, attribute string
		want                     idp.Value
	}{
		{"a text", `"a":"x"`, "a", idp.TextOf("x")},
		{"an empty text", `"a":""`, "a", idp.Value{}},
		{"escapes", `"a":"\"\\\/\b\f\n\r\t\u00e4\uD83D\udc4d"`, "a", idp.TextOf("\"\\/\b\f\n\r\tä👍")},
		{"half a character", `"a":"\ud83d, \udc4d"`, "a", idp.TextOf("\ufffd, \ufffd")},
		{"a number beyond 2^53", `"a":9007199254740993`, "a", idp.NumberOf("9007199254740993")},
		{"a number with zeros at its end", `"a":1.500`, "a", idp.NumberOf("1.500")},
		{"a number with an exponent", `"a":-0.5E+10`, "a", idp.NumberOf("-0.5E+10")},
		{"true", `"a":true`, "a", idp.BooleanOf(true)},
		{"false", `"a":false`, "a", idp.BooleanOf(false)},
		{"null", `"a":null`, "a", idp.Value{}},
		{"absent", `"b":1`, "a", idp.Value{}},
		{"a list", `"a":["x","y"]`, "a", idp.ListOf("x", "y")},
		{"a list of one", `"a":["x"]`, "a", idp.ListOf("x")},
		{"a list of none", `"a":[]`, "a", idp.Value{}},
		{"a list of all kinds", `"a":[1.50,true,null,"",["x"]]`, "a", idp.ListOf("1.50", "true", "x")},
		{"an object", `"a":{"b":{"c":"x"}}`, "a.b.c", idp.TextOf("x")},
		{"objects in a list", `"a":[{"b":"x"},{"c":1},{"b":"y"}]`, "a.b", idp.ListOf("x", "y")},
		{"an object as a whole", `"a":{"b":1}`, "a", idp.Value{}},
		{"an empty object", `"a":{}`, "a", idp.Value{}},
		{"a key in another case", `"A":"x"`, "a", idp.TextOf("x")},
		{"a key with escapes", `"\u0061":"x"`, "a", idp.TextOf("x")},
		{"a key with a point", `"a.b":"x"`, "a.b", idp.TextOf("x")},
		{"one of two spellings", `"A":null,"a":"x"`, "a", idp.TextOf("x")},
		{"a key that comes twice but is not asked for", `"b":1,"b":2,"a":3`, "a", idp.NumberOf("3")},
	} {
		t.Run(test.name, func(t *testing.T) {
			request := idp.Request{Attributes: []string{test.attribute}}
			object := `{"email":"ada@corp.example",` + test.members + "}"
			for name, text := range map[string]string{
				"people.jsonl": object + "\r\n\r\n", "people.json": " [ " + object + " ] ", "object.json": `{"users":[` + object + `],"more":[1,[2]]}`,
			} {
				if diff := cmp.Diff(test.want, one(t, name, text, request).Attributes[0]); diff != "" {
					t.Errorf("%s (-want +got):\n%s", name, diff)
				}
			}
		})
	}
}

func TestJSONThatIsWrong(t *testing.T) {
	const ada = `{"email":"ada@corp.example"}`
	for _, test := range []struct {
		name, file, text string
		kind             fault.Kind
		says             string
	}{
		{"a broken line", "a.jsonl", ada + "\n\n{\"email\":}\n", fault.Usage, `line 3: '}' is out of place in a value`},
		{"a line that ends early", "a.jsonl", ada + "\n{\"email\":\"x\n" + ada, fault.Usage, "line 2: it ends within a string; each line is one object"},
		{"an object over lines", "a.jsonl", "{\n" + `"email":"a@b"}`, fault.Usage, "line 1: it ends within an object; each line is one object"},
		{"a last line that was cut", "a.jsonl", ada + "\n{\"email\":\"x", fault.Source, "ends within a string, in line 2"},
		{"two objects in a line", "a.jsonl", ada + ada + "\n", fault.Usage, "line 1: something follows the object"},
		{"a line that is no object", "a.jsonl", ada + "\n\"x\"\n", fault.Usage, "line 2: it is no object"},
		{"a key twice", "a.jsonl", `{"email":"a@b","email":"c@d"}`, fault.Usage, `line 1: "email" comes twice in one object`},
		{"spellings that disagree", "a.jsonl", `{"email":"a@b","Email":"c@d"}`, fault.Usage, "email and Email are both email, and they differ"},
		{"an ID twice", "a.jsonl", `{"id":1,"email":"a@b"}` + "\n" + `{"id":"1","email":"a@b"}`, fault.Usage, `line 2: the id "1" comes again`},
		{"a line feed in a string", "a.jsonl", "{\"email\":\"\tx\"}\n", fault.Usage, `line 1: '\t' has to be escaped`},
		{"no key for addresses", "a.jsonl", `{"name":"Ada","city":"London"}` + "\n", fault.Usage, "name it by --map email=KEY; there are name, city"},

		{"an array that was cut between two", "a.json", "[\n" + ada + ",\n", fault.Source, "ends within an array, in line 3"},
		{"an array that was cut behind one", "a.json", "[\n" + ada, fault.Source, "ends within an array, in line 2"},
		{"an array that was cut within one", "a.json", "[\n" + ada + ",\n{\"email\":", fault.Source, "ends within a word, in line 3"},
		{"a document that was cut", "a.json", `{"users":[` + ada + "]", fault.Source, "ends within the document, in line 1"},
		{"a document that was cut in a member", "a.json", `{"a":{"b":[1`, fault.Source, "ends within an array, in line 1"},
		{"a broken object", "a.json", "[" + ada + ",\n{\"email\" \"x\"}]", fault.Usage, `line 2: record 2: '"' is out of place in an object`},
		{"a comma too much", "a.json", "[\n" + ada + ",\n]", fault.Usage, "line 3: record 2: it is no object"},
		{"a comma too much in an object", "a.json", "[{\"email\":1,}]", fault.Usage, `line 1: record 1: '}' is out of place`},
		{"no comma", "a.json", "[" + ada + ada + "]", fault.Usage, "record 2: '{' is out of place in an array"},
		{"names only", "a.json", `["ada@corp.example"]`, fault.Usage, "it is no object"},
		{"something behind the end", "a.json", "[]\n[]", fault.Usage, "line 2: something follows the end"},
		{"an object of no array", "a.json", `{"email":"a@b","roles":["x"]}`, fault.Usage, "there is no array of objects"},
		{"two arrays", "a.json", `{"users":[` + ada + `],"groups":[{"id":1}]}`, fault.Usage, `"users" and "groups" are both arrays of objects`},
		{"one page of Microsoft Graph", "a.json", `{"@odata.nextLink":"https://graph","value":[` + ada + "]}", fault.Source, "one page of several"},
		{"one page of Google", "a.json", `{"users":[` + ada + `],"nextPageToken":"x"}`, fault.Source, "one page of several"},
		{"one page of SCIM", "a.json", `{"totalResults":2,"Resources":[` + ada + "]}", fault.Source, "its totalResults is 2, and the people in it are 1"},
		{"no key for addresses in an array", "a.json", `[{"name":"Ada"}]`, fault.Usage, "--map email=KEY; there are name"},
		{"an ID that comes twice", "a.json", "[{\"id\":1,\"email\":\"a@b\"},\n{\"id\":1,\"email\":\"c@d\"}]", fault.Usage, `line 2: record 2: the id "1" comes again`},
		{"values that nest without end", "a.json", `[{"email":` + strings.Repeat("[", 1000), fault.Usage, "nest deeper"},
		{"objects that nest without end", "a.json", `[` + strings.Repeat(`{"a":`, 1000), fault.Usage, "nest deeper"},
		{"members that nest without end", "a.json", `{"a":` + strings.Repeat(`[`, 1000), fault.Usage, "nest deeper"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := collect(t, open(t, test.file, test.text), idp.Request{})
			wantFailure(t, err, test.kind, test.says)
		})
	}
}

// Every prefix of a document is an error, never a shorter list.
func TestJSONThatWasCutAnywhereIsAnError(t *testing.T) {
	const people = `[{"email": "ada\u0040corp.example", "tags": ["x", {"y": [1.5e3, true]}]},` + "\n" + `{"email": "grace@corp.example", "manager": null}]`
	for _, text := range []string{people, `{"schema": 1, "people": ` + people + `, "more": {"a": [false]}}`} {
		for end := range text {
			if _, err := collect(t, open(t, "people.json", text[:end]), idp.Request{}); err == nil {
				t.Fatalf("no error after %q", text[:end])
			}
		}
		if people := read(t, open(t, "people.json", text), idp.Request{}); len(people) != 2 {
			t.Errorf("%d people, want 2", len(people))
		}
	}
}

func TestJSONOfNobody(t *testing.T) {
	for _, text := range []string{"[]", " [ ]\n", `{"users":[],"count":0}`, `{"users":[],"nextPageToken":""}`} {
		if people := read(t, open(t, "a.json", text), idp.Request{}); len(people) > 0 {
			t.Errorf("%s: got %+v", text, people)
		}
	}
}

func TestKeysThatAreDataDoNotHideOthers(t *testing.T) {
	var b strings.Builder
	for i := range 12_000 {
		fmt.Fprintf(&b, `{"email":"p%d@corp.example","seen":{"key %d":1}}`+"\n", i, i)
	}
	b.WriteString(`{"email":"last@corp.example","note":"x"}` + "\n" + `{"email":"very.last@corp.example","note":"y"}` + "\n")
	people := read(t, open(t, "a.jsonl", b.String()), idp.Request{Attributes: []string{"note"}})
	for i, want := range map[int]string{0: "", 12_000: "x", 12_001: "y"} {
		if got := people[i].Attributes[0].Text; got != want {
			t.Errorf("person %d has %q, want %q", i, got, want)
		}
	}
}

// What encoding/json writes of any people is read back as it was.
func TestJSONReadsBackWhatWasWritten(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	alphabet := []rune("aä👍,\"\\\n\r\t\u0001\u2028<'")
	text := func() string {
		runes := make([]rune, 1+random.IntN(8))
		for i := range runes {
			runes[i] = alphabet[random.IntN(len(alphabet))]
		}
		return string(runes)
	}
	names := []string{"a", "b", "c", "d.e", "d.f"}
	for round := range 200 {
		people := make([]map[string]any, 1+random.IntN(20))
		want := make([][]idp.Value, len(people))
		for i := range people {
			below := map[string]any{}
			person := map[string]any{"email": fmt.Sprintf("p%d@corp.example", i), "d": below}
			people[i] = person
			for _, name := range names {
				holder := person
				if under, ok := strings.CutPrefix(name, "d."); ok {
					holder, name = below, under
				}
				var value idp.Value
				switch random.IntN(5) {
				case 0:
					value = idp.TextOf(text())
					holder[name] = value.Text
				case 1:
					number := random.Int64()
					value = idp.NumberOf(fmt.Sprint(number))
					holder[name] = number
				case 2:
					value = idp.BooleanOf(random.IntN(2) == 0)
					holder[name] = value.Text == "true"
				case 3:
					value = idp.ListOf(text(), text())
					holder[name] = value.Items
				default:
					holder[name] = nil
				}
				want[i] = append(want[i], value)
			}
		}
		name, written := "a.json", []byte(nil)
		if round%2 == 0 {
			var err error
			if written, err = json.MarshalIndent(people, "", "\t"); err != nil {
				t.Fatal(err)
			}
		} else {
			name = "a.jsonl"
			for _, person := range people {
				line, err := json.Marshal(person)
				if err != nil {
					t.Fatal(err)
				}
				written = append(append(written, line...), '\n')
			}
		}
		var got [][]idp.Value
		for _, person := range read(t, open(t, name, string(written)), idp.Request{Attributes: names}) {
			got = append(got, person.Attributes)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%s (-written +read):\n%s", written, diff)
		}
	}
}

func TestHalvesOfCharactersAreTold(t *testing.T) {
	half := `{"email":"a@b","name":"x\ud83d"}`
	whole := `{"email":"c@d","name":"\ud83d\ude00"}`
	for name, text := range map[string]string{"people.json": "[" + half + "," + whole + "]", "people.jsonl": half + "\n" + whole + "\n"} {
		var notices []string
		people := read(t, open(t, name, text), idp.Request{Fields: []idp.Field{idp.Name}, Notify: func(notice string) { notices = append(notices, notice) }})
		if people[0].Fields[0].Text != "x\uFFFD" || people[1].Fields[0].Text != "😀" {
			t.Errorf("%s: people %+v", name, people)
		}
		if len(notices) != 1 || !strings.Contains(notices[0], "are now U+FFFD: 1") {
			t.Errorf("%s: notices %q, want one that counts a half", name, notices)
		}
	}
}
