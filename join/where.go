package join

import (
	"slices"
	"strings"

	"cohort/idp"
	"cohort/internal/fault"
)

// condition is a test that a row passes or not.
type condition struct {
	source string // the field's own name, empty for an attribute
	cell   func(*row) idp.Value
	want   string
	not    bool
}

// Where adds conditions such as "department=Sales" and "idp_status!=disabled"
// to the columns: only rows that pass all of them are written. The left side
// is what a column's source may be. The right side is compared as it stands in
// a CSV cell, before any formula is escaped; of a list one item is enough, and
// an empty right side means that there is no value.
func (c *Columns) Where(specs []string) error {
	for _, spec := range specs {
		source, want, ok := strings.Cut(spec, "=")
		source, not := strings.CutSuffix(source, "!")
		if source = strings.TrimSpace(source); !ok || source == "" {
			return fault.New(fault.Usage, "write field=value or field!=value", "--where: %q is no condition", spec)
		}
		left := c.resolve(source)
		c.where = append(c.where, condition{source: left.source, cell: left.cell, want: want, not: not})
	}
	return nil
}

// pass says whether the row meets every condition.
func (c Columns) pass(r *row) bool {
	for _, condition := range c.where {
		if condition.holds(condition.cell(r)) == condition.not {
			return false
		}
	}
	return true
}

func (c condition) holds(v idp.Value) bool {
	if v.Kind == idp.List {
		return slices.Contains(v.Items, c.want)
	}
	return v.Text == c.want
}
