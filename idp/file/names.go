package file

import (
	"slices"
	"strings"

	"cohort/idp"
)

// managerRef is what a column means that names the manager by something else
// than an address; it is no field.
const managerRef idp.Field = "manager"

// distinguishedName is by what Active Directory names managers; it is no field.
const distinguishedName idp.Field = "distinguished_name"

// otherNames are those that well-known exports give their columns: Get-ADUser
// and csvde, the Entra admin centre and Microsoft Graph, Okta's CSV and API,
// Google Workspace's, SCIM, Workday and BambooHR. They stand as [plainName]
// gives them. Before them comes the field's own name.
//
// Names that mean one thing here and another there are left out: "Title" is a
// job and "Manager" a person everywhere, but "Office", "Type" and "Location" are
// anybody's guess. So are private addresses.
func otherNames(field idp.Field) string {
	switch field {
	case idp.Email:
		return "mail emailaddress primaryemail primaryemailaddress workemail workemailaddress primaryworkemail businessemail emailwork useremail"
	case idp.Aliases:
		return "alias emailaliases proxyaddresses secondemail secondaryemail worksecondaryemail othermails alternateemailaddress mailalternateaddress emailsvalue emailsaddress"
	case idp.Logins:
		return "login username userlogin userprincipalname upn uid"
	case idp.ID:
		return "id objectguid objectid entryuuid userid guid uuid"
	case idp.StatusName:
		return "status active enabled accountenabled isactive isenabled suspended issuspended archived disabled accountdisabled " +
			"userstatus accountstatus newstatus activestatus workerstatus employmentstatus employeestatus nsaccountlock useraccountcontrol"
	case idp.Name:
		return "displayname fullname namefullname cn worker"
	case idp.GivenName:
		return "firstname namegivenname"
	case idp.FamilyName:
		return "lastname surname sn namefamilyname"
	case idp.Username:
		return "samaccountname login userlogin uid"
	case idp.Title:
		return "jobtitle businesstitle employeetitle"
	case idp.Department:
		return "dept departmentname"
	case idp.CostCenter:
		return "costcentre"
	case idp.Organization:
		return "organisation company companyname"
	case idp.EmployeeID:
		return "employeenumber workerid personnelnumber"
	case idp.EmployeeType:
		return "workertype employmenttype usertype"
	case idp.ManagerEmail:
		return "manageremailaddress managermail supervisoremail managerworkemail"
	case managerRef:
		return "managerid manageremployeeid managerworkerid manageremployeenumber managerdn managervalue manageruserprincipalname managerusername " +
			"manager supervisorid supervisor reportsto"
	case distinguishedName:
		return "dn"
	case idp.City:
		return "l locality"
	case idp.Region:
		return "state st province stateprovince stateorprovince"
	case idp.Country:
		return "c countryregion countryorregion countrycode"
	case idp.StartDate:
		return "hiredate dateofhire employeehiredate joindate"
	case idp.Groups:
		return "memberof groupnames groupsdisplay groupsname"
	default:
		return ""
	}
}

// plainName leaves out what spellings of a name differ in: case, blanks and
// punctuation, what Google puts behind it in brackets ("Email Address
// [Required]"), and the object around a user's properties in Okta's API.
func plainName(name string) string {
	name, _, _ = strings.Cut(strings.ToLower(name), "[")
	name = strings.TrimPrefix(name, "profile.")
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" _-./'’\u00a0", r) {
			return -1
		}
		return r
	}, name)
}

// nearness says how well a column's name fits a field: the greater the better,
// 0 not at all.
type nearness int

const (
	strange nearness = iota
	knownName
	ownName
)

// fit says how well a name, as [plainName] gives it, fits a field: by the
// field's own name, or by another that is known for it. Columns that name the
// manager are never the same thing, and the first in the list is the nearest.
func fit(field idp.Field, plain string) nearness {
	if plain == "" {
		return strange
	}
	names := strings.Fields(otherNames(field))
	at := slices.Index(names, plain)
	switch {
	case field == managerRef:
		if at < 0 {
			return strange
		}
		return nearness(len(names) - at)
	case plain == plainName(string(field)):
		return ownName
	case at >= 0:
		return knownName
	default:
		return strange
	}
}
