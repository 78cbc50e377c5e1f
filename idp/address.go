package idp

import (
	"slices"
	"strings"
)

// IsAddress says whether a text looks like an e-mail address, or like a
// sign-in name of that form: it has an @ with something on both sides, and no
// blanks in it. No more is needed to tell it from a name, an identifier or a DN.
func IsAddress(text string) bool {
	at := strings.LastIndexByte(text, '@')
	if at <= 0 || at == len(text)-1 {
		return false
	}
	for i := range len(text) {
		if text[i] <= ' ' {
			return false
		}
	}
	return true
}

// AddAlias gives the person a further address, which may be written as in
// proxyAddresses, "smtp:ada@example.com". What is no address, and what the
// person has already but for case, is left out.
func (p *Person) AddAlias(text string) {
	address := strings.TrimSpace(text)
	if scheme, rest, ok := strings.Cut(address, ":"); ok && isScheme(scheme) {
		if !strings.EqualFold(scheme, "smtp") {
			return // X400:, SIP: and the like
		}
		address = strings.TrimSpace(rest)
	}
	if !IsAddress(address) {
		return
	}
	lower := strings.ToLower(address)
	isSame := func(other string) bool { return strings.ToLower(other) == lower }
	if !isSame(p.Primary) && !slices.ContainsFunc(p.Aliases, isSame) {
		p.Aliases = append(p.Aliases, address)
	}
}

// AddLogin gives the person a sign-in name if it looks like an address.
func (p *Person) AddLogin(text string) {
	login := strings.TrimSpace(text)
	if IsAddress(login) && !slices.Contains(p.Logins, login) {
		p.Logins = append(p.Logins, login)
	}
}
