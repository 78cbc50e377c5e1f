package coder_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cohort/coder"
	"cohort/internal/fault"
)

func TestWhatIsNoListOfEverybody(t *testing.T) {
	const (
		ada = `{"id":"00000000-0000-4000-8000-000000000001","username":"ada","email":"ada@corp.example","status":"active"}`
		bob = `{"id":"00000000-0000-4000-8000-000000000002","username":"bob","email":"bob@corp.example","status":"active"}`
	)
	header := "USERNAME  EMAIL             STATUS  \n"
	row := "ada       ada@corp.example  active  \n"
	for _, test := range []struct {
		name, text string
		kind       fault.Kind
		want       string
	}{
		{"an empty file", "", fault.Source, "the file is empty"},
		{"a file of empty lines", "\r\n\n", fault.Source, "the file is empty"},
		{"an empty file of PowerShell", "\xff\xfe", fault.Source, "the file is empty"},
		{"the line of Coder's documentation", fixture(t, "documented-api.csv"), fault.Usage,
			"jq failed after the names of the columns, as the line in Coder's documentation of the API does; save the API's answer as it is"},
		{"the same line, and rows", `["email","username"]` + "\nada\n", fault.Usage, "without jq"},
		{"a sign-in page", "<!DOCTYPE html>\n<html>", fault.Usage, "a web page"},
		{"the head of the answer, too", "HTTP/1.1 200 OK\r\n\r\n[]", fault.Usage, "without -i of curl"},
		{"an error of the API", `{"message":"You are signed out or your session has expired.","detail":"x"}`, fault.Source,
			"an error of Coder: You are signed out"},
		{"bytes", "PK\x03\x04\x00\x00\x01", fault.Usage, "not a text"},
		{"Latin-1", "email,name\na@b.example,J\xf6rg\n", fault.Usage, "line 2 is not valid UTF-8"},
		{"what Coder's command says of its failure", "Encountered an error running \"coder users list\"\nerror: signed out\n", fault.Usage,
			`no list of Coder users: the first line is "Encountered an error running \"coder users list\""`},
		{"prose", "Dear reader,\nhello\n", fault.Usage, `no list of Coder users: the first line is "Dear reader,"`},
		{"addresses without a header", "ada@corp.example\nbob@corp.example\n", fault.Usage, "no names of columns"},
		{"people as CSV", "email,name,Job Title\na@corp.example,A,Boss\n", fault.Usage, `a list of people, not of Coder users: it has "Job Title"`},
		{"people as CSV without an address", "dn,sn\nx,y\n", fault.Usage, "a list of people"},
		{"people as JSON", `[{"id":"00u1","status":"ACTIVE","profile":{"email":"a@corp.example"}}]`, fault.Usage, `it has "profile"`},
		{"what cohort wrote", "email,coder_user,match\na@corp.example,true,email\n", fault.Usage, `it has "match"`},
		{"objects of another kind", `[{"id":"00000000-0000-4000-8000-000000000001","name":"main"}]`, fault.Usage, "user 1 has no email"},
		{"numbers", `[1,2]`, fault.Usage, `line 1: '1' where a user should be`},

		{"a dump of the database", "email,deleted\na@b.example,f\nc@d.example,t\n", fault.Usage, "line 3: the user is deleted"},
		{"a dump of it as JSON", "[" + ada + "," + strings.Replace(bob, "{", `{"deleted":true,`, 1) + "]", fault.Usage, "user 2: the user is deleted"},
		{"nobody", "[]", fault.Source, "holds nobody"},
		{"nobody, counted", `{"users":[],"count":0}`, fault.Source, "holds nobody"},
		{"nobody as CSV", "email\n", fault.Source, "holds nobody"},
		{"only oneself", "[" + ada + "]", fault.Credentials, "Coder shows members only themselves"},
		{"only oneself in a table", header + row, fault.Credentials, "a single user"},
		{"a page", `{"users":[` + ada + "," + bob + `],"count":250}`, fault.Source, "Coder counted 250 users, and 2 are here"},
		{"more than were counted", `{"users":[` + ada + "," + bob + `],"count":1}`, fault.Source, "counted 1"},
		{"no count", `{"users":[` + ada + "," + bob + `]}`, fault.Usage, `without "count"`},
		{"a count that is none", `{"users":[` + ada + "," + bob + `],"count":2.5}`, fault.Usage, `"count" is "2.5"`},
		{"pages of two moments", `{"users":[` + ada + `],"count":2}{"users":[` + bob + `],"count":3}`, fault.Source, "counted 2, then 3"},
		{"a page, and users without one", `{"users":[` + ada + `],"count":1}` + bob, fault.Source, "counted 1"},
		{"a user twice", "[" + ada + "," + bob + "," + ada + "]", fault.Usage,
			`user 3: the id "00000000-0000-4000-8000-000000000001" is there already, in user 1`},
		{"a user name twice", header + row + "ADA       b@corp.example    active  \n", fault.Usage, `line 3: the username "ada" is there already, in line 2`},
		{"an address twice", "email\na@corp.example\nb@corp.example\nA@corp.example\n", fault.Usage, `line 4: the email "a@corp.example"`},
		{"two lists", "[" + ada + "]\n[" + bob + "]", fault.Usage, "a second list"},

		{"an unknown status", strings.Replace("["+ada+","+bob+"]", "active", "asleep", 1), fault.Usage, `user 1: "asleep" is no status`},
		{"an unknown status in a table", header + strings.Replace(row, "active", "asleep", 1), fault.Usage, `line 2: "asleep" is no status`},
		{"a status for some", "[" + ada + "," + strings.Replace(bob, `,"status":"active"`, "", 1) + "]", fault.Usage,
			`user 2: some users have "status" and others have not`},
		{"an id that is none", strings.Replace("["+ada+"]", "0000-4000", "4000", 1), fault.Usage, "is no id"},
		{"the id of nobody", strings.Replace("["+ada+"]", "00000000-0000-4000-8000-000000000001", "00000000-0000-0000-0000-000000000000", 1), fault.Usage, "is no id"},
		{"a time that is none", "email,created_at\na@corp.example,29/02/2024 08:00\n", fault.Usage, `line 2: "29/02/2024 08:00" in created_at`},
		{"a number for an address", strings.Replace("["+ada+"]", `"ada@corp.example"`, "7", 1), fault.Usage, `user 1: "email" is "7"`},
		{"nothing for an address", strings.Replace("["+ada+"]", `"ada@corp.example"`, "null", 1), fault.Usage, `"email" is "null"`},
		{"an address twice in a user", strings.Replace("["+ada+"]", `"status"`, `"email":"b@corp.example","status"`, 1), fault.Usage, `"email" is there twice`},
		{"half a character", `[{"email":"\ud83d"}]`, fault.Usage, "surrogates"},
		{"a letter that makes no escape", `[{"email":"\x"}]`, fault.Usage, `line 1: \x in a string`},
		{"a line feed that makes no escape", "[{\"email\":\"\\\n\"}]", fault.Usage, `line 1: \ in a string`},
		{"an escape of two digits", `[{"email":"\u12  "}]`, fault.Usage, `line 1: four hexadecimal digits should be after \u`},
		{"a tabulator in a string", "[\n{\"email\":\"\t\"}]", fault.Usage, `line 2: a control character in a string`},
		{"arrays without end", `[{"x":` + strings.Repeat("[", 1<<20), fault.Usage, "64 arrays and objects inside each other"},

		{"a table without addresses", "USERNAME  STATUS  \nada       active  \n", fault.Usage, "no column EMAIL; export it with -c"},
		{"a table that lost its blanks", strings.ReplaceAll(header+row, "  \n", "\n"), fault.Usage, "lost the blanks"},
		{"a row that is narrower", header + row + "bob       bob@corp.example\n", fault.Usage, "line 3: its columns do not stand under"},
		{"a row that is wider", header + "adalovelace ada@corp.example  active  \n", fault.Usage, "line 2: its columns"},
		{"an empty line between", header + "\n" + row, fault.Usage, "line 2: its columns"},
		{"a row cut", header + row + "bob       bob@corp.exam", fault.Source, "ends within line 3"},
		{"a row cut in a name", "EMAIL             NAME   \nada@corp.example  Zoë   \nbob@corp.example  Bø ", fault.Source, "ends within line 3"},
		{"a row without a user name", header + row + "          bob@corp.example  active  \n", fault.Usage, "line 3: a cell is blank"},
		{"a name that goes on above all", "EMAIL             NAME  STATUS  \n                  Ada           \n", fault.Usage, "line 2: it continues no line"},
		{"columns that are in each other's place", header + "ada       active            active  \n", fault.Usage, `line 2: "active" is no e-mail`},
		{"a column twice", "EMAIL  EMAIL  \n", fault.Usage, "two columns EMAIL"},
		{"a name or a user", fixture(t, "name-email.txt"), fault.Usage, "line 3: this may be a user without an address, or more of the name above"},
		{"letters that PowerShell garbled", fixture(t, "powershell-garbled.csv"), fault.Usage, "[Console]::OutputEncoding"},

		{"a row of CSV with a cell too few", "email,username\na@corp.example,a\nb@corp.example\n", fault.Usage, "line 3: it has not as many cells"},
		{"CSV cut in quotes", "email,name\na@corp.example,\"A\nB", fault.Usage, "line 2: a quotation mark is not closed"},
		{"CSV cut in an address", "email\na@corp.example\nb@corp.exa", fault.Source, "ends within line 3; export it again; if it is whole, end it with a line feed"},
		{"CSV cut in a status", "email,status\na@corp.example,active\nb@corp.example,susp", fault.Usage, `line 3: "susp" is no status`},
		{"a column of CSV twice", "email,Username,username\n", fault.Usage, "two columns are called"},
	} {
		t.Run(test.name, func(t *testing.T) {
			export, err := open(test.text)
			if export != nil || fault.KindOf(err) != test.kind || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("got error %v (kind %d), want kind %d with %q", err, fault.KindOf(err), test.kind, test.want)
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("not one line: %q", err)
			}
		})
	}
}

