package join

import (
	"slices"
	"strings"

	"cohort/idp"
	"cohort/internal/fault"
	"cohort/internal/suggest"
)

// DefaultColumns are the columns of an export that names none.
func DefaultColumns() []string {
	return []string{
		"email", "name", "username", "title", "department", "employee_type", "manager_email", "city", "country",
		"idp_status", "coder_user", "coder_active", "coder_username", "coder_status", "coder_last_seen_at", "match",
	}
}

// Columns are the columns of a table, in order, and what they ask of the
// identity provider.
type Columns struct {
	list    []column
	where   []condition
	request idp.Request
	// named is how many attributes the columns ask for; what the request has
	// beyond these is the conditions'.
	named int
	// usage and levels say whether a column or a condition is about them.
	usage, levels bool
}

type column struct {
	header string
	// spec is the source as the user wrote it; source is the field's own name,
	// empty for an attribute.
	spec   string
	source string
	cell   func(*row) idp.Value
	// packed is the same where there is a person, and the cell is what the
	// source has; nil for what the join fills itself.
	packed func(*row) packed
}

// attributePrefix marks the identity provider's own attribute where its name is
// also a field's.
const attributePrefix = "attr:"

// ParseColumns reads columns such as "email", "Level=employeeType" (under a
// header of one's own) and "attr:title". The names of fields count in any case;
// what is no field is an attribute of the identity provider.
func ParseColumns(specs []string) (Columns, error) {
	var columns Columns
	for _, spec := range specs {
		header, source, renamed := cutLast(spec, '=')
		header, source = strings.TrimSpace(header), strings.TrimSpace(source)
		if source == "" || renamed && header == "" {
			return Columns{}, fault.New(fault.Usage, "a column is a source, or Header=source",
				"--columns: %q names no column", spec)
		}
		if !renamed {
			header = strings.TrimPrefix(source, attributePrefix)
		}
		if slices.ContainsFunc(columns.list, func(c column) bool { return c.header == header }) {
			return Columns{}, fault.New(fault.Usage, "give one of them a header of its own: Header=source",
				"--columns: two columns are called %q", header)
		}
		c := columns.resolve(source)
		c.header, c.spec = header, source
		columns.list = append(columns.list, c)
	}
	if len(columns.list) == 0 {
		return Columns{}, fault.New(fault.Usage, "name at least one", "--columns: there are none")
	}
	columns.named = len(columns.request.Attributes)
	return columns, nil
}

// Request is what the columns and the matching need of the identity provider.
func (c Columns) Request() idp.Request { return c.request }

// NeedsUsage says whether a column or a condition is about the usage of Coder,
// which is read on demand: those of [coder.User.Usage].
func (c Columns) NeedsUsage() bool { return c.usage }

// NeedsLevels says whether one is about usage levels, for which enough accounts
// have to be in use.
func (c Columns) NeedsLevels() bool { return c.levels }

// CoderFields are the fields of Coder users that columns and conditions take.
func (c Columns) CoderFields() []string {
	var fields []string
	add := func(source string) {
		if strings.HasPrefix(source, "coder_") && !slices.Contains(fields, source) {
			fields = append(fields, source)
		}
	}
	for _, column := range c.list {
		add(column.source)
	}
	for _, condition := range c.where {
		add(condition.source)
	}
	return fields
}

// Without are the columns but for those of some fields; false where a condition
// takes one of them, or no column would be left.
func (c Columns) Without(fields []string) (Columns, bool) {
	c.list = slices.DeleteFunc(slices.Clone(c.list), func(column column) bool { return slices.Contains(fields, column.source) })
	isAsked := slices.ContainsFunc(c.where, func(condition condition) bool { return slices.Contains(fields, condition.source) })
	return c, len(c.list) > 0 && !isAsked
}

// Headers are the columns' names, in order.
func (c Columns) Headers() []string {
	headers := make([]string, len(c.list))
	for i, column := range c.list {
		headers[i] = column.header
	}
	return headers
}

// Sources are what the columns come from, as they were named, in order.
func (c Columns) Sources() []string {
	sources := make([]string, len(c.list))
	for i, column := range c.list {
		sources[i] = column.spec
	}
	return sources
}

// resolve finds what a source means, and notes what it needs.
func (c *Columns) resolve(source string) column {
	name, forced := strings.CutPrefix(source, attributePrefix)
	if !forced {
		for _, own := range ownFields() {
			if strings.EqualFold(own.name, name) {
				c.usage = c.usage || slices.Contains(UsageFields(), own.name)
				c.levels = c.levels || own.name == levelField
				return column{source: own.name, cell: own.cell}
			}
		}
		field := idp.Field(strings.ToLower(name))
		if slices.Contains(idp.MappedFields(), field) {
			at := index(&c.request.Fields, field)
			found := column{source: string(field), cell: fieldCell(field, at)}
			if field != idp.ManagerEmail {
				found.packed = func(r *row) packed { return r.fields[at] }
			}
			return found
		}
	}
	at := slices.IndexFunc(c.request.Attributes, func(known string) bool { return strings.EqualFold(known, name) })
	if at < 0 {
		at = len(c.request.Attributes)
		c.request.Attributes = append(c.request.Attributes, name)
	}
	return column{
		packed: func(r *row) packed { return r.attributes[at] },
		cell: func(r *row) idp.Value {
			if !r.hasPerson {
				return idp.Value{}
			}
			return r.attributes[at].value()
		},
	}
}

// fieldCell gives a person field that the connector mapped.
func fieldCell(field idp.Field, at int) func(*row) idp.Value {
	return func(r *row) idp.Value {
		switch {
		case !r.hasPerson:
			return idp.Value{}
		case field == idp.ManagerEmail && r.fields[at].isAbsent():
			return idp.TextOf(r.managerEmail)
		default:
			return r.fields[at].value()
		}
	}
}

// index is where item stands in list, which gets it where it lacks it.
func index(list *[]idp.Field, item idp.Field) int {
	if at := slices.Index(*list, item); at >= 0 {
		return at
	}
	*list = append(*list, item)
	return len(*list) - 1
}

// checkFilled refuses attributes that nobody has, since most of them are slips
// of the pen. filled counts the people who have each attribute of the request.
func (c Columns) checkFilled(filled []int) error {
	for i, attribute := range c.request.Attributes {
		if filled[i] > 0 {
			continue
		}
		hint := "--allow-missing-columns leaves the column empty"
		if near := suggest.Nearest(attribute, Fields()); near != "" {
			hint = "did you mean " + near + "? " + hint
		}
		flag := "--columns"
		if i >= c.named {
			flag = "--where"
		}
		return fault.New(fault.Usage, hint, "%s: nobody has an attribute %q", flag, attribute)
	}
	return nil
}

// Fields are the names of all columns that are not an identity provider's own
// attributes, in the order of the documentation.
func Fields() []string {
	var names []string
	for _, own := range ownFields() {
		names = append(names, own.name)
		if own.name == string(idp.Email) {
			for _, field := range idp.MappedFields() {
				names = append(names, string(field))
			}
		}
	}
	return names
}

func cutLast(s string, separator byte) (before, after string, found bool) {
	at := strings.LastIndexByte(s, separator)
	if at < 0 {
		return "", s, false
	}
	return s[:at], s[at+1:], true
}
