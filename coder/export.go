package coder

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"cohort/internal/fault"
	"cohort/internal/textfile"
)

// ExportConfig says which file to read. A complete one, and where the command
// takes each part from:
//
//	coder.ExportConfig{
//		// --coder, where it is a path; "-" is standard input.
//		Path:  "users.json",
//		Input: os.Stdin,
//		// --allow-empty: a list of nobody, or of a single user, is not an error.
//		AllowEmpty: false,
//	}
type ExportConfig struct {
	// Path is the file, or "-" for Input.
	Path  string
	Input io.Reader
	// AllowEmpty makes a list without users, or with a single one, no error. A
	// file without anything is one all the same: so is that of a command that
	// failed.
	AllowEmpty bool
}

// Export is the users of a deployment from a file:
//
//   - the table of "coder users list", with any of its columns;
//   - its JSON (-o json), the answers of the users API (GET /api/v2/users),
//     several of them one after another, and JSON lines of users;
//   - CSV with a header line and a column email, cells apart by comma,
//     semicolon or tab.
//
// What it is shows in the file; its name does not count. Any of the encodings
// of [textfile.NewReader] will do.
//
// An export cannot prove that it holds everybody: only the API's answers carry
// a count, and who made the file may have seen only a part of the users. What
// can be seen in it is looked at: an end within the list, a user twice, a
// single user (Coder shows members only themselves).
type Export struct {
	name   string
	users  []User
	fields fieldSet
}

// largestExport bounds what a wrong path can take of memory. 100,000 users are
// 40 MB as JSON.
const largestExport = 1 << 30

// OpenExport reads the file. Besides an end of ctx, its errors are of the kinds
// [fault.Usage] (this is no list of users, or a line is wrong), [fault.Source]
// (the file cannot be read, was cut, changed meanwhile, or holds nobody) and
// [fault.Credentials] (it holds only the user who made it).
func OpenExport(ctx context.Context, c ExportConfig) (*Export, error) {
	switch {
	case c.Path == "":
		return nil, fault.New(fault.Usage, "name a file", "--coder: the path is empty")
	case c.Path == "-" && c.Input == nil:
		return nil, fault.New(fault.Usage, "name a file", "--coder: there is no standard input")
	}
	file := textfile.File{Path: c.Path, Stdin: c.Input, Doing: "--coder", Kind: fault.Usage}
	var export *Export
	err := file.Read(ctx, func(input io.Reader, size int64) (err error) {
		export, err = readExport(file.Name(), input, size, c.AllowEmpty)
		return err
	})
	if err != nil {
		return nil, err
	}
	return export, nil
}

// readExport reads about size bytes of input.
func readExport(name string, input io.Reader, size int64, allowEmpty bool) (*Export, error) {
	text, err := readText(input, size)
	var list *userList
	if err == nil {
		list, err = readUsers(text)
	}
	if err == nil {
		err = list.check(allowEmpty)
	}
	if err != nil {
		return nil, fmt.Errorf("read users from %s: %w", name, err)
	}
	return &Export{name: name, users: list.users, fields: list.fields}, nil
}

func readText(input io.Reader, size int64) (string, error) {
	decoded, err := textfile.NewReader(input)
	var text strings.Builder
	if err == nil {
		text.Grow(int(min(max(size, 0), largestExport)))
		_, err = io.Copy(&text, io.LimitReader(decoded, largestExport+1))
	}
	switch {
	case fault.KindOf(err) != fault.Other:
		return "", err
	case err != nil:
		return "", fault.New(fault.Source, "", "%w", err)
	case text.Len() > largestExport:
		return "", fault.New(fault.Usage, "is it a list of users?", "the file is larger than %d GB", largestExport>>30)
	}
	return text.String(), nil
}

// readUsers finds out what a text is, and reads it.
func readUsers(text string) (*userList, error) {
	start := strings.TrimLeft(text, " \t\r\n")
	header, _, _ := strings.Cut(text, "\n")
	switch {
	case start == "":
		return nil, fault.New(fault.Source, "did the command that wrote it fail? coder users list writes nothing, too, where there are no users",
			"the file is empty")
	case strings.ContainsRune(text, 0):
		return nil, fault.New(fault.Usage, formats, "this is not a text")
	case start[0] == '<':
		return nil, fault.New(fault.Usage, "was it saved without a token, or from a browser? coder users list -o json writes a list",
			"this is a web page, not a list of users")
	case strings.HasPrefix(start, "HTTP/"):
		return nil, fault.New(fault.Usage, "save it without -i of curl", "this begins with the head of an HTTP answer")
	case start[0] == '{', start[0] == '[':
		return readJSON(text)
	case isTableHeader(header):
		return readTable(text)
	}
	return readCSV(text)
}

// formats is what an unknown file is told.
const formats = "an export is what coder users list wrote (with -o json, or its table), an answer of Coder's users API, or CSV with a column email"

// Name is the path of the file, or "standard input".
func (e *Export) Name() string { return e.name }

// Users gives every account in the file, in its order. Accounts lack what the
// file does not say, see [Export.Has]; names out of a table have blanks for
// tabs and none at the end of a line, and times whole seconds. The list belongs
// to the caller.
func (e *Export) Users(ctx context.Context) ([]User, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("read users from %s: %w", e.name, err)
	}
	return e.users, nil
}

// Has says whether the file can tell a Coder column, such as "coder_status":
// always coder_user, and coder_active where it has the status. A column that it
// has may still be empty for everybody.
func (e *Export) Has(column string) bool { return slices.Contains(e.Columns(), column) }

// Columns are the Coder columns that the file can tell, in the order of the
// documentation.
func (e *Export) Columns() []string {
	columns := []string{"coder_user"}
	if e.fields&hasStatus != 0 {
		columns = append(columns, "coder_active")
	}
	for _, f := range fieldNames() {
		if e.fields&f.field != 0 {
			columns = append(columns, "coder_"+f.name)
		}
	}
	return columns
}
