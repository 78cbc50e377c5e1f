package join

import (
	"fmt"
	"slices"
	"strings"

	"cohort/idp"
)

// Source keeps the people of one source, packed: a record is one string in a
// block shared with thousands of others, so that a million people cost little
// more than their letters. Different sources may be filled at the same time.
type Source struct {
	name    string
	number  int // where it stands in the population
	request idp.Request
	records []record
	block   strings.Builder
	scratch []byte
	// filled counts, for each attribute asked for, the people who have it.
	filled []int
	// hasManagers says that some record names a manager by a reference.
	hasManagers bool
	// managers maps what a record calls its manager to that person's address;
	// nil is nobody known. The map is made when it is needed.
	managers map[string]*string
}

// Blocks double from the smallest to the largest, in bytes, so that a few people
// take little memory and many seldom ask for more.
const (
	smallestBlock = 1 << 12
	largestBlock  = 1 << 20
)

// Len is the number of the source's people.
func (s *Source) Len() int { return len(s.records) }

// Add keeps one person. It copies what it keeps.
func (s *Source) Add(person idp.Person) error {
	if len(person.Fields) != len(s.request.Fields) || len(person.Attributes) != len(s.request.Attributes) {
		return fmt.Errorf("person %s has %d fields and %d attributes where %d and %d were asked for", person.ID,
			len(person.Fields), len(person.Attributes), len(s.request.Fields), len(s.request.Attributes))
	}
	for i, value := range person.Attributes {
		if value.Kind != idp.Absent {
			s.filled[i]++
		}
	}
	s.scratch = pack(s.scratch[:0], s.number, person)
	if free := s.block.Cap() - s.block.Len(); free < len(s.scratch) {
		// The full block lives on in the records cut from it.
		size := min(max(smallestBlock, 2*s.block.Cap()), largestBlock)
		s.block = strings.Builder{}
		s.block.Grow(max(size, len(s.scratch)))
	}
	start := s.block.Len()
	s.block.Write(s.scratch)
	if len(s.records) == cap(s.records) {
		// append would grow by a quarter, and copy a million of them many times.
		s.records = slices.Grow(s.records, max(len(s.records), 1))
	}
	s.records = append(s.records, record(s.block.String()[start:]))
	s.hasManagers = s.hasManagers || person.Manager != ""
	s.managers = nil
	return nil
}

// MissingManagers are the references, sorted, by which people of the source
// mean managers who are not among them.
func (s *Source) MissingManagers() []string {
	s.findManagers()
	var missing []string
	for reference, address := range s.managers {
		if address == nil {
			missing = append(missing, reference)
		}
	}
	slices.Sort(missing)
	return missing
}

// AddManagers tells the addresses of managers who were missing.
func (s *Source) AddManagers(addresses map[string]string) {
	s.findManagers()
	for reference, address := range addresses {
		address = strings.TrimSpace(address)
		s.managers[reference] = &address
	}
}

// findManagers finds the addresses of those whom others call their manager.
func (s *Source) findManagers() {
	if s.managers != nil {
		return
	}
	s.managers = make(map[string]*string)
	if !s.hasManagers {
		return
	}
	for _, r := range s.records {
		if _, manager := r.references(); manager != "" {
			s.managers[manager] = nil
		}
	}
	for _, r := range s.records {
		own, _ := r.references()
		if _, wanted := s.managers[own]; wanted {
			address := strings.TrimSpace(r.primary())
			s.managers[own] = &address
		}
	}
}
