package join

import (
	"slices"
	"strings"

	"cohort/coder"
	"cohort/idp"
	"cohort/internal/fault"
	"cohort/internal/suggest"
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
		if words := wordsOf(left.source); words != nil && want != "" && !slices.Contains(words, want) {
			return fault.New(fault.Usage, suggest.Hint(want, words, "it is one of "+strings.Join(words, ", ")),
				"--where: %s is never %q", left.source, want)
		}
		c.where = append(c.where, condition{source: left.source, cell: left.cell, want: want, not: not})
	}
	return nil
}

// wordsOf are the values that a field may have, where these are a few words; nil
// for all other fields. Comparing with another would leave out nobody, or all.
func wordsOf(field string) []string {
	switch field {
	case string(idp.StatusName):
		return []string{idp.Active.String(), idp.Disabled.String(), idp.Unknown.String()}
	case "coder_user", "coder_active":
		return []string{"true", "false"}
	case "coder_status":
		return []string{coder.StatusActive, coder.StatusDormant, coder.StatusSuspended}
	case levelField:
		var levels []string
		for _, level := range coder.Levels() {
			levels = append(levels, string(level))
		}
		return levels
	case "match":
		words := []string{Ambiguous.String(), NoMatch.String()}
		for _, rung := range Rungs() {
			words = append(words, rung.String())
		}
		return words
	default:
		return nil
	}
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
