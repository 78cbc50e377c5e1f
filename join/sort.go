package join

import (
	"cmp"
	"encoding/binary"
	"slices"
)

// keyed is a row with its place in the order.
type keyed struct {
	// prefix is the start of the key, so that most comparisons touch nothing
	// else.
	prefix prefix
	pair
}

// ordered are the rows in their order, which an audit has no need of.
func (t *Table) ordered() []pair {
	if !t.isOrdered {
		t.sortRows()
		t.isOrdered = true
	}
	return t.rows
}

// sortRows orders by the exact key of the e-mail, then by id; rows without an
// e-mail come last, as NULL does in PostgreSQL and DuckDB. What is still equal
// is ordered by all that is known of it, so that the order in which sources
// deliver people never shows.
func (t *Table) sortRows() {
	rows := make([]keyed, len(t.rows))
	parts := spans(len(rows))
	inParallel(parts, func(_ int, s span) {
		for i := s.from; i < s.to; i++ {
			rows[i] = keyed{prefixOf(t.key(t.rows[i])), t.rows[i]}
		}
		slices.SortFunc(rows[s.from:s.to], t.compare)
	})
	// Merge: the least of the parts' first rows is next.
	for i := range t.rows {
		least := -1
		for part, s := range parts {
			if s.from < s.to && (least < 0 || t.compare(rows[s.from], rows[parts[least].from]) < 0) {
				least = part
			}
		}
		t.rows[i] = rows[parts[least].from].pair
		parts[least].from++
	}
}

// key is what rows are ordered by first.
func (t *Table) key(p pair) string { return ExactKey(t.email(p)) }

func (t *Table) compare(a, b keyed) int {
	if byPrefix := a.prefix.compare(b.prefix); byPrefix != 0 {
		return byPrefix
	}
	if byKey := cmp.Compare(t.key(a.pair), t.key(b.pair)); byKey != 0 {
		return byKey
	}
	return t.compareRest(a.pair, b.pair)
}

// compareRest compares by id, then by all else. Where a person stands in a
// source without ids is no id, and counts only among people who are equal.
func (t *Table) compareRest(a, b pair) int {
	if byID := cmp.Compare(t.ownID(a), t.ownID(b)); byID != 0 {
		return byID
	}
	if a.person == none || b.person == none {
		return cmp.Compare(t.everything(a), t.everything(b))
	}
	before, behind := t.people.records[a.person].withoutPlace()
	otherBefore, otherBehind := t.people.records[b.person].withoutPlace()
	return cmp.Or(cmp.Compare(before, otherBefore), cmp.Compare(behind, otherBehind), cmp.Compare(t.id(a), t.id(b)))
}

// prefix is the first 16 bytes of a key as numbers of the same order.
type prefix struct{ high, low uint64 }

// prefixOf makes the empty key the greatest: no key starts with a byte 0xff,
// which UTF-8 does not have.
func prefixOf(key string) prefix {
	if key == "" {
		return prefix{1<<64 - 1, 1<<64 - 1}
	}
	var first [16]byte
	copy(first[:], key)
	return prefix{binary.BigEndian.Uint64(first[:8]), binary.BigEndian.Uint64(first[8:])}
}

func (p prefix) compare(other prefix) int {
	if p.high != other.high {
		return cmp.Compare(p.high, other.high)
	}
	return cmp.Compare(p.low, other.low)
}
