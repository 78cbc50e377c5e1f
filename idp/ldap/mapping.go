package ldap

import (
	"slices"
	"strings"

	"cohort/idp"
)

// candidates are the attributes of each field in the order in which they are
// asked; the first that has a value wins. ManagerEmail is Person.Manager,
// StartDate has no customary attribute.
func candidates(field idp.Field) []string {
	switch field {
	case idp.Name:
		return []string{"displayName", "cn"}
	case idp.GivenName:
		return []string{"givenName"}
	case idp.FamilyName:
		return []string{"sn"}
	case idp.Username:
		return []string{"sAMAccountName", "uid"}
	case idp.Title:
		return []string{"title"}
	case idp.Department:
		return []string{"department", "ou", "departmentNumber"}
	case idp.Division:
		return []string{"division"}
	case idp.CostCenter:
		return []string{"costCenter"}
	case idp.Organization:
		return []string{"company", "o"}
	case idp.EmployeeID:
		return []string{"employeeID", "employeeNumber"}
	case idp.EmployeeType:
		return []string{"employeeType"}
	case idp.City:
		return []string{"l"}
	case idp.Region:
		return []string{"st"}
	case idp.Country:
		return []string{"c", "co"}
	case idp.Groups:
		return []string{"memberOf"}
	default:
		return nil
	}
}

// mapping turns entries into people for one request. It belongs to one read.
type mapping struct {
	// names are the attributes to ask the server for, each once.
	names []string

	slots   map[string]int      // canonical name → slot
	routes  map[string][]target // name as the server spells it → slots
	values  [][]string          // by slot: the current entry's values
	isPlain []bool              // by slot: whether they came without options

	fields     []source
	attributes []source
	always     always
	references references
	policy     bool // the server tells of locks by an administrator
	withRefs   bool // ManagerEmail was asked for
}

// target is a slot that an attribute of the server fills.
type target struct {
	slot int
	// plain says that the name is the slot's own. Another has options besides,
	// and counts only where the plain one is absent.
	plain bool
}

// source says where a value comes from.
type source struct {
	kind  sourceKind
	slots []int
}

type sourceKind uint8

const (
	firstValue sourceKind = iota // the first value of the first slot that has one
	allValues
	groupNames
	rawStatus
	entryName // the DN, which is no attribute
	guidValues
	sidValues
	nothing
)

// always are the slots that every person needs.
type always struct {
	mail, alternate, proxy int
	logins                 []int
	manager                int // with ManagerEmail only
	guid                   int
	ids                    []int
	control, locked, off   int // what a status is told by
}

func newMapping(req idp.Request, passwordPolicy bool) *mapping {
	m := &mapping{
		slots:  map[string]int{},
		routes: map[string][]target{},
		policy: passwordPolicy,

		references: newReferences(),
		withRefs:   slices.Contains(req.Fields, idp.ManagerEmail),
	}
	m.always = always{
		mail:      m.want("mail")[0],
		alternate: m.want("mailAlternateAddress")[0],
		proxy:     m.want("proxyAddresses")[0],
		logins:    m.want("userPrincipalName", "krbPrincipalName", "uid"),
		guid:      m.want("objectGUID")[0],
		ids:       m.want("entryUUID", "nsUniqueId", "ipaUniqueID"),
		control:   m.want("userAccountControl")[0],
		locked:    m.want("pwdAccountLockedTime")[0],
		off:       m.want("nsAccountLock")[0],
	}
	if m.withRefs {
		m.always.manager = m.want("manager")[0]
	}
	for _, field := range req.Fields {
		m.fields = append(m.fields, m.fieldSource(field))
	}
	for _, name := range req.Attributes {
		m.attributes = append(m.attributes, m.attributeSource(name))
	}
	m.values = make([][]string, len(m.names))
	m.isPlain = make([]bool, len(m.names))
	return m
}

func (m *mapping) fieldSource(field idp.Field) source {
	names := candidates(field)
	switch {
	case field == idp.StatusRaw:
		return source{kind: rawStatus}
	case field == idp.Groups:
		return source{kind: groupNames, slots: m.want(names...)}
	case len(names) == 0:
		return source{kind: nothing}
	default:
		return source{kind: firstValue, slots: m.want(names...)}
	}
}

func (m *mapping) attributeSource(name string) source {
	switch canonical(name) {
	case "":
		return source{kind: nothing}
	case "dn":
		return source{kind: entryName}
	case "objectguid":
		return source{kind: guidValues, slots: m.want(name)}
	case "objectsid":
		return source{kind: sidValues, slots: m.want(name)}
	default:
		return source{kind: allValues, slots: m.want(name)}
	}
}

// want gives the attributes slots, and has the server asked for them.
func (m *mapping) want(names ...string) []int {
	slots := make([]int, len(names))
	for i, name := range names {
		key := canonical(name)
		slot, ok := m.slots[key]
		if !ok {
			slot = len(m.names)
			m.slots[key] = slot
			if name = strings.TrimSpace(name); !strings.EqualFold(name, key) {
				name = key
			}
			m.names = append(m.names, name)
		}
		slots[i] = slot
	}
	return slots
}

// person is what the entry says. The only error is a value that the server
// cut short.
func (m *mapping) person(e *entry) (idp.Person, error) {
	if err := m.load(e); err != nil {
		return idp.Person{}, err
	}
	p := idp.Person{ID: m.id(e), Status: m.status()}
	m.addresses(&p)
	if m.withRefs {
		p.Ref = normalDN(e.DN)
		p.Manager = m.references.manager(first(m.values[m.always.manager]))
	}
	values := make([]idp.Value, len(m.fields)+len(m.attributes))
	for i, from := range m.fields {
		values[i] = m.value(from, e)
	}
	for i, from := range m.attributes {
		values[len(m.fields)+i] = m.value(from, e)
	}
	split := len(m.fields)
	p.Fields, p.Attributes = values[:split:split], values[split:]
	return p, nil
}

func (m *mapping) value(from source, e *entry) idp.Value {
	switch from.kind {
	case firstValue:
		return idp.TextOf(m.first(from.slots))
	case allValues:
		return idp.TextOrList(slices.Clone(m.values[from.slots[0]])...)
	case groupNames:
		return idp.ListOf(m.references.groupNames(m.values[from.slots[0]])...)
	case rawStatus:
		return idp.TextOrList(m.rawStatus()...)
	case entryName:
		return idp.TextOf(e.DN)
	case guidValues:
		return idp.TextOrList(each(m.values[from.slots[0]], guidText)...)
	case sidValues:
		return idp.TextOrList(each(m.values[from.slots[0]], sidText)...)
	default:
		return idp.Value{}
	}
}

// first is the first value of the first slot that has one that is not empty.
func (m *mapping) first(slots []int) string {
	for _, slot := range slots {
		if value := first(m.values[slot]); value != "" {
			return value
		}
	}
	return ""
}

func first(values []string) string {
	for _, value := range values {
		if value != "" {
			return value
		}
	}
	return ""
}

func each(values []string, text func(string) string) []string {
	var texts []string
	for _, value := range values {
		texts = append(texts, text(value))
	}
	return texts
}
