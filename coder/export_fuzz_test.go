package coder_test

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cohort/coder"
	"cohort/internal/fault"
	"cohort/internal/textfile"
)

// FuzzExport holds that any bytes give users or an error that says whose move
// it is; that what is given are users as Coder has them; that JSON is read as
// encoding/json reads it; and that JSON which was cut is an error.
func FuzzExport(f *testing.F) {
	files, err := os.ReadDir(filepath.Join("testdata", "export"))
	if err != nil {
		f.Fatal(err)
	}
	for i, file := range files {
		f.Add([]byte(fixture(f, file.Name())), uint16(i*331))
	}
	two := `{"email":"a@b.example","name":null}`
	for i, text := range []string{
		two + "\n" + `{"email":"\u00e4@b.example","roles":[{"name":"x","name":"y"},{}],"name":"n"}`,
		`{"count":2,"users":[` + two + `,{"email":"","x":-1.5e+7}]}`, `[{"users":[],"count":0}]`, `{"message":"x"}`, `["a"]`,
		"email;Status\na@b.example;Active\n;dormant", "\ufeffEMAIL\tname\na@b\t\"x\ny\"\nb@b\t\n",
		"NAME    EMAIL        \n李      a@b.example  \nø\u0308x      ä@b.example  \n",
	} {
		f.Add([]byte(text), uint16(i))
	}
	f.Fuzz(func(t *testing.T, text []byte, cut uint16) {
		export, err := open(string(text))
		users, values, valid := naive(text)
		if err != nil {
			if export != nil || fault.KindOf(err) == fault.Other || strings.ContainsAny(err.Error(), "\n\r\x00") {
				t.Errorf("got an export: %v, and error %q", export != nil, err)
			}
			if values > 0 && valid && strings.Contains(err.Error(), "the file ends in line") {
				t.Errorf("%q is whole, and got error %v", text, err)
			}
			return
		}
		plausible(t, export)
		if values == 0 {
			return
		}
		if diff := cmp.Diff(users, usersOf(t, export)); !valid || diff != "" {
			t.Errorf("valid JSON: %v; users (-want +got):\n%s", valid, diff)
		}
		if at := int(cut) % len(text); values == 1 {
			if _, _, valid := naive(text[:at]); valid {
				return // Only white space was cut.
			}
			if _, err := open(string(text[:at])); err == nil {
				t.Errorf("%q, cut at %d, passes for whole", text, at)
			}
		}
	})
}

// plausible checks what every list of users has.
func plausible(t *testing.T, export *coder.Export) {
	users := usersOf(t, export)
	if len(users) < 2 || !export.Has("coder_email") {
		t.Errorf("%d users with the columns %q", len(users), export.Columns())
	}
	statuses := []string{coder.StatusActive, coder.StatusDormant, coder.StatusSuspended}
	var addresses, names []string
	for _, u := range users {
		if u.Email != "" {
			addresses = append(addresses, strings.ToLower(u.Email))
		}
		names = append(names, strings.ToLower(u.Username))
		if export.Has("coder_status") != slices.Contains(statuses, u.Status) ||
			export.Has("coder_username") != (u.Username != "") || export.Has("coder_id") != (u.ID != "") ||
			!export.Has("coder_name") && u.Name != "" || !export.Has("coder_created_at") && !u.CreatedAt.IsZero() {
			t.Errorf("columns %q, user %+v", export.Columns(), u)
		}
	}
	for _, list := range [][]string{addresses, names} {
		slices.Sort(list)
		if once := slices.Compact(slices.Clone(list)); len(once) < len(list) && (list[0] != "" || len(once) > 1) {
			t.Errorf("not unique: %q", list)
		}
	}
}

// naive reads JSON by encoding/json: the users, how many values stand one after
// another (none where the text does not begin like one), and whether they are
// valid.
func naive(file []byte) (users []coder.User, values int, valid bool) {
	reader, err := textfile.NewReader(strings.NewReader(string(file)))
	if err != nil {
		return nil, 0, false
	}
	text, err := io.ReadAll(reader)
	if start := strings.TrimLeft(string(text), " \t\r\n"); err != nil || start == "" || start[0] != '{' && start[0] != '[' {
		return nil, 0, false
	}
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	var add func(value any)
	add = func(value any) {
		switch value := value.(type) {
		case []any:
			for _, element := range value {
				add(element)
			}
		case map[string]any:
			if list, ok := value["users"]; ok {
				add(list)
				return
			}
			users = append(users, naiveUser(value))
		}
	}
	for {
		var value any
		err := decoder.Decode(&value)
		if errors.Is(err, io.EOF) {
			return users, values, true
		}
		values++
		if err != nil {
			return nil, values, false
		}
		add(value)
	}
}

func naiveUser(object map[string]any) coder.User {
	text := func(key string) string {
		value, _ := object[key].(string)
		return value
	}
	at := func(key string) time.Time {
		moment, err := time.Parse(time.RFC3339, text(key))
		if err != nil || moment.Year() <= 1 {
			return time.Time{}
		}
		return moment.UTC()
	}
	u := coder.User{
		ID: strings.ToLower(text("id")), Username: text("username"), Name: text("name"), Email: text("email"),
		Status: strings.ToLower(text("status")), LoginType: text("login_type"), CreatedAt: at("created_at"), LastSeenAt: at("last_seen_at"),
	}
	u.ServiceAccount, _ = object["is_service_account"].(bool)
	roles, _ := object["roles"].([]any)
	for _, role := range roles {
		fields, _ := role.(map[string]any)
		if name, _ := fields["name"].(string); name != "" && name != "member" {
			u.Roles = append(u.Roles, name)
		}
	}
	return u
}
