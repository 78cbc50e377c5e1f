package ldap

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"cohort/idp"
)

// id is the first identifier that the server keeps for the entry, else its DN.
func (m *mapping) id(e *entry) string {
	if guid := first(m.values[m.always.guid]); guid != "" {
		return guidText(guid)
	}
	if id := m.first(m.always.ids); id != "" {
		return id
	}
	return e.DN
}

// guidText writes the 16 bytes of an objectGUID as Windows does: the first
// three groups have their lowest byte first (MS-DTYP, section 2.3.4.2).
// Anything else is text, or stands in base64.
func guidText(value string) string {
	if len(value) != 16 {
		return octetsOrText(value)
	}
	b := []byte(value)
	return fmt.Sprintf("%08x-%04x-%04x-%x-%x",
		binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint16(b[4:]),
		binary.LittleEndian.Uint16(b[6:]), b[8:10], b[10:])
}

// sidText writes a security identifier as Windows does: "S-1-5-21-…" (MS-DTYP,
// sections 2.4.2.1 and 2.4.2.2). What is none is text, or stands in base64.
func sidText(value string) string {
	const header = 8
	b := []byte(value)
	if len(b) < header || b[0] != 1 || len(b) != header+4*int(b[1]) {
		return octetsOrText(value)
	}
	authority := uint64(0)
	for _, c := range b[2:header] {
		authority = authority<<8 | uint64(c)
	}
	text := fmt.Sprintf("S-1-%d", authority)
	for rest := b[header:]; len(rest) > 0; rest = rest[4:] {
		text += "-" + strconv.FormatUint(uint64(binary.LittleEndian.Uint32(rest)), 10)
	}
	return text
}

// addresses fills Primary, Aliases and Logins. The primary address is the
// first value of mail in the server's order, else the primary one among the
// proxy addresses, which else is the first alias.
func (m *mapping) addresses(p *idp.Person) {
	mails := m.values[m.always.mail]
	for i, address := range mails {
		if p.Primary = strings.TrimSpace(address); p.Primary != "" {
			mails = mails[i+1:]
			break
		}
	}
	proxies := m.values[m.always.proxy]
	for _, value := range proxies {
		// Exchange writes the scheme of the primary one in capitals.
		if scheme, address, ok := smtpAddress(value); ok && scheme == "SMTP" {
			if p.Primary == "" {
				p.Primary = address
			}
			addAlias(p, address)
		}
	}
	for _, address := range mails {
		addAlias(p, address)
	}
	for _, slot := range m.always.alternates {
		for _, address := range m.values[slot] {
			addAlias(p, address)
		}
	}
	for _, value := range proxies {
		if _, address, ok := smtpAddress(value); ok {
			addAlias(p, address)
		}
	}
	for _, slot := range m.always.logins {
		for _, login := range m.values[slot] {
			if login = strings.TrimSpace(login); strings.Contains(login, "@") {
				p.Logins = append(p.Logins, login)
			}
		}
	}
}

// smtpAddress takes a proxy address apart. Others are X400:, SIP: and the
// like.
func smtpAddress(value string) (scheme, address string, ok bool) {
	scheme, address, _ = strings.Cut(strings.TrimSpace(value), ":")
	address = strings.TrimSpace(address)
	return scheme, address, strings.EqualFold(scheme, "smtp") && address != ""
}

// addAlias drops what the person has already but for case, as proxyAddresses
// repeats mail.
func addAlias(p *idp.Person, address string) {
	address = strings.TrimSpace(address)
	lower := strings.ToLower(address)
	isSame := func(other string) bool { return strings.ToLower(other) == lower }
	if address == "" || isSame(p.Primary) || slices.ContainsFunc(p.Aliases, isSame) {
		return
	}
	p.Aliases = append(p.Aliases, address)
}
