package idp

import (
	"slices"
	"strings"
)

// IsAddress says whether a text looks like an e-mail address, or like a
// sign-in name of that form: it has an @ with something on both sides, and no
// blanks in it; it is no list of several, and not in angle brackets. No more is
// needed to tell it from a name, an identifier or a DN.
func IsAddress(text string) bool {
	at := strings.LastIndexByte(text, '@')
	if at <= 0 || at == len(text)-1 {
		return false
	}
	isQuoted := at > 1 && text[0] == '"' && text[at-1] == '"' // RFC 5321, section 4.1.2
	for i := range len(text) {
		switch c := text[i]; {
		case 'A' <= c && c != 0x7f, '-' <= c && c <= '9': // as most are
		case c <= ' ' || c == 0x7f:
			return false
		case isQuoted && i < at:
		case c == '@' && i < at, c == '<', c == '>', c == ',', c == ';':
			return false
		}
	}
	return true
}

// AddEmail gives the person the next of the addresses that a source has as
// those of the person: the first is the primary one, the others are aliases.
// false says that it is no address, which is left out.
func (p *Person) AddEmail(text string) (isAddress bool) {
	address, isAddress := addressIn(text)
	switch {
	case !isAddress:
	case p.Primary == "":
		p.Primary = address
	default:
		p.AddAlias(address)
	}
	return isAddress
}

// AddEmails gives the person all of those addresses. odd is the first that is
// none, or "".
func (p *Person) AddEmails(texts []string) (odd string) {
	for _, text := range texts {
		if !p.AddEmail(text) && odd == "" {
			odd = strings.TrimSpace(text)
		}
	}
	return odd
}

// AddAlias gives the person a further address. What is no address, and what the
// person has already but for case, is left out.
func (p *Person) AddAlias(text string) {
	address, isAddress := addressIn(text)
	if !isAddress {
		return
	}
	lower := strings.ToLower(address)
	isSame := func(other string) bool { return strings.ToLower(other) == lower }
	if !isSame(p.Primary) && !slices.ContainsFunc(p.Aliases, isSame) {
		p.Aliases = append(p.Aliases, address)
	}
}

// addressIn is the address in a text, which may be written as in
// proxyAddresses: "smtp:ada@example.com".
func addressIn(text string) (address string, ok bool) {
	address = strings.TrimSpace(text)
	if scheme, rest, found := strings.Cut(address, ":"); found && isScheme(scheme) {
		if !strings.EqualFold(scheme, "smtp") {
			return "", false // X400:, SIP: and the like
		}
		address = strings.TrimSpace(rest)
	}
	return address, IsAddress(address)
}

// AddLogin gives the person a sign-in name if it looks like an address.
func (p *Person) AddLogin(text string) {
	login := strings.TrimSpace(text)
	if IsAddress(login) && !slices.Contains(p.Logins, login) {
		p.Logins = append(p.Logins, login)
	}
}
