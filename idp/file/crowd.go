package file

import "cohort/idp"

// crowd is some people in a row, and what came behind them.
type crowd struct {
	people []idp.Person
	values []idp.Value // room for those of all
	err    error
}

// fill makes people until the crowd is full or an error comes.
func (c *crowd) fill(r *reading, records records) (more bool) {
	c.people = c.people[:0]
	most, values := r.builder.begin(c.values)
	c.values = values
	for length, shown := 0, 0; c.err == nil && len(c.people) < most && length < mostBytes && shown < mostValues; {
		person, size, err := r.person(records)
		if c.err = err; err == nil {
			c.people = append(c.people, person)
			length += size
			shown += len(person.All)
		}
	}
	return c.err == nil
}
