// Package join decides which person is which Coder user, and writes the table
// that says so. It is pure: the same people, users and options give the same
// bytes, in whatever order they come; it knows no network, clock or terminal.
package join

import (
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"

	"cohort/coder"
	"cohort/internal/fault"
)

// ExactKey is an address trimmed and in lower case: what Coder itself holds
// unique. Two addresses that differ only for [strings.EqualFold], such as with
// the Kelvin sign for a k, have different keys.
func ExactKey(address string) string {
	return strings.ToLower(strings.TrimSpace(address))
}

// NormalizedKey is the exact key in Unicode's Normalization Form C, with its
// domain in ASCII by IDNA (UTS 46). A domain that IDNA rejects stays as it is.
func NormalizedKey(address string) string {
	key := ExactKey(address)
	if isASCII(key) {
		return key
	}
	local, domain, ok := cutDomain(norm.NFC.String(key))
	if !ok {
		return local
	}
	if ascii, err := idna.Lookup.ToASCII(domain); err == nil {
		domain = ascii
	}
	return local + "@" + domain
}

// DomainAliases says which domains stand for others, both in the form that
// [NormalizedKey] gives them: old.example → new.example.
type DomainAliases map[string]string

// Key is the normalized key with its domain replaced.
func (d DomainAliases) Key(address string) string {
	key := NormalizedKey(address)
	if len(d) == 0 {
		return key
	}
	local, domain, ok := cutDomain(key)
	if replacement, known := d[domain]; ok && known {
		return local + "@" + replacement
	}
	return key
}

// cutDomain splits at the last @, since a quoted local part may hold one
// (RFC 5321, section 4.1.2).
func cutDomain(address string) (local, domain string, ok bool) {
	at := strings.LastIndexByte(address, '@')
	if at < 0 {
		return address, "", false
	}
	return address[:at], address[at+1:], true
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// ParseDomainAliases reads aliases written as old.example=new.example.
func ParseDomainAliases(specs []string) (DomainAliases, error) {
	domains := make(DomainAliases, len(specs))
	for _, spec := range specs {
		before, after, ok := strings.Cut(spec, "=")
		before, after = domainKey(before), domainKey(after)
		if !ok || before == "" || after == "" || before == after {
			return nil, fault.New(fault.Usage, "write old.example=new.example", "--domain-alias: %q names no two domains", spec)
		}
		if known, given := domains[before]; given && known != after {
			return nil, fault.New(fault.Usage, "name one", "--domain-alias: %s has two others", before)
		}
		domains[before] = after
	}
	for before, after := range domains {
		if _, chained := domains[after]; chained {
			return nil, fault.New(fault.Usage, "name the last one for both", "--domain-alias: %s leads to another alias, %s", before, after)
		}
	}
	return domains, nil
}

// isDomain says whether a text may be a domain: no address, list or pattern, and
// no label is empty or has a hyphen at an end.
func isDomain(text string) bool {
	if strings.ContainsAny(text, "@,;=*?|<>()[]\"\\/: ") || strings.ContainsFunc(text, unicode.IsControl) {
		return false
	}
	for label := range strings.SplitSeq(text, ".") {
		if label == "" || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
	}
	return true
}

// domainKey is a domain as it stands in a [NormalizedKey], or "" where it is none.
func domainKey(domain string) string {
	domain = strings.TrimSpace(domain)
	if !isDomain(domain) {
		return ""
	}
	_, key, _ := cutDomain(NormalizedKey("@" + domain))
	return key
}

// unused are the domains of which nobody has an address, sorted: most likely
// they are misspelt.
func (d DomainAliases) unused(people []record, users []coder.User) []string {
	if len(d) == 0 {
		return nil
	}
	rest := maps.Clone(map[string]string(d))
	see := func(address string) {
		_, domain, _ := cutDomain(NormalizedKey(address))
		delete(rest, domain)
	}
	for _, r := range people {
		if len(rest) == 0 {
			return nil
		}
		for address := range r.addresses(primaries | aliases | logins) {
			see(address)
		}
	}
	for _, user := range users {
		see(user.Email)
	}
	return slices.Sorted(maps.Keys(rest))
}