func TestASingleUserIsAllowed(t *testing.T) {
	for _, text := range []string{`[{"email":"ada@corp.example"}]`, "email\nada@corp.example\n"} {
		if _, err := open(text); err == nil || !strings.HasSuffix(err.Error(), "; --allow-empty if there is nobody else") {
			t.Errorf("%q: got error %v, want one that names --allow-empty", text, err)
		}
		export, err := coder.OpenExport(t.Context(), coder.ExportConfig{Path: "-", Input: strings.NewReader(text), AllowEmpty: true})
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if users := usersOf(t, export); len(users) != 1 || users[0].Email != "ada@corp.example" {
			t.Errorf("%q: users %v, want Ada alone", text, users)
		}
	}
}

func TestNobodyIsAllowed(t *testing.T) {
	for _, text := range []string{"[]", `{"users":[],"count":0}`, "email\n"} {
		export, err := coder.OpenExport(t.Context(), coder.ExportConfig{Path: "-", Input: strings.NewReader(text), AllowEmpty: true})
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if users := usersOf(t, export); len(users) > 0 || !export.Has("coder_email") {
			t.Errorf("%q: users %v, columns %q", text, users, export.Columns())
		}
	}
}

func TestFilesThatCannotBeRead(t *testing.T) {
	for _, path := range []string{"", "-", t.TempDir(), filepath.Join(t.TempDir(), "missing")} {
		if _, err := coder.OpenExport(t.Context(), coder.ExportConfig{Path: path}); fault.KindOf(err) != fault.Usage {
			t.Errorf("%q: got error %v, want a usage error", path, err)
		}
	}
}

// A cut is an error at every byte of a file, but for those after which a table
// or a CSV cannot be told from a shorter one: then whole users are left, and
// those that were there before.
func TestACutIsAnError(t *testing.T) {
	for _, file := range []string{"cli.json", "api.json", "default.csv", "all.txt", "email-username-name.txt", "documented-cli.csv"} {
		t.Run(file, func(t *testing.T) {
			text := fixture(t, file)
			whole, err := open(text)
			if err != nil {
				t.Fatal(err)
			}
			users := usersOf(t, whole)
			for at := range len(strings.TrimRight(text, "\n")) {
				export, err := open(text[:at])
				if err != nil {
					continue
				}
				if strings.HasSuffix(file, ".json") || text[at] != '\n' && text[at-1] != '\n' {
					t.Fatalf("cut at byte %d, it passes for whole", at)
				}
				got := usersOf(t, export)
				// Of a name with line feeds the rest may be missing.
				last := len(got) - 1
				want := slices.Clone(users[:len(got)])
				if strings.HasPrefix(want[last].Name, got[last].Name+"\n") {
					want[last].Name = got[last].Name
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Fatalf("cut at byte %d (-want +got):\n%s", at, diff)
				}
			}
		})
	}
}
