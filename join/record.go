package join

import (
	"encoding/binary"
	"iter"

	"cohort/idp"
)

// record is one packed person: status and source, then every text behind its
// length, every list behind its count.
type record string

// placedBit is set in the byte of the status where the ID is only a place.
const placedBit = 1 << 7

func pack(b []byte, source int, person idp.Person) []byte {
	status := byte(person.Status)
	if person.Placed {
		status |= placedBit
	}
	b = append(b, status)
	b = binary.AppendUvarint(b, uint64(source))
	b = appendText(b, person.Primary)
	b = appendList(b, person.Aliases)
	b = appendList(b, person.Logins)
	b = appendText(b, person.ID)
	b = appendText(b, person.Ref)
	b = appendText(b, person.Manager)
	for _, v := range person.Fields {
		b = appendValue(b, v)
	}
	for _, v := range person.Attributes {
		b = appendValue(b, v)
	}
	return b
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func appendList(b []byte, items []string) []byte {
	b = binary.AppendUvarint(b, uint64(len(items)))
	for _, item := range items {
		b = appendText(b, item)
	}
	return b
}

func appendValue(b []byte, v idp.Value) []byte {
	b = append(b, byte(v.Kind))
	switch v.Kind {
	case idp.Absent:
		return b
	case idp.List:
		return appendList(b, v.Items)
	default:
		return appendText(b, v.Text)
	}
}

func (r record) status() idp.Status { return idp.Status(r[0] &^ placedBit) }

// isPlaced says whether the ID is only where the source has the person.
func (r record) isPlaced() bool { return r[0]&placedBit != 0 }

// withoutPlace is the record before and behind an ID that is only a place.
func (r record) withoutPlace() (before, behind string) {
	if !r.isPlaced() {
		return string(r), ""
	}
	c := r.cursor()
	c.skipAddresses()
	before = string(r[:len(r)-len(c.rest)])
	c.text()
	return before, c.rest
}

// source is where the record's source stands in the population.
func (r record) source() int { return r.cursor().source }

func (r record) primary() string {
	c := r.cursor()
	return c.text()
}

// kinds is a set of kinds of addresses.
type kinds uint8

const (
	primaries kinds = 1 << iota
	aliases
	logins
)

// addresses visits the person's addresses of the wanted kinds.
func (r record) addresses(wanted kinds) iter.Seq[string] {
	return func(yield func(string) bool) {
		c := r.cursor()
		if address := c.text(); wanted&primaries != 0 && !yield(address) {
			return
		}
		for _, kind := range [...]kinds{aliases, logins} {
			for range c.number() {
				if address := c.text(); wanted&kind != 0 && !yield(address) {
					return
				}
			}
		}
	}
}

// references are what others call the person, and what the person calls the
// manager.
func (r record) references() (own, manager string) {
	c := r.cursor()
	c.skipAddresses()
	c.text() // the ID
	return c.text(), c.text()
}

// cursor stands before the primary address.
func (r record) cursor() cursor {
	c := cursor{rest: string(r[1:])}
	c.source = c.number()
	return c
}

// cursor reads a record from left to right. Its strings are parts of it.
type cursor struct {
	rest   string
	source int
}

func (c *cursor) number() int {
	n, shift := 0, 0
	for i := range len(c.rest) {
		b := c.rest[i]
		n |= int(b&0x7f) << shift
		if b < 0x80 {
			c.rest = c.rest[i+1:]
			break
		}
		shift += 7
	}
	return n
}

func (c *cursor) text() string {
	n := c.number()
	s := c.rest[:n]
	c.rest = c.rest[n:]
	return s
}

func (c *cursor) list() []string {
	n := c.number()
	if n == 0 {
		return nil
	}
	items := make([]string, n)
	for i := range items {
		items[i] = c.text()
	}
	return items
}

func (c *cursor) skipAddresses() {
	c.text()
	c.skipLists()
}

// skipLists passes over aliases and logins.
func (c *cursor) skipLists() {
	for range 2 {
		for range c.number() {
			c.text()
		}
	}
}

// packed is one value of a record.
type packed string

// packed reads over the next value.
func (c *cursor) packed() packed {
	start := c.rest
	kind := idp.Kind(c.rest[0])
	c.rest = c.rest[1:]
	switch kind {
	case idp.Absent:
	case idp.List:
		for range c.number() {
			c.text()
		}
	default:
		c.text()
	}
	return packed(start[:len(start)-len(c.rest)])
}

func (p packed) isAbsent() bool { return idp.Kind(p[0]) == idp.Absent }

func (p packed) value() (v idp.Value) {
	p.unpack(&v)
	return v
}

// unpack writes over v.
func (p packed) unpack(v *idp.Value) {
	v.Kind, v.Text, v.Items = idp.Kind(p[0]), "", nil
	c := cursor{rest: string(p[1:])}
	switch v.Kind {
	case idp.Absent:
	case idp.List:
		v.Items = c.list()
	default:
		v.Text = c.text()
	}
}
