package ldap

import (
	"slices"
	"strings"

	ldap "github.com/go-ldap/ldap/v3"
	"golang.org/x/text/unicode/norm"
)

// references remembers what DNs mean, since managers and groups come again and
// again, and the names that people share are kept once.
type references struct {
	managers map[string]string // DN as the server writes it → normal form
	groups   map[string]string // DN as the server writes it → name
}

func newReferences() references {
	return references{managers: map[string]string{}, groups: map[string]string{}}
}

func (r references) manager(dn string) string {
	if dn == "" {
		return ""
	}
	normal, ok := r.managers[dn]
	if !ok {
		normal = normalDN(dn)
		r.managers[dn] = normal
	}
	return normal
}

// groupNames takes each group by the value of its DN's first RDN.
func (r references) groupNames(dns []string) []string {
	var names []string
	for _, dn := range dns {
		if dn == "" {
			continue
		}
		name, ok := r.groups[dn]
		if !ok {
			name = firstValueOf(dn)
			r.groups[dn] = name
		}
		names = append(names, name)
	}
	return names
}

// firstValueOf is the value of a DN's first RDN; what is no DN is its own name.
func firstValueOf(dn string) string {
	parsed, err := ldap.ParseDN(dn)
	if err != nil || len(parsed.RDNs) == 0 || parsed.RDNs[0].Attributes[0].Value == "" {
		return dn
	}
	return parsed.RDNs[0].Attributes[0].Value
}

// normalDN writes a DN so that equal names have equal bytes: as
// distinguishedNameMatch compares (RFC 4517, section 4.2.15) when all values
// compare as caseIgnoreMatch, which holds for what people's names are made of.
// What is no DN is compared as one value.
func normalDN(dn string) string {
	if isSimpleDN(dn) {
		return strings.ToLower(dn)
	}
	parsed, err := ldap.ParseDN(dn)
	if err != nil {
		return foldValue(dn)
	}
	return normalOf(parsed)
}

func normalOf(parsed *ldap.DN) string {
	rdns := make([]string, len(parsed.RDNs))
	for i, rdn := range parsed.RDNs {
		pairs := make([]string, len(rdn.Attributes))
		for j, pair := range rdn.Attributes {
			pairs[j] = canonical(pair.Type) + "=" + escapeValue(foldValue(pair.Value))
		}
		slices.Sort(pairs)
		rdns[i] = strings.Join(pairs, "+")
	}
	return strings.Join(rdns, ",")
}

// isSimpleDN recognises what most DNs are: ASCII, one pair an RDN, short names
// of attributes, nothing escaped, no blank that does not count. Their lower
// case is their normal form.
func isSimpleDN(dn string) bool {
	start, equals := 0, -1
	for i := 0; i <= len(dn); i++ {
		if i == len(dn) || dn[i] == ',' {
			if equals <= start || equals == i-1 || dn[i-1] == ' ' {
				return false
			}
			if _, long := synonym(strings.ToLower(dn[start:equals])); long {
				return false
			}
			start, equals = i+1, -1
			continue
		}
		switch c := dn[i]; {
		case c < ' ' || c > '~':
			return false
		case c == '=' && equals < 0:
			equals = i
		case c == ' ' && (equals < 0 || i == equals+1 || dn[i-1] == ' '):
			return false
		case strings.IndexByte(`\"+;<>#=`, c) >= 0:
			return false
		}
	}
	return true
}

// foldValue prepares a value as RFC 4518 does for caseIgnoreMatch: compatible
// characters are one, case does not count, nor do outer and repeated blanks.
func foldValue(value string) string {
	return strings.Join(strings.Fields(strings.ToLower(norm.NFKC.String(value))), " ")
}

// escapeValue writes a value as RFC 4514, section 2.4, has it, so that the
// normal form is a DN that a server takes. Outer blanks are gone already.
func escapeValue(value string) string {
	escaped := strings.NewReplacer(`\`, `\\`, `,`, `\,`, `+`, `\+`, `=`, `\=`, `"`, `\"`, `;`, `\;`, `<`, `\<`, `>`, `\>`,
		"\x00", `\00`).Replace(value)
	if strings.HasPrefix(escaped, "#") {
		return `\` + escaped
	}
	return escaped
}
