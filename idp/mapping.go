package idp

import (
	"slices"
	"strings"

	"cohort/internal/fault"
	"cohort/internal/suggest"
)

// What a mapping can fill besides the person fields.
const (
	Aliases Field = "aliases"
	Logins  Field = "logins"
)

// Mapping names, for person fields, the source's own attributes that they come
// from instead of those that the connector knows: --map field=attribute.
type Mapping map[Field]string

// MappableFields are the fields that a [Mapping] may name.
func MappableFields() []Field {
	return append([]Field{Email, ID, StatusName, Aliases, Logins}, MappedFields()...)
}

// ParseMapping reads mappings written as field=attribute. A field counts in
// any case. Its errors are of the kind [fault.Usage].
func ParseMapping(specs []string) (Mapping, error) {
	mapping := make(Mapping, len(specs))
	for _, spec := range specs {
		name, attribute, ok := strings.Cut(spec, "=")
		name, attribute = strings.TrimSpace(name), strings.TrimSpace(attribute)
		field := Field(strings.ToLower(name))
		if !ok || name == "" || attribute == "" {
			return nil, fault.New(fault.Usage, "write field=attribute", "--map: %q names no field and attribute", spec)
		}
		if !slices.Contains(MappableFields(), field) {
			return nil, unknownField(name)
		}
		if known, given := mapping[field]; given && known != attribute {
			return nil, fault.New(fault.Usage, "name one", "--map: %s has two attributes, %s and %s", field, known, attribute)
		}
		mapping[field] = attribute
	}
	return mapping, nil
}

func unknownField(name string) error {
	var names []string
	for _, field := range MappableFields() {
		names = append(names, string(field))
	}
	hint := suggest.Hint(name, names, "allowed are "+strings.Join(names, ", "))
	return fault.New(fault.Usage, hint, "--map: there is no field %q", name)
}
