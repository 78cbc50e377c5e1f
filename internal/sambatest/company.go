package sambatest

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"cohort/internal/ldif"
)

// Where the entries of [Company] are.
const (
	PeopleUnit    = "OU=People," + Base
	BoardUnit     = "OU=Vorstand & Räte," + Base
	GroupsUnit    = "OU=Groups," + Base
	ContactsUnit  = "OU=Contacts," + Base
	ComputersUnit = "CN=Computers," + Base // which every domain has
)

// Accounts that stand for one state each; they have a password.
const (
	Chief           = "chief"           // in BoardUnit, with a comma and an umlaut in the name
	Active          = "active"          // accountExpires 0
	NeverExpires    = "neverexpires"    // accountExpires at its maximum
	ExpiresLater    = "expireslater"    // in 2099
	Expired         = "expired"         // in 2020
	SwitchedOff     = "switchedoff"     // userAccountControl 514
	LockedOut       = "lockedout"       // after mistyped passwords
	MustChange      = "mustchange"      // pwdLastSet 0
	PasswordExpired = "passwordexpired" // set in 2001
)

// Groups of [Company], by cn.
const (
	Everybody = "Everybody"         // all of [People], directly
	Staff     = "Staff, all"        // has Everybody as its only member
	Drinks    = "Getränke+Ausflüge" // every tenth of People, from the first
)

// People are the accounts that stand for one state each, then n plain ones,
// always the same for the same n. The chief is the manager of the other special
// ones, each of which has up to ten of the plain ones, who have the next.
func People(n int) []Person {
	day := func(year int) int64 { return FileTime(time.Date(year, 6, 30, 22, 0, 0, 0, time.UTC)) }
	chief := Person{Account: Chief, Name: "Müller, Jürgen (Chef)", Unit: BoardUnit, PasswordSet: day(2026)}
	people := []Person{
		chief,
		{Account: Active, Name: "Łukasz Ångström", PasswordSet: day(2026)},
		{Account: NeverExpires, Name: "Never Expires", Expires: Never, PasswordSet: day(2026)},
		{Account: ExpiresLater, Name: "Expires #Later", Expires: day(2099), PasswordSet: day(2026)},
		{Account: Expired, Name: "#Expired", Expires: day(2020), PasswordSet: day(2026)},
		{Account: SwitchedOff, Name: `Switched\Off`, Control: NormalAccount | Disabled, PasswordSet: day(2026)},
		{Account: LockedOut, Name: "Locked + Out", Locked: day(2026), PasswordSet: day(2026)},
		{Account: MustChange, Name: "Must=Change", PasswordSet: 0},
		{Account: PasswordExpired, Name: `Password "Expired"`, PasswordSet: day(2001)},
	}
	for i := range people {
		people[i].Password = true
		if i > 0 {
			people[i].Manager = chief.DN()
		}
	}
	for i := range n {
		people = append(people, Person{
			Account:     fmt.Sprintf("p%06d", i),
			Name:        fmt.Sprintf("Family%d, Given%d", i, i%500),
			Expires:     Never,
			PasswordSet: day(2026),
		})
	}
	for i := range people {
		p := &people[i]
		p.ID = ID(i)
		if p.Unit == "" {
			p.Unit = PeopleUnit
		}
		if p.Manager == "" && i > 0 {
			p.Manager = people[1+(i-9)/10].DN()
		}
		p.Mail = strings.ToUpper(p.Account[:1]) + p.Account[1:] + "@" + DNSDomain
		// The primary address is not the first one on purpose.
		p.Proxies = []string{"smtp:" + p.Account + "@old.example", "SMTP:" + p.Mail, "sip:" + p.Mail}
	}
	return people
}

// Company is LDIF with [People], the groups, and what a reader of people has
// to leave out: a computer for every tenth person, a contact for every
// twentieth, and a person who was deleted.
func Company(n int) string {
	people := People(n)
	var b bytes.Buffer
	b.Grow(len(people) * 1000)
	for _, unit := range []string{PeopleUnit, BoardUnit, GroupsUnit, ContactsUnit} {
		ldif.WriteLine(&b, "dn", unit)
		b.WriteString("objectClass: organizationalUnit\n\n")
	}
	for i, person := range people {
		person.write(&b)
		if i%10 == 0 {
			writeComputer(&b, fmt.Sprintf("PC%06d", i))
		}
		if i%20 == 0 {
			writeContact(&b, fmt.Sprintf("Contact %d", i), fmt.Sprintf("contact%d@elsewhere.example", i))
		}
	}
	everybody := make([]string, len(people))
	var drinkers []string
	for i, person := range people {
		everybody[i] = person.DN()
		if i%10 == 0 {
			drinkers = append(drinkers, person.DN())
		}
	}
	writeGroup(&b, Everybody, "everybody", everybody)
	writeGroup(&b, Staff, "staff", []string{groupDN(Everybody)})
	writeGroup(&b, Drinks, "drinks", drinkers)

	deleted := Person{
		Account: "deleted", Name: "Deleted", Unit: PeopleUnit,
		ID: ID(len(people)), Mail: "deleted@" + DNSDomain,
	}
	deleted.write(&b)
	ldif.WriteLine(&b, "dn", deleted.DN())
	b.WriteString("changetype: delete\n\n")
	return b.String()
}

func groupDN(name string) string { return "CN=" + ldif.EscapeDN(name) + "," + GroupsUnit }

func writeGroup(b *bytes.Buffer, name, account string, members []string) {
	ldif.WriteLine(b, "dn", groupDN(name))
	ldif.WriteLine(b, "objectClass", "group")
	ldif.WriteLine(b, "sAMAccountName", account)
	for _, member := range members {
		ldif.WriteLine(b, "member", member)
	}
	b.WriteString("\n")
}

func writeComputer(b *bytes.Buffer, name string) {
	ldif.WriteLine(b, "dn", "CN="+name+","+ComputersUnit)
	ldif.WriteLine(b, "objectClass", "computer")
	ldif.WriteLine(b, "sAMAccountName", name+"$")
	ldif.WriteLine(b, "userAccountControl", fmt.Sprint(WorkstationAccount))
	b.WriteString("\n")
}

func writeContact(b *bytes.Buffer, name, mail string) {
	ldif.WriteLine(b, "dn", "CN="+name+","+ContactsUnit)
	ldif.WriteLine(b, "objectClass", "contact")
	ldif.WriteLine(b, "mail", mail)
	b.WriteString("\n")
}
