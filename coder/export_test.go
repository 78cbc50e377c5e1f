package coder_test

import (
	"context"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"cohort/coder"
	"cohort/internal/fault"
)

// The files in testdata/export were written by Coder 2.36.1's own formatter
// (cliui.NewOutputFormatter with the columns of "coder users list", go-pretty
// 6.8.0) out of the users of exported; all-japanese.txt with LC_ALL=ja_JP.UTF-8.
// The files documented-* are what jq 1.6 left of cli.json and api.json by the
// lines in Coder's docs/admin/users. The files powershell* are others in UTF-16
// with a byte order mark and \r\n, as ">" of Windows PowerShell writes them;
// powershell-garbled.csv went through code page 437 before.

// exported are the users of these files, as -o json has them.
func exported() []coder.User {
	created := time.Date(2024, 2, 29, 9, 0, 0, 123456000, time.UTC)
	users := []coder.User{
		{Username: "ada", Name: "Ada Lovelace", Email: "Ada.Lovelace@corp.example", Status: coder.StatusActive, Roles: []string{"owner", "user-admin"}},
		{Username: "bot", Status: coder.StatusDormant, LoginType: "none", ServiceAccount: true},
		{Username: "bruce", Name: "李小龙", Email: "bruce@corp.example", Status: coder.StatusActive},
		{Username: "dev", Name: "👩🏽‍💻 Dev", Email: "dev@corp.example", Status: coder.StatusActive},
		{Username: "grace", Name: "Grace  Brewster\nMurray Hopper", Email: "grace@corp.example", Status: coder.StatusSuspended},
		{Username: "juergen", Name: "Jürgen Groß", Email: "jürgen.groß@bücher.example", Status: coder.StatusActive},
		{Username: "nobody", Name: "First\n\nLast", Email: "nobody@corp.example", Status: coder.StatusDormant},
		{Username: "quoted", Name: `Eve "E, the; 1st" O'Neil`, Email: "eve+coder@corp.example", Status: coder.StatusActive},
		{Username: "shira", Name: "שירה כהן", Email: "shira@corp.example", Status: coder.StatusActive},
		{Username: "yamada", Name: "山田 太郎", Email: "山田@例え.example", Status: coder.StatusActive},
		{Username: "zoe", Name: "Zoe\u0308 ± Łøve", Email: "zoe@corp.example", Status: coder.StatusSuspended},
	}
	for i := range users {
		u := &users[i]
		u.ID = "00000000-0000-4000-8000-0000000000" + string([]byte{'0' + byte((i+1)/10), '0' + byte((i+1)%10)})
		u.CreatedAt = created.Add(time.Duration(i) * time.Hour)
		if u.Username != "bot" {
			u.LoginType = "oidc"
		}
		if u.Username != "bot" && u.Username != "nobody" {
			u.LastSeenAt = created.AddDate(0, 1, i)
		}
	}
	return users
}

// only leaves of users what the columns tell, and whole seconds of times where
// that is so.
func only(users []coder.User, columns []string, wholeSeconds bool) []coder.User {
	has := func(column string) bool { return slices.Contains(columns, column) }
	var out []coder.User
	for _, u := range users {
		var v coder.User
		if has("coder_username") {
			v.Username = u.Username
		}
		if has("coder_name") {
			v.Name = u.Name
		}
		if has("coder_email") {
			v.Email = u.Email
		}
		if has("coder_id") {
			v.ID = u.ID
		}
		if has("coder_status") {
			v.Status = u.Status
		}
		if has("coder_login_type") {
			v.LoginType = u.LoginType
		}
		if has("coder_roles") {
			v.Roles, v.ServiceAccount = u.Roles, u.ServiceAccount
		}
		if has("coder_created_at") {
			v.CreatedAt = u.CreatedAt
		}
		if has("coder_last_seen_at") {
			v.LastSeenAt = u.LastSeenAt
		}
		if wholeSeconds {
			v.CreatedAt = v.CreatedAt.Truncate(time.Second)
		}
		out = append(out, v)
	}
	return out
}

