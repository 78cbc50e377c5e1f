package coder_test

import (
	"encoding/binary"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"cohort/coder"
)

// Whoever the users are, each format in each encoding gives them back.
func TestWhatIsWrittenIsRead(t *testing.T) {
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 0))
		users := randomUsers(random)
		for format, write := range map[string]func(*rand.Rand, []coder.User) (string, []string){
			"JSON": writeJSON, "CSV": writeCSV, "table": writeTable,
		} {
			text, columns := write(random, users)
			want := only(users, columns, format == "table")
			for encoding, file := range map[string]string{
				"UTF-8": text, "UTF-8 with a mark": "\ufeff" + text, "UTF-16LE": wide(binary.LittleEndian, "\ufeff"+text),
				"UTF-16BE": wide(binary.BigEndian, "\ufeff"+text),
				"CRLF":     strings.ReplaceAll(text, "\n", "\r\n"),
			} {
				export, err := open(file)
				if err != nil {
					t.Fatalf("seed %d, %s, %s: %v\n%s", seed, format, encoding, err, text)
				}
				for _, column := range columns {
					if !export.Has(column) {
						t.Errorf("seed %d, %s: it has not %s", seed, format, column)
					}
				}
				if diff := cmp.Diff(want, usersOf(t, export)); diff != "" {
					t.Fatalf("seed %d, %s, %s: users (-want +got):\n%s\n%s", seed, format, encoding, diff, text)
				}
			}
		}
	}
}

func randomUsers(random *rand.Rand) []coder.User {
	pick := func(from ...string) string { return from[random.IntN(len(from))] }
	users := make([]coder.User, 2+random.IntN(6))
	for i := range users {
		u := &users[i]
		u.ID = fmt.Sprintf("%08x-0000-4000-8000-%012x", random.Uint32(), i)
		u.Username = fmt.Sprintf("%s%d", pick("a", "long-user-name-", "X"), i)
		for range random.IntN(5) {
			u.Name += pick("Ada", " ", "  ", "\n", "Zoë", "李", "e\u0308", "±", "👍", "👩‍💻", `"`, ",", ";", "\\", "@", "'", "ﬁ", "שירה", "EMAIL")
		}
		u.Name = strings.TrimSpace(u.Name)
		for strings.Contains(u.Name, " \n") {
			// A table cannot show these blanks.
			u.Name = strings.ReplaceAll(u.Name, " \n", "\n")
		}
		if random.IntN(4) > 0 {
			u.Email = fmt.Sprintf("%s%d@%s", pick("ada", "Ada.Love", "a+b", "ä", "山"), i, pick("corp.example", "bücher.example", "例え.example"))
		}
		u.Status = pick(coder.StatusActive, coder.StatusDormant, coder.StatusSuspended)
		u.LoginType = pick("oidc", "password", "none")
		u.Roles = [][]string{nil, {"owner"}, {"auditor", "user-admin"}}[random.IntN(3)]
		u.CreatedAt = time.Unix(random.Int64N(2_000_000_000), random.Int64N(1e6)*1000).UTC()
		if random.IntN(3) > 0 {
			u.LastSeenAt = time.Unix(random.Int64N(2_000_000_000), 0).UTC()
		}
		u.ServiceAccount = u.Email == ""
	}
	return users
}

// someColumns are some of the columns, in any order, and always the address.
func someColumns(random *rand.Rand, names ...string) (chosen, columns []string) {
	random.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	for _, name := range names {
		if name == "email" || random.IntN(2) > 0 {
			chosen = append(chosen, name)
			columns = append(columns, "coder_"+name)
		}
	}
	return chosen, columns
}

