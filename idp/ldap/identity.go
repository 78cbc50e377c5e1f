package ldap

import (
	"encoding/binary"
	"fmt"
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

// addresses fills Primary, Aliases and Logins. The primary address is the first
// value of mail in the server's order that is one, else the primary one among
// the proxy addresses.
func (m *mapping) addresses(p *idp.Person) {
	if odd := p.AddEmails(m.values[m.always.mail]); odd != "" {
		m.oddEmail.Note(odd)
	}
	for _, slot := range m.always.aliases {
		for _, text := range m.values[slot] {
			// Exchange writes the scheme of the primary one in capitals.
			if p.Primary == "" && strings.HasPrefix(strings.TrimSpace(text), "SMTP:") {
				p.AddEmail(text)
			}
		}
		for _, text := range m.values[slot] {
			p.AddAlias(text)
		}
	}
	for _, slot := range m.always.logins {
		for _, text := range m.values[slot] {
			p.AddLogin(text)
		}
	}
}
