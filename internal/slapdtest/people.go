package slapdtest

import (
	"bytes"
	"fmt"

	"cohort/internal/ldif"
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
	var b bytes.Buffer
	b.Grow(n * 640)
	for i := range n {
		family := familyName(i)
		given := fmt.Sprintf("Given%d", i%500)
		ldif.WriteLine(&b, "dn", personDN(i))
		b.WriteString("objectClass: inetOrgPerson\n")
		ldif.WriteLine(&b, "entryUUID", ID(i))
		ldif.WriteLine(&b, "uid", fmt.Sprintf("p%06d", i))
		ldif.WriteLine(&b, "cn", commonName(i))
		ldif.WriteLine(&b, "sn", family)
		ldif.WriteLine(&b, "givenName", given)
		ldif.WriteLine(&b, "displayName", given+" "+family)
		ldif.WriteLine(&b, "mail", fmt.Sprintf("Person.%d@example.com", i))
		if i%3 == 0 {
			ldif.WriteLine(&b, "mail", fmt.Sprintf("p%06d@corp.example.com", i))
		}
		ldif.WriteLine(&b, "title", fmt.Sprintf("Title %d", i%40))
		ldif.WriteLine(&b, "ou", fmt.Sprintf("Department %d", i%25))
		ldif.WriteLine(&b, "o", "Example")
		ldif.WriteLine(&b, "employeeNumber", fmt.Sprint(100000+i))
		ldif.WriteLine(&b, "employeeType", []string{"staff", "contractor", "intern"}[i%3])
		ldif.WriteLine(&b, "l", []string{"Wien", "Zürich", "São Paulo", "Oslo"}[i%4])
		if i > 0 {
			ldif.WriteLine(&b, "manager", personDN((i-1)/10))
		}
		if i%100 == 99 {
			ldif.WriteLine(&b, "pwdAccountLockedTime", "000001010000Z")
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
		rdn = "cn=" + ldif.EscapeDN(commonName(i))
	}
	return rdn + ",ou=people," + Base
}
