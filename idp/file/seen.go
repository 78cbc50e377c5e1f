package file

import "hash/maphash"

// seen is a set of identifiers that keeps only their hashes, 64 bits each: of a
// million identifiers, two share one once in ten million files. It is a table
// with open addresses, several times as fast as a map, which is what counts for
// a million people in a second.
type seen struct {
	seed  maphash.Seed
	table []uint64 // a power of two of them; 0 is free
	count int
}

func newSeen() *seen { return &seen{seed: maphash.MakeSeed(), table: make([]uint64, 1024)} }

// add says whether the identifier is new.
func (s *seen) add(id string) bool {
	hash := max(maphash.String(s.seed, id), 1)
	if !s.put(hash) {
		return false
	}
	if s.count++; s.count > len(s.table)/4*3 {
		full := s.table
		s.table = make([]uint64, 2*len(full))
		for _, hash := range full {
			if hash != 0 {
				s.put(hash)
			}
		}
	}
	return true
}

func (s *seen) put(hash uint64) bool {
	mask := uint64(len(s.table) - 1)
	for at := hash & mask; ; at = (at + 1) & mask {
		switch s.table[at] {
		case 0:
			s.table[at] = hash
			return true
		case hash:
			return false
		}
	}
}
