package slapdtest

import (
	"encoding/base64"
	"fmt"
	"strings"
)

// awkward are family names that something on the way may mangle: composed and
// decomposed letters, other scripts, characters that a DN or a CSV escapes.
var awkward = [...]string{ //nolint:gochecknoglobals // a constant in all but Go's grammar
	"Müller", "Mu\u0308ller", "Łukasiewicz", "Ångström", "Øster", "Γεωργίου",
	"Иванова", "李", "むつみ", "O'Brien", "Smith, Jr.", `Back\slash`, "Plus+Minus",
	"#hash", "=formula", `"quoted"`, "semi;colon", "𝒳 astral", "two  blanks",
}

// People is LDIF with n people below ou=people: inetOrgPerson, always the
// same for the same n, each but the first with a manager, every tenth with an
// awkward family name, every hundredth locked by an administrator.
func People(n int) string {
	var b strings.Builder
	b.Grow(n * 640)
	for i := range n {
		family := familyName(i)
		given := fmt.Sprintf("Given%d", i%500)
		writeLine(&b, "dn", personDN(i))
		b.WriteString("objectClass: inetOrgPerson\n")
		writeLine(&b, "entryUUID", ID(i))
		writeLine(&b, "uid", fmt.Sprintf("p%06d", i))
		writeLine(&b, "cn", commonName(i))
		writeLine(&b, "sn", family)
		writeLine(&b, "givenName", given)
		writeLine(&b, "displayName", given+" "+family)
		writeLine(&b, "mail", fmt.Sprintf("Person.%d@example.com", i))
		if i%3 == 0 {
			writeLine(&b, "mail", fmt.Sprintf("p%06d@corp.example.com", i))
		}
		writeLine(&b, "title", fmt.Sprintf("Title %d", i%40))
		writeLine(&b, "ou", fmt.Sprintf("Department %d", i%25))
		writeLine(&b, "o", "Example")
		writeLine(&b, "employeeNumber", fmt.Sprint(100000+i))
		writeLine(&b, "employeeType", []string{"staff", "contractor", "intern"}[i%3])
		writeLine(&b, "l", []string{"Wien", "Zürich", "São Paulo", "Oslo"}[i%4])
		if i > 0 {
			writeLine(&b, "manager", personDN((i-1)/10))
		}
		if i%100 == 99 {
			writeLine(&b, "pwdAccountLockedTime", "000001010000Z")
		}
		b.WriteString("\n")
	}
	return b.String()
}

// ID is the entryUUID of the i-th of [People], counted from 0.
func ID(i int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012x", i) }

// IDs are the entryUUIDs of the first n of [People].
func IDs(n int) []string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = ID(i)
	}
	return ids
}

func familyName(i int) string {
	if i%10 == 0 {
		return awkward[i/10%len(awkward)]
	}
	return fmt.Sprintf("Family%d", i%1000)
}

func commonName(i int) string { return fmt.Sprintf("%s %d", familyName(i), i) }

// personDN names every tenth by an awkward cn, the others by uid.
func personDN(i int) string {
	rdn := fmt.Sprintf("uid=p%06d", i)
	if i%10 == 0 {
		rdn = "cn=" + escapeDN(commonName(i))
	}
	return rdn + ",ou=people," + Base
}

// escapeDN follows RFC 4514, section 2.4, for values without outer blanks.
func escapeDN(value string) string {
	escaped := strings.NewReplacer(
		`\`, `\\`, `"`, `\"`, `,`, `\,`, `+`, `\+`, `;`, `\;`, `=`, `\=`).Replace(value)
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
