package sambatest

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"time"
	"unicode/utf16"

	"cohort/internal/ldif"
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
func (p Person) DN() string { return "CN=" + ldif.EscapeDN(p.Name) + "," + p.Unit }

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

func (p Person) write(b *bytes.Buffer) {
	control := p.Control
	if control == 0 {
		control = NormalAccount
	}
	ldif.WriteLine(b, "dn", p.DN())
	ldif.WriteLine(b, "objectClass", "user")
	ldif.WriteLine(b, "objectGUID", p.ID)
	ldif.WriteLine(b, "sAMAccountName", p.Account)
	ldif.WriteLine(b, "userPrincipalName", p.UPN())
	ldif.WriteLine(b, "displayName", p.Name)
	ldif.WriteLine(b, "userAccountControl", fmt.Sprint(control))
	ldif.WriteLine(b, "accountExpires", fmt.Sprint(p.Expires))
	ldif.WriteLine(b, "pwdLastSet", fmt.Sprint(p.PasswordSet))
	if p.Mail != "" {
		ldif.WriteLine(b, "mail", p.Mail)
	}
	for _, proxy := range p.Proxies {
		ldif.WriteLine(b, "proxyAddresses", proxy)
	}
	if p.Manager != "" {
		ldif.WriteLine(b, "manager", p.Manager)
	}
	if p.Locked != 0 {
		ldif.WriteLine(b, "lockoutTime", fmt.Sprint(p.Locked))
	}
	if p.Password {
		writePassword(b, password)
	}
	b.WriteString("\n")
}

// writePassword writes the attribute that Active Directory takes a password by:
// quoted, UTF-16 ([MS-ADTS], section 3.1.1.3.1.5).
func writePassword(b *bytes.Buffer, password string) {
	var encoded []byte
	for _, unit := range utf16.Encode([]rune(`"` + password + `"`)) {
		encoded = binary.LittleEndian.AppendUint16(encoded, unit)
	}
	fmt.Fprintf(b, "unicodePwd:: %s\n", base64.StdEncoding.EncodeToString(encoded))
}
