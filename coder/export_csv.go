package coder

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"cohort/internal/fault"
)

// readCSV reads RFC 4180 with a header line, whose cells are apart by comma,
// semicolon or tab. Empty lines do not count.
func readCSV(text string) (*userList, error) {
	var header []string
	for _, separator := range ",;\t" {
		r := csvReader(text, separator)
		cells, err := r.Read()
		if err != nil || !slices.ContainsFunc(cells, func(c string) bool { return fieldOf(c) == hasEmail }) {
			// What is left of the header is for the message, read by commas; a
			// line that cannot be is there as a whole.
			if header == nil && cells != nil {
				header = slices.Clone(cells)
			} else if header == nil {
				first, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
				header = []string{first}
			}
			continue
		}
		return readRows(r, slices.Clone(cells), text)
	}
	return nil, noList(header)
}

func csvReader(text string, separator rune) *csv.Reader {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma = separator
	r.ReuseRecord = true
	return r
}

// noList is the error about a file that is nothing we know.
func noList(header []string) error {
	first := quoted(strings.Join(header, ","))
	switch {
	case slices.ContainsFunc(header, func(cell string) bool { return strings.Contains(cell, "@") }):
		return fault.New(fault.Usage, "name the columns in the first line: email",
			"the first line is %s, which holds an address and no names of columns", first)
	case slices.ContainsFunc(header, ofPeople):
		return people(first)
	}
	return fault.New(fault.Usage, formats, "this is no list of Coder users: the first line is %s", first)
}

// readRows reads what follows the header.
func readRows(r *csv.Reader, header []string, text string) (*userList, error) {
	l := newUserList("line", text, "\n")
	fields := make([]fieldSet, len(header))
	for i, name := range header {
		fields[i] = fieldOf(name)
		if ofPeople(name) {
			return nil, people(name)
		}
		if l.fields&fields[i] != 0 {
			return nil, l.wrong(1, fmt.Errorf("two columns are called %s", quoted(name)))
		}
		l.fields |= fields[i]
	}
	isDeleted := slices.IndexFunc(header, func(name string) bool { return strings.EqualFold(strings.TrimSpace(name), deletedColumn) })
	var u User
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, l.badRow(err)
		}
		line, _ := r.FieldPos(0)
		u = User{}
		for i, cell := range cells {
			if err := setCell(&u, fields[i], strings.TrimSpace(cell)); err != nil {
				return nil, l.wrong(line, err)
			}
		}
		if isDeleted >= 0 && saysYes(cells[isDeleted]) {
			return nil, l.wrong(line, errDeleted)
		}
		l.add(u, line)
	}
	// What ends within a line may have lost the end of its last cell, unless
	// that would show.
	const shows = hasID | hasStatus | hasCreatedAt | hasLastSeenAt
	if !strings.HasSuffix(text, "\n") && !strings.HasSuffix(text, "\r") && fields[len(fields)-1]&shows == 0 {
		return nil, fault.New(fault.Source, "export it again; if it is whole, end it with a line feed",
			"the file ends within line %d", strings.Count(text, "\n")+1)
	}
	return &l, nil
}

// badRow is about a line that cannot be read as cells.
func (l *userList) badRow(err error) error {
	parse, ok := errors.AsType[*csv.ParseError](err)
	if !ok {
		return fault.New(fault.Source, "", "%w", err)
	}
	switch {
	case errors.Is(err, csv.ErrFieldCount):
		err = errors.New("it has not as many cells as the header")
	case errors.Is(err, csv.ErrQuote):
		err = errors.New("a quotation mark is not closed, or text follows it")
	default:
		err = parse.Err
	}
	return l.wrong(parse.StartLine, err)
}
