package okta

import (
	"encoding/json"
	"slices"
	"strings"

	"cohort/idp"
)

// all are somebody's attributes: those of the profile, and what stands beside
// it, of which objects are given member by member under paths with dots. Links,
// what Okta embeds, and credentials are no attributes.
func (m *mapping) all(r record) []idp.Attribute {
	attributes := make([]idp.Attribute, 0, len(r.profile)+len(r.top))
	add := func(name string, raw json.RawMessage) {
		// Another may be meant by the name.
		found := r.find(strings.TrimSpace(name))
		if len(found) == 0 || &found[0] != &raw[0] {
			return
		}
		if value := valueOf(raw); value.Kind != idp.Absent {
			attributes = append(attributes, idp.Attribute{Name: name, Value: value, Feeds: m.feeds[name]})
		}
	}
	for _, one := range r.profile {
		name := string(one.name)
		if _, isOwn := ownField(name); isOwn {
			name = "profile." + name
		}
		add(name, one.value)
	}
	var walk func(path string, o object)
	walk = func(path string, o object) {
		for _, one := range o {
			name := path + string(one.name)
			if path == "" && isPlumbing(name) {
				continue
			}
			if inner, isObject := objectOf(one.value); isObject {
				walk(name+".", inner)
			} else {
				add(name, one.value)
			}
		}
	}
	walk("", r.top)
	return attributes
}

// isPlumbing says of a member beside the profile that it is no attribute of the
// person. The profile itself is the others' place.
func isPlumbing(name string) bool {
	return slices.Contains([]string{"profile", "credentials", "_links", "_embedded"}, name)
}

// feeds are the fields that attributes may come to, by the attributes' names.
func feeds() map[string][]idp.Field {
	all := map[string][]idp.Field{"id": {idp.ID}, "status": {idp.StatusName, idp.StatusRaw}}
	for _, field := range idp.MappableFields() {
		names := candidates(field)
		if field == idp.Name {
			names = append(names, nameParts()...)
		}
		for _, name := range names {
			all[name] = append(all[name], field)
		}
	}
	return all
}
