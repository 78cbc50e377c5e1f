package okta

import (
	"encoding/json"
	"slices"
	"strings"

	"cohort/idp"
)

// mapping turns users into people for one request. Several goroutines may use
// it at a time.
type mapping struct {
	request  idp.Request
	withRefs bool // ManagerEmail was asked for
	refs     refs
	groups   membership
	feeds    map[string][]idp.Field // where all is asked for
	oddEmail idp.Oddity
}

func mappingOf(req idp.Request, groups membership) *mapping {
	m := &mapping{request: req, withRefs: slices.Contains(req.Fields, idp.ManagerEmail), groups: groups}
	if req.All {
		m.feeds = feeds()
	}
	return m
}

// person is what a record says.
func (m *mapping) person(r record) idp.Person {
	p := idp.Person{ID: r.id, Status: statusOf(r.status)}
	if email := r.text("email"); email != "" && !p.AddEmail(email) {
		m.oddEmail.Note(email)
	}
	p.AddAlias(r.text("secondEmail"))
	p.AddLogin(r.text("login"))
	if m.withRefs {
		p.Ref, p.Manager = m.refs.own(r), managerOf(r)
	}
	values := make([]idp.Value, len(m.request.Fields)+len(m.request.Attributes))
	for i, field := range m.request.Fields {
		values[i] = m.field(r, field)
	}
	split := len(m.request.Fields)
	for i, name := range m.request.Attributes {
		values[split+i] = valueOf(r.find(strings.TrimSpace(name)))
	}
	p.Fields, p.Attributes = values[:split:split], values[split:]
	if m.request.All {
		p.All = m.all(r)
	}
	return p
}

func (m *mapping) field(r record, field idp.Field) idp.Value {
	switch field {
	case idp.StatusRaw:
		return idp.TextOf(r.status)
	case idp.Groups:
		return m.groups.of(r.id)
	case idp.ManagerEmail:
		return idp.Value{}
	}
	for _, name := range candidates(field) {
		if value := firstOf(r.profile.get(name)); value != "" {
			return idp.TextOf(value)
		}
	}
	if field == idp.Name {
		// What Okta's own pages show.
		var parts []string
		for _, name := range nameParts() {
			parts = append(parts, r.text(name))
		}
		return idp.TextOf(strings.TrimSpace(strings.Join(parts, " ")))
	}
	return idp.Value{}
}

// firstOf is the one text of a field, also where an org has made an array of
// it.
func firstOf(raw json.RawMessage) string {
	value := valueOf(raw)
	if value.Kind == idp.List {
		return value.Items[0]
	}
	return value.Text
}