func writeJSON(random *rand.Rand, users []coder.User) (string, []string) {
	var list []map[string]any
	for _, u := range users {
		roles := []map[string]string{{"name": "member"}}
		for _, role := range u.Roles {
			roles = append(roles, map[string]string{"display_name": "Some \"Role\"", "name": role})
		}
		object := map[string]any{
			"id": u.ID, "username": u.Username, "email": u.Email, "status": u.Status, "login_type": u.LoginType, "roles": roles,
			"created_at": u.CreatedAt, "last_seen_at": u.LastSeenAt, "organization_ids": []string{"x"}, "more": map[string]any{"users": nil},
		}
		if u.Name != "" {
			object["name"] = u.Name
		}
		if u.ServiceAccount {
			object["is_service_account"] = true
		}
		list = append(list, object)
	}
	encode := func(value any) string {
		text, _ := json.Marshal(value)
		if random.IntN(2) > 0 {
			text, _ = json.MarshalIndent(value, "", "  ")
		}
		return string(text) + "\n"
	}
	columns := []string{"coder_username", "coder_name", "coder_email", "coder_id", "coder_status", "coder_login_type",
		"coder_roles", "coder_created_at", "coder_last_seen_at"}
	switch random.IntN(3) {
	case 0:
		return encode(list), columns
	case 1:
		return encode(map[string]any{"users": list, "count": len(list)}), columns
	}
	var lines strings.Builder
	for _, object := range list {
		lines.WriteString(encode(object))
	}
	return lines.String(), columns
}

func writeCSV(random *rand.Rand, users []coder.User) (string, []string) {
	chosen, columns := someColumns(random, "id", "username", "name", "email", "status", "login_type", "created_at")
	var text strings.Builder
	w := csv.NewWriter(&text)
	w.Comma = []rune(",;\t")[random.IntN(3)]
	rows := [][]string{nil}
	for _, name := range chosen {
		rows[0] = append(rows[0], []string{name, strings.ToUpper(name), strings.ReplaceAll(name, "_", " ")}[random.IntN(3)])
	}
	for _, u := range users {
		rows = append(rows, cells(u, chosen, time.RFC3339Nano))
	}
	_ = w.WriteAll(rows)
	if len(chosen) > 1 {
		return text.String(), columns
	}
	// encoding/csv leaves a line empty for a single empty cell, which is no user.
	lines := strings.Split(strings.TrimSuffix(text.String(), "\n"), "\n")
	for i, line := range lines {
		if line == "" {
			lines[i] = `""`
		}
	}
	return strings.Join(lines, "\n") + "\n", columns
}

func cells(u coder.User, names []string, layout string) []string {
	all := map[string]string{
		"id": u.ID, "username": u.Username, "name": u.Name, "email": u.Email, "status": u.Status, "login_type": u.LoginType,
		"created_at": u.CreatedAt.Format(layout), "updated_at": u.CreatedAt.Format(layout),
	}
	var out []string
	for _, name := range names {
		out = append(out, all[name])
	}
	return out
}

// writeTable writes as go-pretty does: cells padded to the width of the widest
// in their column and two more, where ambiguous characters have one width or
// the other.
func writeTable(random *rand.Rand, users []coder.User) (string, []string) {
	chosen, columns := someColumns(random, "username", "name", "email", "status", "created_at", "updated_at")
	if slices.Contains(chosen, "name") && !slices.ContainsFunc(chosen, func(name string) bool { return name != "name" && name != "email" }) {
		// Lines of a name could not be told from users.
		chosen = append(chosen, "id")
		columns = append(columns, "coder_id")
	}
	columns = slices.DeleteFunc(columns, func(column string) bool { return column == "coder_updated_at" })
	ambiguous := 1 + random.IntN(2)
	width := func(cell string) int {
		total := utf8.RuneCountInString(cell)
		for _, r := range cell {
			switch r {
			case '李', '👍', '👩', '💻', '山', '例', 'え':
				total++
			case '\u0308', '\u200d':
				total--
			case '±', 'ü':
				total += ambiguous - 1
			}
		}
		return total
	}
	var lines [][]string
	for i, u := range append([]coder.User{{}}, users...) {
		row := cells(u, chosen, time.RFC3339)
		if i == 0 {
			row = slices.Clone(chosen)
			for c := range row {
				row[c] = strings.ToUpper(strings.ReplaceAll(row[c], "_", " "))
			}
		}
		for more := true; more; {
			more = false
			line := make([]string, len(row))
			for c := range row {
				var found bool
				line[c], row[c], found = strings.Cut(row[c], "\n")
				more = more || found
			}
			lines = append(lines, line)
		}
	}
	var text strings.Builder
	for _, line := range lines {
		for c, cell := range line {
			widest := 0
			for _, other := range lines {
				widest = max(widest, width(other[c]))
			}
			text.WriteString(cell + strings.Repeat(" ", widest-width(cell)+2))
		}
		text.WriteString("\n")
	}
	return text.String(), columns
}
