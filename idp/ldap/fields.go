package ldap

import (
	"slices"

	"cohort/idp"
)

// candidates are the attributes of each field in the order in which they are
// asked; the first that has a value wins, but for addresses and logins, which
// all count. ManagerEmail is Person.Manager, StartDate has no customary
// attribute, and what the status comes from is in [signsOf]. Active Directory's order is everybody
// else's without what it does not have, so that a file maps as its server.
func candidates(field idp.Field, f flavour) []string {
	isAD := f == activeDirectory
	switch field {
	case idp.Email:
		return []string{"mail"}
	case idp.Aliases:
		if isAD {
			return []string{"proxyAddresses"}
		}
		return []string{"proxyAddresses", "mailAlternateAddress"}
	case idp.Logins:
		if isAD {
			return []string{"userPrincipalName"}
		}
		return []string{"userPrincipalName", "uid"}
	case idp.ID:
		if isAD {
			return []string{"objectGUID"}
		}
		return []string{"objectGUID", "entryUUID", "nsUniqueId", "ipaUniqueID"}
	case idp.ManagerEmail:
		return []string{"manager"}
	case idp.Name:
		return []string{"displayName", "cn"}
	case idp.GivenName:
		return []string{"givenName"}
	case idp.FamilyName:
		return []string{"sn"}
	case idp.Username:
		if isAD {
			return []string{"sAMAccountName"}
		}
		return []string{"sAMAccountName", "uid"}
	case idp.Title:
		return []string{"title"}
	case idp.Department:
		return []string{"department", "ou", "departmentNumber"}
	case idp.Division:
		return []string{"division"}
	case idp.CostCenter:
		return []string{"costCenter"}
	case idp.Organization:
		return []string{"company", "o"}
	case idp.EmployeeID:
		return []string{"employeeID", "employeeNumber"}
	case idp.EmployeeType:
		return []string{"employeeType"}
	case idp.City:
		return []string{"l"}
	case idp.Region:
		return []string{"st"}
	case idp.Country:
		return []string{"c", "co"}
	case idp.Groups:
		if f == other {
			// eDirectory and the descendants of Sun's server have names of
			// their own.
			return []string{"memberOf", "isMemberOf", "groupMembership"}
		}
		return []string{"memberOf"}
	default:
		return nil
	}
}

// feeds are the fields that an attribute by its canonical name may come to.
func feeds(attribute string, f flavour) []idp.Field {
	var fields []idp.Field
	isIt := func(name string) bool { return canonical(name) == attribute }
	for _, field := range idp.MappableFields() {
		names := candidates(field, f)
		if field == idp.StatusName {
			for _, sign := range signsOf(f, false) {
				names = append(names, sign.name)
			}
		}
		if slices.ContainsFunc(names, isIt) {
			fields = append(fields, field)
		}
	}
	return fields
}
