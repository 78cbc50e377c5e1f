package ldapfault

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/go-ldap/ldap/v3"
)

// RangeSize is how many values of an attribute come at once under the fault
// "ranged attributes".
const RangeSize = 3

// activeDirectory is what Active Directory does by right, and others do not.
func activeDirectory() []Fault {
	var faults []Fault
	for _, refusal := range []struct{ data, means string }{
		{"525", "there is no such account"},
		{"52e", "the password is wrong"},
		{"530", "not at this time"},
		{"531", "not from this machine"},
		{"532", "the password has expired"},
		{"533", "the account is disabled"},
		{"701", "the account has expired"},
		{"773", "the password must be changed first"},
		{"775", "the account is locked after wrong passwords"},
	} {
		faults = append(faults, refusedBind("bind refused with data "+refusal.data, refusal.means, result{
			code: ldap.LDAPResultInvalidCredentials,
			says: fmt.Sprintf("80090308: LdapErr: DSID-0C090569, comment: AcceptSecurityContext error, data %s, v4563", refusal.data),
		}))
	}
	return append(faults,
		refusedBind("bind refused with strongAuthRequired", "the password has to come signed or over TLS", result{
			code: ldap.LDAPResultStrongAuthRequired,
			says: "00002028: LdapErr: DSID-0C090259, comment: The server requires binds to turn on integrity checking " +
				"if SSL\\TLS are not already active on the connection, data 0, v4563",
		}),
		Fault{
			Name: "ranged attributes",
			Doc: fmt.Sprintf("attributes with more than %[1]d values, except objectClass, come empty and, beside it, as name;range=0-%[2]d; "+
				"further ranges come to who asks for name;range=%[1]d-* and so on, and the last ends with * (MS-ADTS, section 3.1.1.3.1.3.3). "+
				"No value is missing to who asks, in lookups as well", RangeSize, RangeSize-1),
			Outcome: Harmless,
			begin:   ranged,
		},
		Fault{
			Name:    "a small MaxPageSize",
			Doc:     fmt.Sprintf("pages have at most %d entries, whatever was asked for, and a cookie to go on", maxPageSize),
			Outcome: Harmless,
			begin: at(func(m *message) bool {
				return m.kind == searchRequest && m.paging != nil && m.paging.size > maxPageSize
			}, func(m *message) move {
				smaller := *m.paging
				smaller.size = maxPageSize
				return move{toServer: [][]byte{m.withPaging(smaller.control())}}
			}),
		},
	)
}

const maxPageSize = 3

func refusedBind(name, means string, r result) Fault {
	return Fault{
		Name: name, Doc: means, Outcome: MustFail, Code: r.code, Says: r.says,
		begin: at(is(bindRequest), func(m *message) move { return reply(r.ofBind(m.id)) }),
	}
}

// span is a range of values that a client asks for; last is -1 for all that
// follow.
type span struct{ first, last int }

// ranged keeps, for each search on its way, the ranges that were asked for by
// the attributes' names in lower case.
func ranged() behaviour {
	asked := make(map[int64]map[string]span)
	return func(m *message) move {
		switch m.kind {
		case searchRequest:
			names, spans := splitRanges(m)
			if len(spans) == 0 {
				return pass(m)
			}
			asked[m.id] = spans
			return move{toServer: [][]byte{m.withAttributes(names)}}
		case entry:
			dn, attributes := m.entry()
			return reply(m.withEntry(dn, inRanges(attributes, asked[m.id])))
		case done:
			delete(asked, m.id)
		}
		return pass(m)
	}
}

// splitRanges takes the ranges from the names that a search asks for.
func splitRanges(m *message) (names []string, spans map[string]span) {
	spans = make(map[string]span)
	for _, child := range m.op.Children[searchAttributes].Children {
		name, option, _ := strings.Cut(child.Data.String(), ";range=")
		if s, ok := parseSpan(option); ok {
			spans[strings.ToLower(name)] = s
		}
		names = append(names, name)
	}
	return names, spans
}

func parseSpan(option string) (span, bool) {
	from, to, found := strings.Cut(option, "-")
	first, err := strconv.Atoi(from)
	if !found || err != nil {
		return span{}, false
	}
	if to == "*" {
		return span{first, -1}, true
	}
	last, err := strconv.Atoi(to)
	return span{first, last}, err == nil && first <= last
}

// inRanges gives the attributes as far as they come at once.
func inRanges(attributes []attribute, asked map[string]span) []attribute {
	var cut []attribute
	for _, a := range attributes {
		s, wanted := asked[strings.ToLower(a.name)]
		if !wanted && (len(a.values) <= RangeSize || strings.EqualFold(a.name, "objectClass")) {
			cut = append(cut, a)
			continue
		}
		if !wanted {
			s.last = -1
			cut = append(cut, attribute{name: a.name})
		}
		if s.first >= len(a.values) {
			continue
		}
		end := min(s.first+RangeSize, len(a.values))
		if s.last >= 0 {
			end = min(end, s.last+1)
		}
		name := fmt.Sprintf("%s;range=%d-", a.name, s.first)
		if end == len(a.values) {
			name += "*"
		} else {
			name += strconv.Itoa(end - 1)
		}
		cut = append(cut, attribute{name: name, values: a.values[s.first:end]})
	}
	return cut
}
