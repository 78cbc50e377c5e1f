package file

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"cohort/internal/fault"
	"cohort/internal/jsontext"
)

// jsonPeople are the objects of one array: the document, or what one member of
// the document holds.
type jsonPeople struct {
	*window
	flattener
	reading *reading
	read    func(*jsonScanner) error // what the document goes on with

	isObject bool
	members  int    // of the document, before this one
	array    string // the member with the people, "" where the document is the array
	hasArray bool
	isEmpty  bool // an array without anything in it was among the members

	inArray bool
	count   int
	begins  int // the line at which the last record begins
	length  int // of what was read last, in bytes
	// claims are members that say how many people there are.
	claims map[string]int
}

func (r *reading) openJSON(w *window) *jsonPeople {
	p := &jsonPeople{window: w, flattener: newFlattener(r.builder.mapping), reading: r, claims: map[string]int{}}
	p.read = p.start
	if r.builder.managerEmail != nil {
		r.builder.rememberNames() // what columns there are shows too late
	}
	return p
}

func (p *jsonPeople) next() (place, error) {
	for before := p.count; p.read != nil; {
		if err := p.step(); err != nil {
			return place{}, err
		}
		if p.count > before {
			return place{"record", p.count, p.length}, nil
		}
	}
	return place{}, p.finish()
}

// step reads the next part of the document, from its beginning again where the
// window ends within it.
func (p *jsonPeople) step() error {
	for {
		s := &jsonScanner{Text: p.text, Partial: !p.isLast, Deepest: deepest}
		err := p.read(s)
		switch {
		case err == nil:
			p.length = s.At
			p.reading.halfPairs += s.HalfPairs
			p.drop(s.At, strings.Count(p.text[:s.At], "\n"))
			return nil
		case !errors.Is(err, jsontext.ErrMore):
			return p.explain(s, err)
		}
		if err := p.extend(); err != nil {
			return err
		}
	}
}

// start reads the opening bracket of the document.
func (p *jsonPeople) start(s *jsonScanner) error {
	if s.Take('{') {
		p.isObject, p.read = true, p.member
		return nil
	}
	if !s.Take('[') {
		return s.Misplaced("the document", "'['")
	}
	p.hasArray, p.inArray, p.read = true, true, p.firstRecord
	return nil
}

// member reads a member of the document up to the first of the people, if it
// has them.
func (p *jsonPeople) member(s *jsonScanner) error {
	if s.Take('}') {
		p.read = p.end
		return nil
	}
	if p.members > 0 && !s.Take(',') {
		return s.Misplaced("the document", "','")
	}
	s.Peek()
	start := s.At
	key, err := s.Key()
	if err != nil {
		return err
	}
	s.Peek()
	value := s.At
	if s.Take('[') {
		switch s.Peek() {
		case '{':
			if p.hasArray {
				s.At = start
				return fmt.Errorf("%q and %q are both arrays of objects, and nobody knows which holds the people", p.array, key)
			}
			p.array, p.hasArray, p.inArray, p.read = strings.Clone(key), true, true, p.firstRecord
			p.members++
			return nil
		case ']':
			p.isEmpty = true
		}
		s.At = value
	}
	if err := s.Skip(); err != nil {
		return err
	}
	p.members++
	return p.observe(key, s.Text[value:s.At])
}

// observe looks at a member for whether the document has everybody.
func (p *jsonPeople) observe(key, value string) error {
	switch strings.ToLower(key) {
	case "@odata.nextlink", "odata.nextlink", "nextlink", "nextpagetoken", "next_page_token", "nextcursor", "next_cursor":
		if value != "null" && value != `""` && value != "false" {
			return fault.New(fault.Source, "export all pages", "reading %s: it is one page of several, as its %s says", p.name, key)
		}
	case "totalresults", "@odata.count", "count", "total", "total_count", "totalcount":
		if count, err := strconv.Atoi(value); err == nil {
			p.claims[strings.Clone(key)] = count
		}
	}
	return nil
}

func (p *jsonPeople) firstRecord(s *jsonScanner) error {
	if s.Take(']') {
		return p.closeArray()
	}
	return p.record(s)
}

func (p *jsonPeople) nextRecord(s *jsonScanner) error {
	if s.Take(']') {
		return p.closeArray()
	}
	if !s.Take(',') {
		return s.Misplaced("an array", "','")
	}
	return p.record(s)
}

func (p *jsonPeople) closeArray() error {
	p.inArray, p.read = false, p.end
	if p.isObject {
		p.read = p.member
	}
	return nil
}

func (p *jsonPeople) record(s *jsonScanner) error {
	if s.Peek() != '{' {
		if s.IsAtEnd() {
			return s.Ended("an array")
		}
		return errors.New("it is no object; people are objects with keys")
	}
	start := s.At
	p.begin()
	if err := p.object(s, &p.root, false); err != nil {
		return err
	}
	p.begins = p.lineAt(start)
	p.count++
	p.read = p.nextRecord
	return nil
}

// end is behind the document.
func (p *jsonPeople) end(s *jsonScanner) error {
	switch {
	case !s.IsAtEnd() && s.Peek() == '{' && !p.hasArray:
		return fault.New(fault.Usage, "say so by --idp-format jsonl", "reading %s: it is one object a line, not one JSON document", p.name)
	case !s.IsAtEnd():
		return errors.New("something follows the end of the document")
	case s.Partial:
		return jsontext.ErrMore
	}
	p.read = nil
	return nil
}

// finish says whether the document is whole, as far as it tells.
func (p *jsonPeople) finish() error {
	if !p.hasArray && !p.isEmpty {
		return fault.New(fault.Usage, "people are an array of objects, or one member of the document is; one object a line is jsonl",
			"reading %s: there is no array of objects in it", p.name)
	}
	for _, key := range slices.Sorted(maps.Keys(p.claims)) {
		if p.claims[key] > p.count {
			return fault.New(fault.Source, "export all of it", "reading %s: its %s is %d, and the people in it are %d", p.name, key, p.claims[key], p.count)
		}
	}
	if err := p.reading.finishJSON(&p.flattener, p.count); err != nil {
		return err
	}
	return io.EOF
}

// finishJSON says what shows when all records were read.
func (r *reading) finishJSON(f *flattener, count int) error {
	if count == 0 {
		return nil
	}
	for _, field := range slices.Sorted(maps.Keys(f.mapping.renamed)) {
		name := f.mapping.renamed[field]
		if f.mapping.lacks(field) {
			r.notices = append(r.notices, fmt.Sprintf("--map: nobody in %s has %s, so that %s is empty", r.name, name, field))
		}
	}
	if !f.mapping.hasAddresses() {
		return fault.New(fault.Usage, "name it by --map email=KEY; there are "+strings.Join(f.names, ", "),
			"reading %s: no key is known to hold addresses", r.name)
	}
	return nil
}

// explain says where the scanner failed.
func (p *jsonPeople) explain(s *jsonScanner, err error) error {
	if fault.KindOf(err) != fault.Other {
		return err
	}
	if within, isCut := cutWithin(err); isCut {
		return p.cut(s.At, within)
	}
	if p.inArray {
		err = fmt.Errorf("record %d: %w", p.count+1, err)
	}
	return p.wrong(s.At, "", "%w", err)
}

func (p *jsonPeople) wrongHere(hint, format string, args ...any) error {
	return p.wrongLine(p.begins, hint, "record %d: %w", p.count, fmt.Errorf(format, args...))
}
