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

// ownFields are those that every user has beside the profile, as Okta spells
// them (the same page). Their names in any case mean them, and not an attribute
// that an org has called so: that is asked for as profile.NAME.
func ownFields() []string {
	return []string{
		"id", "status", "created", "activated", "statusChanged", "lastLogin", "lastUpdated", "passwordChanged",
		"type", "realmId",
	}
}

// spelled is a name as it stands among those that Okta knows.
func spelled(name string, known []string) (string, bool) {
	at := slices.IndexFunc(known, func(own string) bool { return strings.EqualFold(own, name) })
	if at < 0 {
		return "", false
	}
	return known[at], true
}

// ownField is the field beside the profile that a name means, which may be a
// path into it, such as type.id.
func ownField(name string) (string, bool) {
	name, _, _ = strings.Cut(name, ".")
	return spelled(name, ownFields())
}

// baseAttribute is the attribute of every org's profiles that a name means,
// which may be a path to it, such as profile.department.
func baseAttribute(name string) (string, bool) {
	if path, attribute, isPath := strings.Cut(name, "."); isPath && strings.EqualFold(path, "profile") {
		name = attribute
	}
	return spelled(name, baseAttributes())
}

// projection is what is asked of each user.
type projection struct{ own, profile []string }

// projectionOf is what a request takes. It is false, for all there is, where an
// attribute is the org's own: Okta wants those spelled exactly, only the org
// knows how they are, and no page of Okta's says that a profile can be asked for
// as a whole and the other fields by name.
func projectionOf(req idp.Request) (projection, bool) {
	p := projection{
		own:     []string{"id", "status", "created"},
		profile: slices.Concat(candidates(idp.Logins), candidates(idp.Email), candidates(idp.Aliases)),
	}
	add := func(to *[]string, name string) {
		if !slices.Contains(*to, name) {
			*to = append(*to, name)
		}
	}
	for _, field := range req.Fields {
		names := candidates(field)
		if field == idp.Name {
			names = append(names, nameParts()...)
		}
		for _, name := range names {
			add(&p.profile, name)
		}
	}
	for _, name := range req.Attributes {
		name = strings.TrimSpace(name)
		if own, ok := ownField(name); ok {
			add(&p.own, own)
		} else if attribute, ok := baseAttribute(name); ok {
			add(&p.profile, attribute)
		} else {
			return projection{}, false
		}
	}
	return p, !req.All
}

// String is the parameter "fields".
func (p projection) String() string {
	return strings.Join(p.own, ",") + ",profile:(" + strings.Join(p.profile, ",") + ")"
}