func fixture(tb testing.TB, name string) string {
	tb.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "export", name))
	if err != nil {
		tb.Fatal(err)
	}
	return string(text)
}

// open reads a text as an export.
func open(text string) (*coder.Export, error) {
	return coder.OpenExport(coder.ExportConfig{Path: "-", Input: strings.NewReader(text)})
}

func usersOf(tb testing.TB, export *coder.Export) []coder.User {
	tb.Helper()
	users, err := export.Users(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	return users
}

func TestWhatCoderWrites(t *testing.T) {
	everything := []string{"coder_user", "coder_active", "coder_username", "coder_name", "coder_email", "coder_id",
		"coder_status", "coder_login_type", "coder_roles", "coder_created_at", "coder_last_seen_at"}
	allOfTable := slices.DeleteFunc(slices.Clone(everything), func(column string) bool {
		return column == "coder_login_type" || column == "coder_roles" || column == "coder_last_seen_at"
	})
	standard := []string{"coder_user", "coder_active", "coder_username", "coder_email", "coder_status", "coder_created_at"}
	for _, test := range []struct {
		file    string
		columns []string
		isTable bool
	}{
		{"default.csv", standard, true},
		{"all.txt", allOfTable, true},
		{"all-japanese.txt", allOfTable, true},
		{"powershell.csv", allOfTable, true},
		{"name-email-id.txt", []string{"coder_user", "coder_name", "coder_email", "coder_id"}, true},
		{"email-username-name.txt", []string{"coder_user", "coder_username", "coder_name", "coder_email"}, true},
		{"email.txt", []string{"coder_user", "coder_email"}, true},
		{"cli.json", everything, false},
		{"powershell.json", everything, false},
		{"api.json", everything, false},
		{"documented-cli.csv", standard, false},
	} {
		t.Run(test.file, func(t *testing.T) {
			export, err := open(fixture(t, test.file))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.columns, export.Columns()); diff != "" {
				t.Errorf("columns (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(only(exported(), test.columns, test.isTable), usersOf(t, export)); diff != "" {
				t.Errorf("users (-want +got):\n%s", diff)
			}
		})
	}
}

func TestOtherShapesOfTheSameUsers(t *testing.T) {
	api, cli := strings.TrimSpace(fixture(t, "api.json")), fixture(t, "cli.json")
	lines := strings.NewReplacer("\n  },\n  {", "}\n{", "\n    ", "", "\n      ", "", "\n", "").Replace(strings.Trim(cli, "[]\n "))
	half := strings.Index(api, `,{"id":"00000000-0000-4000-8000-000000000006"`)
	first, second := api[:half]+`],"count":11}`, `{"users":[`+api[half+1:]
	for name, text := range map[string]string{
		"JSON lines":                            lines,
		"JSON lines with an empty one":          lines + "\n\n",
		"pages one after another":               first + "\n" + second,
		"pages in an array, as jq -s makes it":  "[" + first + "," + second + "]",
		"the count before the users":            `{"count":11,` + strings.TrimSuffix(strings.TrimPrefix(api, "{"), `,"count":11}`) + "}",
		"members that nobody knows":             strings.ReplaceAll(api, `"has_ai_seat":false`, `"z":[{"a":[1.5e+3,-0,"\ud83d\ude00\n"]},null]`),
		"the answer with a byte order mark":     "\ufeff" + api,
		"the answer in UTF-16, big end first":   wide(binary.BigEndian, "\ufeff"+api),
		"the answer in UTF-16 without its mark": wide(binary.LittleEndian, api),
	} {
		export, err := open(text)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(exported(), usersOf(t, export)); diff != "" {
			t.Errorf("%s: users (-want +got):\n%s", name, diff)
		}
	}
}

// wide is a text in UTF-16.
func wide(order binary.AppendByteOrder, text string) string {
	var out []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		out = order.AppendUint16(out, unit)
	}
	return string(out)
}

