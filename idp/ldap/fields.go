package ldap

import "cohort/idp"

// candidates are the attributes of each field in the order in which they are
// asked; the first that has a value wins. ManagerEmail is Person.Manager,
// StartDate has no customary attribute. Active Directory's order is everybody
// else's without what it does not have, so that a file maps as its server.
func candidates(field idp.Field, f flavour) []string {
	isAD := f == activeDirectory
	switch field {
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
