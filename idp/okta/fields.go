package okta

import (
	"slices"
	"strings"

	"cohort/idp"
)

// candidates are the attributes of each field in the order in which they are
// asked; the first that has a value wins. Name has its own rule where they
// fail, all addresses and logins count, ManagerEmail is Person.Manager, Groups
// come from the groups, StatusRaw is no attribute, and StartDate has no
// customary one.
func candidates(field idp.Field) []string {
	switch field {
	case idp.Email:
		return []string{"email"}
	case idp.Aliases:
		return []string{"secondEmail"}
	case idp.Logins:
		return []string{"login"}
	case idp.ManagerEmail:
		return []string{"managerId", "manager"}
	case idp.Name:
		return []string{"displayName"}
	case idp.GivenName:
		return []string{"firstName"}
	case idp.FamilyName:
		return []string{"lastName"}
	case idp.Username:
		return []string{"login"}
	case idp.Title:
		return []string{"title"}
	case idp.Department:
		return []string{"department"}
	case idp.Division:
		return []string{"division"}
	case idp.CostCenter:
		return []string{"costCenter"}
	case idp.Organization:
		return []string{"organization"}
	case idp.EmployeeID:
		return []string{"employeeNumber"}
	case idp.EmployeeType:
		return []string{"userType"}
	case idp.City:
		return []string{"city"}
	case idp.Region:
		return []string{"state"}
	case idp.Country:
		return []string{"countryCode"}
	default:
		return nil
	}
}

// nameParts are what a name is made of where there is no displayName.
func nameParts() []string { return []string{"firstName", "lastName"} }

// baseAttributes are the attributes that every org's profiles know, as Okta
// spells them
// (https://developer.okta.com/docs/api/openapi/okta-management/management/tags/user).
func baseAttributes() []string {
	return []string{
		"login", "email", "secondEmail", "firstName", "lastName", "middleName",
		"honorificPrefix", "honorificSuffix", "title", "displayName", "nickName",
		"profileUrl", "primaryPhone", "mobilePhone", "streetAddress", "city",
		"state", "zipCode", "countryCode", "postalAddress", "preferredLanguage",
		"locale", "timezone", "userType", "employeeNumber", "costCenter",
		"organization", "division", "department", "managerId", "manager",
	}
}

// besideProfile is what is asked of each user besides the profile.
func besideProfile() []string { return []string{"id", "status", "created"} }

// projection is the parameter "fields" for a request: what is asked of each
// user. It is empty for all there is.
func projection(req idp.Request) string {
	profile := asked(req)
	if profile == nil {
		return ""
	}
	return strings.Join(besideProfile(), ",") + ",profile:(" + strings.Join(profile, ",") + ")"
}

// asked are the attributes of the profile that are asked for. It is nil, for
// all there is, where an attribute is the org's own: Okta wants those spelled
// exactly, and only the org knows how they are.
func asked(req idp.Request) []string {
	if req.All {
		return nil
	}
	profile := slices.Concat(candidates(idp.Logins), candidates(idp.Email), candidates(idp.Aliases))
	want := func(name string) bool {
		base := baseAttributes()
		i := slices.IndexFunc(base, func(own string) bool { return strings.EqualFold(own, name) })
		if i >= 0 && !slices.Contains(profile, base[i]) {
			profile = append(profile, base[i])
		}
		return i >= 0
	}
	for _, field := range req.Fields {
		names := candidates(field)
		if field == idp.Name {
			names = append(names, nameParts()...)
		}
		for _, name := range names {
			want(name)
		}
	}
	for _, name := range req.Attributes {
		if !want(strings.TrimSpace(name)) {
			return nil
		}
	}
	return profile
}
