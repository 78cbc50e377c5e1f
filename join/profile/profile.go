// Package profile says how well the attributes of an identity provider are
// filled, so that somebody can choose columns. It is pure: people come in, one
// by one, and figures come out.
//
// It keeps no people. Of each attribute it keeps a hash a different value, up to
// [MostValues] of them, and one example; so that a million people with a hundred
// attributes take some 30 MB at most.
package profile

import (
	"slices"
	"strings"
	"unicode/utf8"

	"cohort/idp"
)

const (
	// MostValues is how many different values of an attribute are counted.
	// What has more is no cohort, however many there are.
	MostValues = 10_000
	// MostAttributes is how many attributes there may be. What has more has
	// data for names.
	MostAttributes = 1_000
	// longestExample is how much is kept of an example, in bytes.
	longestExample = 200
)

// Profile collects the figures of one source.
type Profile struct {
	withExamples bool
	people       int
	columns      map[string]*column
	hasMore      bool
}

// New is the profile of nobody yet. Without examples no value is kept.
func New(withExamples bool) *Profile {
	return &Profile{withExamples: withExamples, columns: map[string]*column{}}
}

// Add counts a person, who was read with [idp.Request].All. Nothing of the
// person is kept but an example.
func (p *Profile) Add(person idp.Person) {
	p.people++
	for _, a := range person.All {
		c := p.columns[a.Name]
		if c == nil {
			if len(p.columns) == MostAttributes {
				p.hasMore = true
				continue
			}
			name := strings.Clone(a.Name)
			c = &column{name: name, feeds: a.Feeds, withheld: reasonInName(name), values: map[uint64]struct{}{}}
			p.columns[name] = c
		}
		c.add(a, p.withExamples)
	}
}

// column is what is known of one attribute.
type column struct {
	name                         string
	feeds                        []idp.Field
	filled, several, most, total int
	values                       map[uint64]struct{} // hashes; nil where there are more
	example                      string
	exampleHash                  uint64
	withheld                     Reason
}

func (c *column) add(a idp.Attribute, withExamples bool) {
	if a.Binary && c.withheld == "" {
		c.withheld = Binary
	}
	n := 0
	add := func(text string) {
		if text = strings.TrimSpace(text); text != "" {
			n++
			c.addValue(text, withExamples)
		}
	}
	add(a.Value.Text)
	for _, item := range a.Value.Items {
		add(item)
	}
	if n > 0 {
		c.filled++
	}
	if n > 1 {
		c.several++
	}
	c.most = max(c.most, n)
	c.total += n
}

func (c *column) addValue(text string, withExamples bool) {
	hash := hashOf(text)
	if c.values != nil {
		if _, known := c.values[hash]; known {
			return // it was looked at when it came first
		}
		if c.values[hash] = struct{}{}; len(c.values) > MostValues {
			c.values = nil
		}
	}
	if c.withheld == "" {
		c.withheld = reasonInValue(text)
	}
	switch {
	case c.withheld != "":
		c.example = ""
	case withExamples && (c.example == "" || hash < c.exampleHash):
		c.example, c.exampleHash = strings.Clone(start(text)), hash
	}
}

// start is the beginning of a text.
func start(text string) string {
	if len(text) <= longestExample {
		return text
	}
	end := longestExample
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}

// hashOf is FNV-1a (RFC 9923) with 64 bits, the same in each run. Of ten
// thousand values, two share one once in some hundred billion attributes.
func hashOf(text string) uint64 {
	hash := uint64(0xcbf29ce484222325)
	for i := range len(text) {
		hash = (hash ^ uint64(text[i])) * 0x100000001b3
	}
	return hash
}

// Attributes are the figures of all attributes that somebody has, the most
// useful ones first: see [Attribute.Use].
func (p *Profile) Attributes() []Attribute {
	all := make([]Attribute, 0, len(p.columns))
	for _, c := range p.columns {
		if c.filled == 0 {
			continue
		}
		a := Attribute{
			Name: c.name, Feeds: c.feeds, people: p.people, total: c.total,
			Filled: c.filled, Several: c.several, Most: c.most,
			Values: len(c.values), Example: c.example, Withheld: c.withheld,
		}
		if c.values == nil {
			a.Values, a.HasMore = MostValues, true
		}
		all = append(all, a)
	}
	slices.SortFunc(all, compare)
	return all
}

// People is how many were counted.
func (p *Profile) People() int { return p.people }

// HasMore says that there are more than [MostAttributes], of which the later
// ones were not counted.
func (p *Profile) HasMore() bool { return p.hasMore }
