package join

import (
	"fmt"
	"slices"
	"strings"

	"cohort/idp"
)

// Population keeps everybody that the sources delivered, packed: a record is
// one string in a block shared with thousands of others, so that a million
// people cost little more than their letters.
type Population struct {
	request idp.Request
	sources []string
	records []record
	block   strings.Builder
	scratch []byte
	// filled counts, for each attribute asked for, the people who have it.
	filled []int
	// managers maps what a record calls its manager to that person's address;
	// nil is nobody known. The map is made when it is needed.
	managers map[string]*string
}

// blockSize is how much memory is taken at a time, in bytes.
const blockSize = 1 << 20

// NewPopulation is an empty population of people as request asks for them.
func NewPopulation(request idp.Request) *Population {
	return &Population{request: request, filled: make([]int, len(request.Attributes))}
}

// AddSource names the source that the people added from now on come from: the
// column idp_source.
func (p *Population) AddSource(name string) { p.sources = append(p.sources, name) }

func (p *Population) sourceName(source int) string {
	if source >= len(p.sources) {
		return ""
	}
	return p.sources[source]
}

// Len is the number of people.
func (p *Population) Len() int { return len(p.records) }

// Add keeps one person. It copies what it keeps.
func (p *Population) Add(person idp.Person) error {
	if len(person.Fields) != len(p.request.Fields) || len(person.Attributes) != len(p.request.Attributes) {
		return fmt.Errorf("person %s has %d fields and %d attributes where %d and %d were asked for", person.ID,
			len(person.Fields), len(person.Attributes), len(p.request.Fields), len(p.request.Attributes))
	}
	for i, value := range person.Attributes {
		if value.Kind != idp.Absent {
			p.filled[i]++
		}
	}
	p.scratch = pack(p.scratch[:0], p.lastSource(), person)
	if free := p.block.Cap() - p.block.Len(); free < len(p.scratch) {
		// The full block lives on in the records cut from it.
		p.block = strings.Builder{}
		p.block.Grow(max(blockSize, len(p.scratch)))
	}
	start := p.block.Len()
	p.block.Write(p.scratch)
	p.records = append(p.records, record(p.block.String()[start:]))
	p.managers = nil
	return nil
}

// MissingManagers are the references, sorted, by which people of the source
// added last mean managers who are not among the people.
func (p *Population) MissingManagers() []string {
	p.findManagers()
	prefix := referencePrefix(p.lastSource())
	var missing []string
	for reference, address := range p.managers {
		if own, ok := strings.CutPrefix(reference, prefix); ok && address == nil {
			missing = append(missing, own)
		}
	}
	slices.Sort(missing)
	return missing
}

// AddManagers tells the addresses of managers who were missing.
func (p *Population) AddManagers(addresses map[string]string) {
	p.findManagers()
	prefix := referencePrefix(p.lastSource())
	for reference, address := range addresses {
		address = strings.TrimSpace(address)
		p.managers[prefix+reference] = &address
	}
}

// findManagers finds the addresses of those whom others call their manager.
func (p *Population) findManagers() {
	if p.managers != nil {
		return
	}
	p.managers = make(map[string]*string)
	for _, r := range p.records {
		if _, manager := r.references(); manager != "" {
			p.managers[manager] = nil
		}
	}
	if len(p.managers) == 0 {
		return
	}
	for _, r := range p.records {
		own, _ := r.references()
		if _, wanted := p.managers[own]; wanted {
			address := strings.TrimSpace(r.primary())
			p.managers[own] = &address
		}
	}
}

// managerEmail is the address of whom the reference means, or "".
func (p *Population) managerEmail(reference string) string {
	if address := p.managers[reference]; address != nil {
		return *address
	}
	return ""
}

func (p *Population) lastSource() int { return max(len(p.sources)-1, 0) }
