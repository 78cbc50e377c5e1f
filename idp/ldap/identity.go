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
// Anything else stays as it is.
func guidText(value string) string {
	if len(value) != 16 {
		return value
	}
	b := []byte(value)
	return fmt.Sprintf("%08x-%04x-%04x-%x-%x",
		binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint16(b[4:]),
		binary.LittleEndian.Uint16(b[6:]), b[8:10], b[10:])
}

// sidText writes a security identifier as Windows does: "S-1-5-21-…" (MS-DTYP,
// sections 2.4.2.1 and 2.4.2.2). What is none stays as it is.
func sidText(value string) string {
	const header = 8
	b := []byte(value)
	if len(b) < header || b[0] != 1 || len(b) != header+4*int(b[1]) {
		return value
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
// first value of mail in the server's order.
func (m *mapping) addresses(p *idp.Person) {
	for _, address := range m.values[m.always.mail] {
		if address = strings.TrimSpace(address); p.Primary == "" {
			p.Primary = address
			continue
		}
		addAlias(p, address)
	}
	for _, address := range m.values[m.always.alternate] {
		addAlias(p, address)
	}
	for _, address := range m.values[m.always.proxy] {
		// Others are X400:, SIP: and the like.
		const smtp = "smtp:"
		if len(address) > len(smtp) && strings.EqualFold(address[:len(smtp)], smtp) {
			addAlias(p, address[len(smtp):])
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

const (
	// accountDisabled is ACCOUNTDISABLE of userAccountControl (MS-ADTS,
	// section 2.2.16).
	accountDisabled = 1 << 1
	// lockedForGood marks a lock that an administrator set, where a date would
	// be a lockout after wrong passwords (draft-behera-ldap-password-policy-10,
	// section 5.3.3).
	lockedForGood = "000001010000Z"
)

// status is disabled where any sign says so, active where the server would
// have told otherwise, else unknown.
func (m *mapping) status() idp.Status {
	status := idp.Unknown
	if m.policy {
		status = idp.Active
	}
	if value := first(m.values[m.always.control]); value != "" {
		if flags, err := strconv.ParseInt(value, 10, 64); err == nil {
			if flags&accountDisabled != 0 {
				return idp.Disabled
			}
			status = idp.Active
		}
	}
	if value := first(m.values[m.always.locked]); value != "" {
		if value == lockedForGood {
			return idp.Disabled
		}
		status = idp.Active
	}
	if value := first(m.values[m.always.off]); value != "" {
		if strings.EqualFold(value, "true") {
			return idp.Disabled
		}
		status = idp.Active
	}
	return status
}

func (m *mapping) rawStatus() []string {
	var raw []string
	for _, slot := range []int{m.always.control, m.always.locked, m.always.off} {
		raw = append(raw, m.values[slot]...)
	}
	return raw
}
