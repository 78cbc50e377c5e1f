package join

import "cohort/idp"

// Population is everybody that the sources delivered. Several sources are one
// population: who is in more than one of them is one person.
type Population struct {
	request idp.Request
	sources []*Source

	// What follows is there once the population was gathered.

	records []record
	// merged counts the records that became part of another source's person.
	merged int
	// conflicts are people whose status differs between sources, in the order
	// of the records.
	conflicts []conflict
	// unmerged are groups of records that share addresses and cannot all be
	// one person, since one source tells several of them apart.
	unmerged []group
}

// NewPopulation is an empty population of people as request asks for them.
func NewPopulation(request idp.Request) *Population { return &Population{request: request} }

// AddSource makes room for the people of a source. Its name is the column
// idp_source. Where a person is in several sources, the one added first wins,
// field by field.
func (p *Population) AddSource(name string) *Source {
	s := &Source{name: name, number: len(p.sources), request: p.request, filled: make([]int, len(p.request.Attributes))}
	p.sources = append(p.sources, s)
	return s
}

// Sizes are the numbers of people that the sources gave, in their order.
func (p *Population) Sizes() []int {
	sizes := make([]int, len(p.sources))
	for i, s := range p.sources {
		sizes[i] = s.Len()
	}
	return sizes
}

// gather makes one list of people out of the sources.
func (p *Population) gather() {
	p.merged, p.conflicts, p.unmerged = 0, nil, nil
	for _, s := range p.sources {
		s.findManagers()
	}
	if len(p.sources) == 1 {
		p.records = p.sources[0].records
		return
	}
	p.records = nil
	for _, s := range p.sources {
		p.records = append(p.records, s.records...)
	}
	p.merge()
}

// filled counts, for each attribute asked for, the records that have it.
func (p *Population) filled() []int {
	filled := make([]int, len(p.request.Attributes))
	for _, s := range p.sources {
		for i, n := range s.filled {
			filled[i] += n
		}
	}
	return filled
}

// managerEmail is the address of whom a source means by the reference, or "".
func (p *Population) managerEmail(source int, reference string) string {
	if address := p.sources[source].managers[reference]; address != nil {
		return *address
	}
	return ""
}
