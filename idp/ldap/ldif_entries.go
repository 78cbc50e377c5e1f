package ldap

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"cohort/idp/ldap/internal/wire"
	"cohort/internal/fault"
)

// ldifEntries reads the entries of a file of RFC 2849. Besides, it understands
// what ldapsearch and ldbsearch write between them, which tells whether the
// search behind the file came to its end.
type ldifEntries struct {
	lines *ldifLines
	// number is the line at which the entry begins that was given last.
	number int
	// referrals counts those of the search.
	referrals int

	written int // entries since the last closing count
	// claimed is a closing count, of ldapsearch's "# numEntries", if isClosed.
	claimed  int
	isClosed bool
	// closingDue says that the file began as those do that have such a count.
	closingDue bool
	// pageDue says that the last page was not the last.
	pageDue bool
}

// next gives the next entry, or io.EOF where the file is whole.
func (r *ldifEntries) next() (*entry, error) {
	for {
		text, number, err := r.lines.next()
		if errors.Is(err, io.EOF) {
			return nil, r.finish()
		}
		if err != nil {
			return nil, err
		}
		if len(text) == 0 {
			continue
		}
		if text[0] == '#' {
			if err := r.comment(string(text)); err != nil {
				return nil, err
			}
			continue
		}
		name, value, err := r.split(text, number)
		if err != nil {
			return nil, err
		}
		switch strings.ToLower(name) {
		case "dn":
			if err := r.settle(); err != nil {
				return nil, err
			}
			r.written++
			r.number = number
			return r.entry(value)
		case "version":
			if value != "1" {
				return nil, r.lines.wrong(number, "", "LDIF of version %q is not known", value)
			}
		case "search":
			if err := r.result(); err != nil {
				return nil, err
			}
		case "ref":
			r.referrals++
			if err := r.skip(); err != nil {
				return nil, err
			}
		default:
			return nil, r.lines.wrong(number, "", "an entry begins with dn:, and here is %s:", name)
		}
	}
}

// entry reads what follows a DN until the next empty line.
func (r *ldifEntries) entry(dn string) (*entry, error) {
	e := &entry{DN: dn}
	for {
		text, number, err := r.lines.next()
		if errors.Is(err, io.EOF) || err == nil && len(text) == 0 {
			return e, nil
		}
		if err != nil {
			return nil, err
		}
		if text[0] == '#' {
			if err := r.comment(string(text)); err != nil {
				return nil, err
			}
			continue
		}
		name, value, err := r.split(text, number)
		if err != nil {
			return nil, err
		}
		switch strings.ToLower(name) {
		case "changetype", "control":
			if len(e.Attributes) == 0 {
				return nil, r.lines.wrong(number, "export entries, as ldapsearch -LLL does; of what ldifde wrote, leave out the lines with changetype",
					"%s: is of a change, and changes are not read", name)
			}
		case "dn":
			return nil, r.lines.wrong(number, "put an empty line in front", "an entry begins within another")
		}
		last := len(e.Attributes) - 1
		if last < 0 || e.Attributes[last].Name != name {
			e.Attributes = append(e.Attributes, wire.Attribute{Name: name})
			last++
		}
		a := &e.Attributes[last]
		a.Values = append(a.Values, value)
	}
}

// split takes an attrval-spec apart.
func (r *ldifEntries) split(text []byte, number int) (name, value string, err error) {
	end := bytes.IndexByte(text, ':')
	if end < 0 {
		return "", "", r.lines.wrong(number, "is this an LDIF file?", "it has no colon")
	}
	if !isDescription(text[:end]) {
		return "", "", r.lines.wrong(number, "is this an LDIF file?", "%q is no name of an attribute", text[:end])
	}
	name = string(text[:end])
	rest := text[end+1:]
	switch {
	case bytes.HasPrefix(rest, []byte(":")):
		encoded := bytes.Trim(rest[1:], " ")
		decoded := make([]byte, base64.StdEncoding.DecodedLen(len(encoded)))
		n, err := base64.StdEncoding.Decode(decoded, encoded)
		if err != nil {
			return "", "", r.lines.wrong(number, "", "the value of %s is no base64", name)
		}
		return name, string(decoded[:n]), nil
	case bytes.HasPrefix(rest, []byte("<")):
		return "", "", r.lines.wrong(number, "export it again with the values in it; ldapsearch without -t",
			"the value of %s is in another file, and those are not read", name)
	default:
		return name, string(bytes.TrimLeft(rest, " ")), nil
	}
}

