package ldap

import (
	"strconv"
	"strings"
)

// entryKind says whether an entry of a file is a person.
type entryKind uint8

const (
	aPerson entryKind = iota
	somethingElse
	// unclear is an entry without an objectClass that has nothing that people
	// have.
	unclear
)

const (
	// normalUser is SAM_NORMAL_USER_ACCOUNT (MS-SAMR, section 2.2.1.9).
	normalUser = "805306368"
	// machineAccounts are the bits of userAccountControl for trusts, computers
	// and domain controllers (MS-ADTS, section 2.2.16).
	machineAccounts = 1<<11 | 1<<12 | 1<<13
	// compatibilityTree is where FreeIPA shows its people once more.
	compatibilityTree = ",cn=compat,"
)

// kindOf does what the filter does where a server is searched.
func kindOf(e *entry) entryKind {
	var hasClass, isPerson, isGroup, looksSo bool
	for _, a := range e.Attributes {
		switch strings.ToLower(a.Name) {
		case "objectclass":
			hasClass = true
			for _, class := range a.Values {
				switch classKind(class) {
				case somethingElse:
					return somethingElse
				case aPerson:
					isPerson = true
				}
			}
		case "samaccounttype":
			if first(a.Values) != normalUser {
				return somethingElse
			}
			looksSo = true
		case "useraccountcontrol":
			flags, err := strconv.ParseInt(first(a.Values), 10, 64)
			if err == nil && flags&machineAccounts != 0 {
				return somethingElse
			}
			looksSo = true
		case "samaccountname", "uid", "userid":
			// So do the names of computers' accounts end.
			if strings.HasSuffix(first(a.Values), "$") {
				return somethingElse
			}
			looksSo = true
		case "isdeleted":
			if strings.EqualFold(first(a.Values), "true") {
				return somethingElse
			}
		case "member", "uniquemember", "memberuid", "grouptype":
			isGroup = true
		case "mail", "userprincipalname", "givenname", "sn", "surname", "displayname", "employeenumber", "employeeid":
			looksSo = true
		}
	}
	switch {
	case strings.TrimSpace(e.DN) == "": // the root DSE
		return somethingElse
	case strings.Contains(strings.ToLower(e.DN), compatibilityTree):
		return somethingElse
	case isPerson, !hasClass && !isGroup && looksSo:
		return aPerson
	case hasClass, isGroup:
		return somethingElse
	default:
		return unclear
	}
}

// classKind is what one class of an entry says: that it is a person, that it
// is none whatever its other classes say, or nothing.
func classKind(class string) entryKind {
	switch strings.ToLower(class) {
	case "person", "organizationalperson", "inetorgperson", "residentialperson", "user", "posixaccount":
		return aPerson
	case "computer", "contact", "group", "msds-managedserviceaccount", "msds-groupmanagedserviceaccount",
		"msds-delegatedmanagedserviceaccount":
		return somethingElse
	default:
		return unclear
	}
}
