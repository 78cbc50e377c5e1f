package join

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"cohort/internal/fault"
	"cohort/internal/textfile"
)

// DXUsers are the people whom DX knows.
type DXUsers struct {
	emails  map[string]bool
	headers []string
}

// ReadDXUsers reads DX's own export of its users: CSV with a column email. A
// file without users is an error.
func ReadDXUsers(r io.Reader) (*DXUsers, error) {
	text, err := textfile.NewReader(r)
	if err != nil {
		return nil, err
	}
	reader := csv.NewReader(text)
	headers, err := reader.Read()
	if errors.Is(err, io.EOF) {
		return nil, fault.New(fault.Usage, "export the users of DX once more", "the file is empty")
	}
	if err != nil {
		return nil, fmt.Errorf("read it as CSV: %w", err)
	}
	users := &DXUsers{emails: make(map[string]bool), headers: headers}
	email := -1
	for i, header := range headers {
		if strings.EqualFold(strings.TrimSpace(header), "email") {
			if email >= 0 {
				return nil, fault.New(fault.Usage, "leave one of them out", "two columns are called email")
			}
			email = i
		}
	}
	if email < 0 {
		return nil, fault.New(fault.Usage, "export the users of DX, with their e-mail", "it has no column email")
	}
	for {
		row, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read it as CSV: %w", err)
		}
		if key := ExactKey(row[email]); key != "" {
			users.emails[key] = true
		}
	}
	if len(users.emails) == 0 {
		return nil, fault.New(fault.Usage, "export the users of DX once more", "it has no users")
	}
	return users, nil
}

// Check refuses attributes that DX has in another spelling, since DX would make
// new ones beside them. It gives the attributes that DX does not have yet,
// where the file shows which it has.
func (u *DXUsers) Check(columns Columns) (fresh []string, err error) {
	known := make(map[string]string)
	showsAttributes := false
	for _, header := range u.headers {
		name, marked := strings.CutPrefix(strings.TrimSpace(header), dxAttribute)
		showsAttributes = showsAttributes || marked
		known[strings.ToLower(name)] = name
	}
	for _, c := range columns.list {
		name, ok := strings.CutPrefix(c.header, dxAttribute)
		if !ok {
			continue
		}
		switch in := known[strings.ToLower(name)]; {
		case in == "" && showsAttributes:
			fresh = append(fresh, name)
		case in != "" && in != name:
			return nil, fault.New(fault.Usage, "write "+in+"="+c.spec, "--columns: DX has the attribute %q, and would make %q beside it", in, name)
		}
	}
	return fresh, nil
}