// isDescription is lenient about letters that servers allow beyond RFC 4512,
// section 2.5, and knows the range of Active Directory.
func isDescription(name []byte) bool {
	for _, c := range name {
		letter := 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9'
		if !letter && !strings.ContainsRune("-.;_=*", rune(c)) {
			return false
		}
	}
	return len(name) > 0
}

// result reads what ldapsearch writes of the end of a search, or of a page,
// which is neither an entry nor a comment: "search: 2", "result: 0 Success".
func (r *ldifEntries) result() error {
	for {
		text, number, err := r.lines.next()
		if errors.Is(err, io.EOF) || err == nil && len(text) == 0 {
			return nil
		}
		if err != nil {
			return err
		}
		if text[0] == '#' {
			// Of the next page, whose comments follow without an empty line.
			return r.comment(string(text))
		}
		name, value, err := r.split(text, number)
		if err != nil {
			return err
		}
		switch strings.ToLower(name) {
		case "result":
			if code, _, _ := strings.Cut(value, " "); code != "0" {
				return fault.New(fault.Source, "export it again, by an account that may read everything",
					"reading %s: line %d: the search behind the file ended with %q", r.lines.name, number, value)
			}
		case "pagedresults":
			r.page(value)
		}
	}
}

// skip leaves out the lines until the next empty one.
func (r *ldifEntries) skip() error {
	for {
		text, _, err := r.lines.next()
		if errors.Is(err, io.EOF) || err == nil && len(text) == 0 {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// comment reads what ldapsearch and ldbsearch write about a search.
func (r *ldifEntries) comment(text string) error {
	text = strings.TrimSpace(strings.TrimPrefix(text, "#"))
	switch {
	case text == "LDAPv3":
		r.closingDue = true
	case strings.HasPrefix(text, "refldap"):
		r.referrals++
	default:
		if cookie, ok := strings.CutPrefix(text, "pagedresults:"); ok {
			r.page(cookie)
		} else if _, ok := countOf(text, "record ", ""); ok {
			r.closingDue = true // of ldbsearch
		} else if _, ok := countOf(text, "numResponses: ", ""); ok {
			// Of no entries there is no count.
			return r.close(0)
		} else if count, ok := countOf(text, "numEntries: ", ""); ok {
			r.claimed = count
		} else if count, ok := countOf(text, "", " entries"); ok {
			return r.close(count)
		}
	}
	return nil
}

func countOf(text, before, after string) (int, bool) {
	text, isBefore := strings.CutPrefix(text, before)
	text, isAfter := strings.CutSuffix(text, after)
	count, err := strconv.Atoi(text)
	return count, isBefore && isAfter && err == nil
}

func (r *ldifEntries) close(claimed int) error {
	err := r.settle()
	r.claimed, r.isClosed, r.closingDue = claimed, true, false
	return err
}

// page notes whether a page is the last one, whose cookie is empty (RFC 2696).
func (r *ldifEntries) page(control string) {
	_, cookie, ok := strings.Cut(control, "cookie=")
	r.pageDue = ok && strings.TrimSpace(cookie) != ""
}

// settle holds a closing count to the entries before it.
func (r *ldifEntries) settle() error {
	if !r.isClosed {
		return nil
	}
	if r.written != r.claimed {
		return r.incomplete(fmt.Sprintf("%d entries are in it, and it closes with a count of %d", r.written, r.claimed))
	}
	r.written, r.isClosed = 0, false
	return nil
}

// finish says whether the file is whole, as far as it tells.
func (r *ldifEntries) finish() error {
	if err := r.settle(); err != nil {
		return err
	}
	switch {
	case r.closingDue:
		return r.incomplete("what wrote it closes with the count of entries, and there is none")
	case r.pageDue:
		return r.incomplete("after its last page there were more")
	default:
		return io.EOF
	}
}

func (r *ldifEntries) incomplete(why string) error {
	return fault.New(fault.Source, "export it again", "reading %s: the file was cut: %s", r.lines.name, why)
}
