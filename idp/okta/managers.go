package okta

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"cohort/idp"
)

// refs says by which name other people mean somebody. Okta leaves open what
// managerId holds: the manager's identifier, a login, an address or an
// employee number. People are known by the one that the org's first page
// mostly has; who is meant by another is looked up afterwards.
type refs struct{ byLogin bool }

// settle looks at the first people of an org.
func (r *refs) settle(records []record) {
	ids, logins := 0, 0
	for _, one := range records {
		switch manager := managerOf(one); {
		case isID(manager):
			ids++
		case strings.Contains(manager, "@"):
			logins++
		}
	}
	r.byLogin = logins > ids
}

// own is the Ref of somebody.
func (r *refs) own(one record) string {
	if login := one.text("login"); r.byLogin && login != "" {
		return strings.ToLower(login)
	}
	return one.id
}

// managerOf is whom somebody calls the manager: managerId, else manager. Names
// of other kinds than an identifier are without regard to case.
func managerOf(r record) string {
	for _, attribute := range candidates(idp.ManagerEmail) {
		if manager := r.text(attribute); isID(manager) {
			return manager
		} else if manager != "" {
			return strings.ToLower(manager)
		}
	}
	return ""
}

// isID is true for the form of a user's identifier.
func isID(s string) bool {
	return len(s) == 20 && strings.HasPrefix(s, "00u") && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < '0' || r > '9') && (r|0x20 < 'a' || r|0x20 > 'z')
	})
}

// Addresses implements [idp.Lookup]. Identifiers are asked for by dozens at a
// time; other names are taken for logins first, then for addresses, then for
// employee numbers, and of those only what leads to one person who is not
// disabled.
func (c *Connector) Addresses(ctx context.Context, names []string) (map[string]string, error) {
	s, err := c.open(c.scopes(false))
	if err != nil {
		return nil, err
	}
	defer s.close()
	addresses := make(map[string]string, len(names))
	for batch := range batches(names) {
		meant := newMeant(batch)
		for items, err := range s.list(ctx, usersPath, managerQuery(meant.expression())) {
			if err != nil {
				return nil, s.failure(ctx, "look up managers in "+c.host(), err)
			}
			for _, item := range items {
				r, err := recordOf(item)
				if err != nil {
					return nil, s.failure(ctx, "look up managers in "+c.host(), err)
				}
				meant.add(r)
			}
		}
		meant.settle(addresses)
	}
	return addresses, nil
}

// managerAttributes are by what managers are known, and their addresses.
func managerAttributes() []string { return []string{"login", "email", "employeeNumber"} }

// managerQuery asks for the managers that an expression finds.
func managerQuery(expression string) url.Values {
	return url.Values{"search": {expression}, "fields": {"id,status,profile:(" + strings.Join(managerAttributes(), ",") + ")"}}
}

// A search of Okta's may be refused when it is long. These keep its URL below
// the 8 KB that common proxies take.
const (
	batchNames = 40
	batchBytes = 1200
)

// batches cuts names into parts that one search can hold.
func batches(names []string) func(yield func([]string) bool) {
	return func(yield func([]string) bool) {
		start, size := 0, 0
		for i, name := range names {
			if i > start && (i-start == batchNames || size+len(name) > batchBytes) {
				if !yield(names[start:i]) {
					return
				}
				start, size = i, 0
			}
			size += len(name)
		}
		if start < len(names) {
			yield(names[start:])
		}
	}
}

// meant collects whom names may mean.
type meant struct {
	names []string
	found map[string]map[string]record // by property and name, then by id
}

func newMeant(names []string) *meant {
	return &meant{names: names, found: map[string]map[string]record{}}
}

// properties are where a name that is no identifier may stand, in the order in
// which they are believed.
func properties(name string) []string {
	if strings.Contains(name, "@") {
		return []string{"login", "email"}
	}
	return []string{"login", "employeeNumber"}
}

func (m *meant) expression() string {
	var parts []string
	for _, name := range m.names {
		if isID(name) {
			parts = append(parts, "id eq "+quoted(name))
			continue
		}
		for _, property := range properties(name) {
			parts = append(parts, "profile."+property+" eq "+quoted(name))
		}
	}
	return strings.Join(parts, " or ")
}

func (m *meant) add(r record) {
	keys := []string{"id " + r.id}
	for _, property := range managerAttributes() {
		keys = append(keys, property+" "+strings.ToLower(r.text(property)))
	}
	for _, key := range keys {
		if m.found[key] == nil {
			m.found[key] = map[string]record{}
		}
		m.found[key][r.id] = r
	}
}

func (m *meant) settle(addresses map[string]string) {
	for _, name := range m.names {
		keys := []string{"id " + name}
		if !isID(name) {
			keys = keys[:0]
			for _, property := range properties(name) {
				keys = append(keys, property+" "+name)
			}
		}
		for _, key := range keys {
			if one, ok := only(m.found[key]); ok {
				if address := one.text("email"); idp.IsAddress(address) {
					addresses[name] = address
				}
				break
			}
		}
	}
}

// only is the one of several who is meant: the only one, else the only one who
// is not disabled.
func only(people map[string]record) (record, bool) {
	var all, living []record
	for _, r := range people {
		all = append(all, r)
		if statusOf(r.status) != idp.Disabled {
			living = append(living, r)
		}
	}
	switch {
	case len(all) == 1:
		return all[0], true
	case len(living) == 1:
		return living[0], true
	}
	return record{}, false
}

// quoted is a text in an expression of Okta's, which are JSON's.
func quoted(s string) string {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(s) // a string always has a JSON form
	return strings.TrimSuffix(b.String(), "\n")
}

// scopes are what a service app asks for.
func (c *Connector) scopes(withGroups bool) []string {
	scopes := slices.Clone(c.config.Scopes)
	if len(scopes) == 0 {
		scopes = []string{"okta.users.read"}
		if withGroups {
			scopes = append(scopes, "okta.groups.read")
		}
	}
	return scopes
}
