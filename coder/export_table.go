package coder

import (
	"errors"
	"fmt"
	"strings"

	"cohort/internal/fault"
	"cohort/internal/terminal"
)

// The table of "coder users list" is made for terminals: every cell is padded
// with blanks to the display width of the widest in its column, and by two
// more, also the last of a line. The headers are in upper case. A name with
// line feeds goes on in the next line, where all other cells are blank.

// tableColumn is a column and where it begins.
type tableColumn struct {
	header string
	field  fieldSet
	start  int
}

// filled says whether no user leaves the column blank.
func (c tableColumn) filled() bool {
	return c.field&(hasID|hasUsername|hasStatus|hasCreatedAt) != 0 || c.header == "UPDATED AT"
}

// isTableHeader says whether a line is the header of a table, also of one that
// lost its blanks at the end.
func isTableHeader(line string) bool {
	line = strings.TrimSuffix(line, "\r")
	if strings.ContainsFunc(line, func(r rune) bool { return r != ' ' && (r < 'A' || r > 'Z') }) {
		return false
	}
	return strings.Contains(line, "  ")
}

// tableColumns reads a header. Its blanks at the end must be there, since they
// say how wide the table is.
func tableColumns(header string) ([]tableColumn, error) {
	var columns []tableColumn
	for at := 0; at < len(header); {
		name, _, _ := strings.Cut(header[at:], "  ")
		c := tableColumn{header: name, field: fieldOf(name), start: at}
		for _, other := range columns {
			if other.header == name {
				return nil, fault.New(fault.Usage, "export it with each column once", "the table has two columns %s", name)
			}
		}
		columns = append(columns, c)
		at += len(name)
		at += len(header[at:]) - len(strings.TrimLeft(header[at:], " "))
	}
	for _, c := range columns {
		if c.field != hasEmail {
			continue
		}
		if !strings.HasSuffix(header, "  ") {
			return nil, fault.New(fault.Usage, "an editor may have taken them away: "+again,
				"line 1: the table has lost the blanks at the end of its lines")
		}
		return columns, nil
	}
	return nil, fault.New(fault.Usage, "export it with -c username,email,status or with -o json", "the table has no column EMAIL")
}

// table is one that is being read.
type table struct {
	userList
	columns []tableColumn
	// width is that of every line, in columns of a terminal.
	width int
	// hasFilled says that some column is never blank, which tells a user from
	// the next line of a name.
	hasFilled bool
}

func readTable(text string) (*userList, error) {
	header, rest, _ := strings.Cut(text, "\n")
	header = strings.TrimSuffix(header, "\r")
	columns, err := tableColumns(header)
	if err != nil {
		return nil, err
	}
	t := &table{userList: newUserList("line", text, "\n"), columns: columns, width: len(header)}
	for _, c := range columns {
		t.fields |= c.field
		t.hasFilled = t.hasFilled || c.filled()
	}
	cells := make([]string, len(columns))
	for number := 2; strings.TrimLeft(rest, "\r\n") != ""; number++ {
		line, after, whole := strings.Cut(rest, "\n")
		rest = after
		line = strings.TrimSuffix(line, "\r")
		// Without a line feed, only its width says that a line is whole.
		if !t.split(line, cells) || !whole && !plain(line) {
			return nil, t.misaligned(number, whole)
		}
		if err := t.row(cells, number); err != nil {
			return nil, t.wrong(number, err)
		}
	}
	return &t.userList, nil
}

func (t *table) misaligned(number int, whole bool) error {
	if !whole {
		return fault.New(fault.Source, again, "the file ends within line %d", number)
	}
	return fault.New(fault.Usage, again, "line %d: its columns do not stand under those of the header", number)
}

// row takes the cells of a line: a user, or more of the name of the last one.
func (t *table) row(cells []string, number int) error {
	var blank, filled, name bool
	for i, c := range t.columns {
		name = name || c.field == hasName
		if c.filled() {
			blank, filled = blank || cells[i] == "", filled || cells[i] != ""
		}
	}
	switch {
	case blank && !filled && name:
		return t.continued(cells)
	case blank:
		return errors.New("a cell is blank that has to be filled")
	}
	var u User
	for i, c := range t.columns {
		if c.field == hasEmail && cells[i] == "" && name && !t.hasFilled {
			return errors.New("this may be a user without an address, or more of the name above")
		}
		if err := setCell(&u, c.field, cells[i]); err != nil {
			return err
		}
	}
	t.add(u, number)
	return nil
}