func TestCSVOfOnesOwn(t *testing.T) {
	two := []coder.User{{Email: "ada@corp.example"}, {Email: "Bob@corp.example"}}
	named := []coder.User{{Email: "ada@corp.example", Username: "ada", Status: coder.StatusActive}, {Username: "bot", Status: coder.StatusDormant}}
	for _, test := range []struct {
		name, text string
		want       []coder.User
	}{
		{"one column", "email\nada@corp.example\nBob@corp.example\n", two},
		{"a header in upper case", "EMAIL\r\nada@corp.example\r\nBob@corp.example\r\n", two},
		{"quoted, with blanks around", "\" Email \"\n\"ada@corp.example\"\n Bob@corp.example \n", two},
		{"columns that Coder has not", "Team,Email\nx,ada@corp.example\n\"y\nz\",Bob@corp.example\n", two},
		{"semicolons", "Username;Email;Status\nada;ada@corp.example;Active\nbot;;dormant\n", named},
		{"tabs", "username\temail\tstatus\nada\tada@corp.example\tactive\nbot\t\tdormant", named},
		{"commas, and semicolons in a name", "email;x,email\n1,ada@corp.example\n2,Bob@corp.example\n", two},
	} {
		t.Run(test.name, func(t *testing.T) {
			export, err := open(test.text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, usersOf(t, export)); diff != "" {
				t.Errorf("users (-want +got):\n%s", diff)
			}
		})
	}
}

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
		{"prose", "Dear reader,\nhello\n", fault.Usage, `no list of Coder users: the first line is "Dear reader,"`},
		{"addresses without a header", "ada@corp.example\nbob@corp.example\n", fault.Usage, "no names of columns"},
		{"people as CSV", "email,name,Job Title\na@corp.example,A,Boss\n", fault.Usage, `a list of people, not of Coder users: it has "Job Title"`},
		{"people as CSV without an address", "dn,sn\nx,y\n", fault.Usage, "a list of people"},
		{"people as JSON", `[{"id":"00u1","status":"ACTIVE","profile":{"email":"a@corp.example"}}]`, fault.Usage, `it has "profile"`},
		{"what cohort wrote", "email,coder_user,match\na@corp.example,true,email\n", fault.Usage, `it has "match"`},
		{"objects of another kind", `[{"id":"00000000-0000-4000-8000-000000000001","name":"main"}]`, fault.Usage, "user 1 has no email"},
		{"numbers", `[1,2]`, fault.Usage, `line 1: '1' where a user should be`},

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

func TestNobodyIsAllowed(t *testing.T) {
	for _, text := range []string{"[]", `{"users":[],"count":0}`, "email\n"} {
		export, err := coder.OpenExport(coder.ExportConfig{Path: "-", Input: strings.NewReader(text), AllowEmpty: true})
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if users := usersOf(t, export); len(users) > 0 || !export.Has("coder_email") {
			t.Errorf("%q: users %v, columns %q", text, users, export.Columns())
		}
	}
}

func TestAnExportKnowsItsColumns(t *testing.T) {
	export, err := coder.OpenExport(coder.ExportConfig{Path: "testdata/export/email.txt"})
	if err != nil {
		t.Fatal(err)
	}
	for column, want := range map[string]bool{
		"coder_user": true, "coder_email": true, "coder_active": false, "coder_status": false, "coder_active_days": false,
	} {
		if got := export.Has(column); got != want {
			t.Errorf("%s: got %v, want %v", column, got, want)
		}
	}
	if export.Name() != "testdata/export/email.txt" {
		t.Errorf("name %q", export.Name())
	}
}

func TestFilesThatCannotBeRead(t *testing.T) {
	for _, path := range []string{"", "-", t.TempDir(), filepath.Join(t.TempDir(), "missing")} {
		if _, err := coder.OpenExport(coder.ExportConfig{Path: path}); fault.KindOf(err) != fault.Usage {
			t.Errorf("%q: got error %v, want a usage error", path, err)
		}
	}
}

func TestReadingEndsWithTheContext(t *testing.T) {
	export, err := coder.OpenExport(coder.ExportConfig{Path: "testdata/export/cli.json"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := export.Users(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v", err)
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
