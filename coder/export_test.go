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
	return coder.OpenExport(context.Background(), coder.ExportConfig{Path: "-", Input: strings.NewReader(text)})
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

func TestAnExportKnowsItsColumns(t *testing.T) {
	export, err := coder.OpenExport(t.Context(), coder.ExportConfig{Path: "testdata/export/email.txt"})
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

func TestReadingEndsWithTheContext(t *testing.T) {
	export, err := coder.OpenExport(t.Context(), coder.ExportConfig{Path: "testdata/export/cli.json"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := export.Users(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v", err)
	}
}
