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
	prefix uint64
	key    string
	pair
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
			key := ExactKey(t.email(t.rows[i]))
			rows[i] = keyed{prefix(key), key, t.rows[i]}
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

func (t *Table) compare(a, b keyed) int {
	if a.prefix != b.prefix {
		return cmp.Compare(a.prefix, b.prefix)
	}
	if byKey := cmp.Compare(a.key, b.key); byKey != 0 {
		return byKey
	}
	if byID := cmp.Compare(t.id(a.pair), t.id(b.pair)); byID != 0 {
		return byID
	}
	return cmp.Compare(t.everything(a.pair), t.everything(b.pair))
}

// prefix is the first eight bytes of a key as a number of the same order. The
// empty key is the greatest: no key starts with eight bytes 0xff, which UTF-8
// does not have.
func prefix(key string) uint64 {
	if key == "" {
		return 1<<64 - 1
	}
	var first [8]byte
	copy(first[:], key)
	return binary.BigEndian.Uint64(first[:])
}