// setCell reads a cell of a table or a CSV.
func setCell(u *User, field fieldSet, cell string) error {
	if field == hasEmail && cell != "" && !strings.Contains(cell, "@") {
		return fmt.Errorf("%s is no e-mail address", quoted(cell))
	}
	return field.set(u, cell)
}

// continued takes more of a name.
func (t *table) continued(cells []string) error {
	if len(t.users) == 0 {
		return errors.New("it continues no line")
	}
	last := &t.users[len(t.users)-1]
	for i, c := range t.columns {
		switch {
		case c.field == hasName:
			last.Name += "\n" + cells[i]
		case c.field != 0 && cells[i] != "":
			return errors.New("a cell is blank that has to be filled")
		}
	}
	return nil
}

// split cuts a line into its cells, and says whether they stand where the
// header says.
//
// How wide other characters than ASCII are depends on the machine that wrote
// the table: its version of Unicode, its language, its encoding. So the columns
// before the first of them are counted from the left, and those after the last
// of them from the right; only where these are of different columns, their
// widths have to be known.
func (t *table) split(line string, cells []string) bool {
	first, last := foreign(line)
	if first == last {
		return len(line) == t.width && t.cut(line, cells, func(i int) int { return t.columns[i].start })
	}
	if first > t.width || len(line)-last > t.width {
		return false
	}
	a, b := t.columnAt(first), t.columnAt(t.width-(len(line)-last)-1)
	if a > b {
		return false
	}
	for _, ambiguous := range []int{1, 2} {
		starts, total := []int(nil), t.width
		if a < b {
			starts, total = t.walk(line, ambiguous)
		}
		if total == t.width && t.cut(line, cells, func(i int) int {
			switch {
			case i <= a:
				return t.columns[i].start
			case i > b:
				return len(line) - (t.width - t.columns[i].start)
			}
			return starts[i]
		}) {
			return true
		}
	}
	return false
}

// cut fills the cells of a line, whose columns begin at the bytes that start
// says. Each must end with two blanks.
func (t *table) cut(line string, cells []string, start func(int) int) bool {
	end := len(line)
	for i := len(cells) - 1; i >= 0; i-- {
		from := start(i)
		if from < 0 || from > end || !strings.HasSuffix(line[from:end], "  ") {
			return false
		}
		cells[i] = strings.TrimRight(line[from:end], " ")
		end = from
	}
	return end == 0
}

// columnAt is the column that covers a place of the terminal.
func (t *table) columnAt(place int) int {
	at := 0
	for i, c := range t.columns {
		if c.start <= place {
			at = i
		}
	}
	return at
}

// walk finds the bytes at which the columns of a line begin, -1 where a
// character stands across, and how wide the line is. Ambiguous characters are
// as wide as it is told: one column, but two on machines of East Asia.
func (t *table) walk(line string, ambiguous int) (starts []int, total int) {
	starts = make([]int, len(t.columns))
	for i := range starts {
		starts[i] = -1
	}
	next := 0
	for at, r := range line {
		w := terminal.RuneWidth(r, ambiguous)
		if next < len(starts) && w > 0 {
			if total == t.columns[next].start {
				starts[next] = at
			}
			if total >= t.columns[next].start {
				next++
			}
		}
		total += w
	}
	return starts, total
}

// foreign gives where the first character begins that is not printable ASCII,
// and where the last one ends; twice the same where there is none.
func foreign(line string) (first, last int) {
	first = len(line)
	for at, r := range line {
		if r < ' ' || r > '~' {
			first, last = min(first, at), at+len(string(r))
		}
	}
	return first, max(first, last)
}

// plain says whether a line has only printable ASCII, whose width is known.
func plain(line string) bool {
	first, last := foreign(line)
	return first == last
}
