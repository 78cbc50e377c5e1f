package file

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"cohort/idp"
	"cohort/internal/fault"
	"cohort/internal/suggest"
)

// csvPeople are the records below a header.
type csvPeople struct {
	*csvScanner
	reading *reading
	header  []string
	blanks  int
	mapping *mapping
}

// openCSV reads the header.
func (r *reading) openCSV(w *window) (*csvPeople, error) {
	p := &csvPeople{csvScanner: &csvScanner{window: w}, reading: r, mapping: r.builder.mapping}
	if err := p.findSeparator(); err != nil {
		return nil, err
	}
	if err := p.csvScanner.next(); err != nil {
		if errors.Is(err, io.EOF) {
			err = p.wrongHere("", "there is no header")
		}
		return nil, err
	}
	for _, c := range p.cells {
		p.header = append(p.header, strings.Clone(strings.TrimSpace(c.String())))
	}
	return p, p.takeHeader()
}

// findSeparator looks at the line that names the columns, and only there. It
// leaves out what stands before: "sep=;" for Excel, "#TYPE …" of PowerShell.
func (p *csvPeople) findSeparator() error {
	for {
		line, _, whole := strings.Cut(p.text, "\n")
		if !whole && !p.isLast {
			if err := p.extend(); err != nil {
				return err
			}
			continue
		}
		bare := strings.TrimSpace(line)
		separator, isNamed := strings.CutPrefix(strings.ToLower(bare), "sep=")
		switch {
		case bare == "", strings.HasPrefix(bare, "#TYPE "):
		case isNamed && len(separator) <= 1:
			// A tab has been trimmed.
			if separator == "" {
				separator = "\t"
			}
			p.separator = separator[0]
		case p.separator != 0:
			return nil
		default:
			return p.chooseSeparator()
		}
		if !whole {
			return p.wrongHere("", "there is no header")
		}
		p.drop(len(line)+1, 1)
	}
}

// chooseSeparator takes the one by which the header has most columns of which
// we know what they mean, then most columns.
func (p *csvPeople) chooseSeparator() error {
	p.separator = ','
	bestKnown, bestColumns := 0, 0
	for _, separator := range []byte{',', ';', '\t'} {
		s := &csvScanner{window: p.window, separator: separator}
		_, _, err := s.scan()
		for errors.Is(err, errMore) {
			if err := p.extend(); err != nil {
				return err
			}
			_, _, err = s.scan()
		}
		if err != nil {
			continue // what is wrong with it shows when it is read
		}
		known := 0
		for _, c := range s.cells {
			if isKnown(c.String()) {
				known++
			}
		}
		if known > bestKnown || known == bestKnown && len(s.cells) > bestColumns {
			p.separator, bestKnown, bestColumns = separator, known, len(s.cells)
		}
	}
	return nil
}

// isKnown says whether a name is that of a field.
func isKnown(name string) bool {
	plain := plainName(name)
	for _, field := range idp.MappableFields() {
		if fit(field, plain) != strange {
			return true
		}
	}
	return false
}

// takeHeader holds the header to what a header is, and finds the columns that
// are wanted.
func (p *csvPeople) takeHeader() error {
	seen := map[string]string{}
	for i, name := range p.header {
		lower := strings.ToLower(name)
		switch first, again := seen[lower]; {
		case name == "":
			continue // behind the last name of spreadsheets, or before the first
		case again:
			return p.wrongHere("give one of them another name", "two columns are called %q and %q", first, name)
		case strings.Contains(name, "\r"):
			return p.wrongHere("save it with line feeds", "its lines end by carriage returns only")
		case idp.IsAddress(name):
			return p.wrongHere("put the columns' names into the first line", "there is no header: it has an address in it")
		}
		seen[lower] = name
		p.mapping.column(name, i)
	}
	for _, field := range slices.Sorted(maps.Keys(p.mapping.renamed)) {
		name := p.mapping.renamed[field]
		if _, ok := seen[strings.ToLower(name)]; !ok {
			return p.missing(fmt.Sprintf("--map %s=%s", field, name), name)
		}
	}
	if !p.mapping.hasAddresses() {
		return p.wrongHere(fmt.Sprintf("name one by --map email=COLUMN; there are %s", p.shownHeader()), "no column is known to hold addresses")
	}
	if p.mapping.refers() {
		p.reading.builder.rememberNames()
	}
	return nil
}

func (p *csvPeople) missing(what, name string) error {
	hint := suggest.Hint(name, p.header, "there are "+p.shownHeader())
	return fault.New(fault.Usage, hint, "%s: no column of %s is called so", what, p.name)
}

// shownHeader is enough of the header to recognise it by.
func (p *csvPeople) shownHeader() string {
	const enough = 12
	if len(p.header) <= enough {
		return strings.Join(p.header, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(p.header[:enough], ", "), len(p.header)-enough)
}

// next implements [records].
func (p *csvPeople) next() (place, error) {
	if err := p.advance(); err != nil {
		return place{}, err
	}
	p.mapping.row = p.cells
	return p.place(), nil
}

// place is where the record is that was read last.
func (p *csvPeople) place() place { return place{"line", p.number, p.length} }

// advance reads the next record that has a value into cells.
func (p *csvPeople) advance() error {
	for {
		if err := p.csvScanner.next(); err != nil {
			if errors.Is(err, io.EOF) {
				p.tell()
			}
			return err
		}
		if len(p.cells) != len(p.header) {
			return p.wrongHere("is a separator in a cell without quotes, or the line cut?", "it has %d cells, and the header has %d", len(p.cells), len(p.header))
		}
		if p.cells[0].text == "" && p.isBlank() {
			p.blanks++
			continue
		}
		return nil
	}
}

// isBlank says whether a record is one of those that spreadsheets write where
// somebody has emptied a row.
func (p *csvPeople) isBlank() bool {
	for _, c := range p.cells {
		if c.text != "" {
			return false
		}
	}
	return true
}

func (p *csvPeople) tell() {
	if p.blanks > 0 {
		p.reading.notices = append(p.reading.notices, fmt.Sprintf("lines of %s without a value, which were left out: %d", p.name, p.blanks))
	}
}

func (p *csvPeople) wrongHere(hint, format string, args ...any) error {
	return p.wrongLine(max(p.number, 1), hint, format, args...)
}
