package ldap

import (
	"slices"
	"strings"
)

// load sorts the entry's attributes into the slots.
func (m *mapping) load(e *entry) {
	clear(m.values)
	clear(m.isPlain)
	m.missing = m.missing[:0]
	if m.everything != nil {
		m.everything.present = m.everything.present[:0]
	}
	for _, a := range e.Attributes {
		if len(a.Values) == 0 {
			continue
		}
		if m.everything != nil {
			m.meet(a.Name)
		}
		targets, known := m.routes[a.Name]
		if !known {
			targets = m.route(a.Name)
			m.routes[a.Name] = targets
		}
		if len(targets) == 0 {
			continue
		}
		if part, ok := partOf(a.Name); ok && (part.first > 0 || !part.isLast) {
			if part.first > 0 {
				// Without its beginning it is read anew.
				m.missing = append(m.missing, cut{part.name, 0})
				continue
			}
			m.missing = append(m.missing, cut{part.name, part.last + 1})
		}
		for _, t := range targets {
			switch {
			case t.plain && !m.isPlain[t.slot]:
				m.values[t.slot], m.isPlain[t.slot] = a.Values, true
			case t.plain || !m.isPlain[t.slot]:
				m.values[t.slot] = slices.Concat(m.values[t.slot], a.Values)
			}
		}
	}
}

// route finds the slots of an attribute that the server names so.
func (m *mapping) route(name string) []target {
	var targets []target
	key := canonical(name)
	if slot, ok := m.slots[key]; ok {
		targets = append(targets, target{slot, true})
	}
	if base, _, options := strings.Cut(key, ";"); options {
		if slot, ok := m.slots[base]; ok {
			targets = append(targets, target{slot, false})
			m.isBinary[slot] = m.isBinary[slot] || syntaxOf(key) == octets
		}
	}
	return targets
}

// canonical is the form in which names of attributes are compared: lower case,
// and the shorter one of two customary names, since a server may answer with
// the other than it was asked for.
func canonical(name string) string {
	name = strings.ToLower(strings.TrimSpace(name))
	base, options, _ := strings.Cut(name, ";")
	if shorter, ok := synonym(base); ok {
		base = shorter
	}
	if options == "" {
		return base
	}
	if strings.Contains(options, ";") {
		// Their order says nothing (RFC 4512, section 2.5).
		sorted := strings.Split(options, ";")
		slices.Sort(sorted)
		options = strings.Join(sorted, ";")
	}
	return base + ";" + options
}

// synonym is the other name of an attribute that has two (RFC 4519, RFC 4524).
// Those of which Active Directory makes two attributes, such as street and
// streetAddress, are not among them.
func synonym(name string) (string, bool) {
	switch name {
	case "commonname":
		return "cn", true
	case "surname":
		return "sn", true
	case "userid":
		return "uid", true
	case "gn":
		return "givenname", true
	case "rfc822mailbox":
		return "mail", true
	case "countryname":
		return "c", true
	case "localityname":
		return "l", true
	case "stateorprovincename":
		return "st", true
	case "organizationname":
		return "o", true
	case "organizationalunitname":
		return "ou", true
	case "friendlycountryname":
		return "co", true
	case "domaincomponent":
		return "dc", true
	case "mobiletelephonenumber":
		return "mobile", true
	case "fax":
		return "facsimiletelephonenumber", true
	default:
		return "", false
	}
}
