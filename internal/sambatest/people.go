package sambatest

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"
	"time"
	"unicode/utf16"
)

// Bits of userAccountControl ([MS-ADTS], section 2.2.16).
const (
	Disabled             = 0x2
	NormalAccount        = 0x200
	WorkstationAccount   = 0x1000
	PasswordNeverExpires = 0x10000
)

// Never is what accountExpires holds when the account does not expire and was
// given a date before; 0 means the same.
const Never = 1<<63 - 1

// Person is a user of a domain.
type Person struct {
	// Account is the sAMAccountName; Name the cn, of any characters.
	Account, Name string
	// Unit is the DN of the organizational unit.
	Unit string
	// ID is the objectGUID in its customary text form.
	ID string
	// Mail is the attribute mail; Proxies are proxyAddresses as they are stored.
	Mail    string
	Proxies []string
	// Manager is a DN.
	Manager string
	// Control is userAccountControl; 0 stands for a normal account.
	Control int
	// Expires is accountExpires, PasswordSet pwdLastSet and Locked lockoutTime
	// ([FileTime]). Zero values are: never, must change it at the next logon,
	// not locked.
	Expires, PasswordSet, Locked int64
	// Password is whether the person has one: [Server].Password.
	Password bool
}

// DN is the person's distinguished name; Samba may escape it otherwise.
func (p Person) DN() string { return "CN=" + escapeDN(p.Name) + "," + p.Unit }

// UPN is the person's userPrincipalName.
func (p Person) UPN() string { return p.Account + "@" + DNSDomain }

// FileTime is a time as Active Directory stores it: 100 ns since 1601.
func FileTime(t time.Time) int64 {
	const epoch = -11644473600 // 1601-01-01 in Unix time
	return (t.Unix()-epoch)*1e7 + int64(t.Nanosecond()/100)
}

// ID is the objectGUID of the i-th of [People], counted from 0. Its first
// parts tell the byte order.
func ID(i int) string { return fmt.Sprintf("01234567-89ab-4cde-8f01-%012x", i) }

func (p Person) write(b *strings.Builder) {
	control := p.Control
	if control == 0 {
		control = NormalAccount
	}
	writeLine(b, "dn", p.DN())
	writeLine(b, "objectClass", "user")
	writeLine(b, "objectGUID", p.ID)
	writeLine(b, "sAMAccountName", p.Account)
	writeLine(b, "userPrincipalName", p.UPN())
	writeLine(b, "displayName", p.Name)
	writeLine(b, "userAccountControl", fmt.Sprint(control))
	writeLine(b, "accountExpires", fmt.Sprint(p.Expires))
	writeLine(b, "pwdLastSet", fmt.Sprint(p.PasswordSet))
	if p.Mail != "" {
		writeLine(b, "mail", p.Mail)
	}
	for _, proxy := range p.Proxies {
		writeLine(b, "proxyAddresses", proxy)
	}
	if p.Manager != "" {
		writeLine(b, "manager", p.Manager)
	}
	if p.Locked != 0 {
		writeLine(b, "lockoutTime", fmt.Sprint(p.Locked))
	}
	if p.Password {
		writePassword(b, password)
	}
	b.WriteString("\n")
}

// writePassword writes the attribute that Active Directory takes a password by:
// quoted, UTF-16 ([MS-ADTS], section 3.1.1.3.1.5).
func writePassword(b *strings.Builder, password string) {
	var encoded []byte
	for _, unit := range utf16.Encode([]rune(`"` + password + `"`)) {
		encoded = binary.LittleEndian.AppendUint16(encoded, unit)
	}
	fmt.Fprintf(b, "unicodePwd:: %s\n", base64.StdEncoding.EncodeToString(encoded))
}

// escapeDN follows RFC 4514, section 2.4, for values without outer blanks.
func escapeDN(value string) string {
	escaped := strings.NewReplacer(
		`\`, `\\`, `"`, `\"`, `,`, `\,`, `+`, `\+`, `;`, `\;`, `<`, `\<`, `>`, `\>`, `=`, `\=`).Replace(value)
	if strings.HasPrefix(escaped, "#") {
		return `\` + escaped
	}
	return escaped
}

// writeLine writes what RFC 2849 calls an attrval-spec.
func writeLine(b *strings.Builder, name, value string) {
	if safe(value) {
		fmt.Fprintf(b, "%s: %s\n", name, value)
		return
	}
	fmt.Fprintf(b, "%s:: %s\n", name, base64.StdEncoding.EncodeToString([]byte(value)))
}

// safe says whether a value is a SAFE-STRING of RFC 2849.
func safe(value string) bool {
	if value == "" || strings.HasPrefix(value, " ") || strings.HasSuffix(value, " ") {
		return false
	}
	if value[0] == ':' || value[0] == '<' {
		return false
	}
	return !strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r > '~' })
}
