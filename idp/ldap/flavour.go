package ldap

import (
	"slices"
	"strings"
)

// flavour is what kind of server a directory is, as far as that changes what
// is asked of it.
type flavour uint8

const (
	other flavour = iota
	// activeDirectory is Samba's domain controller too.
	activeDirectory
	openLDAP
	// ds389 is 389 Directory Server by any of its names.
	ds389
	freeIPA
)

// String names the flavour as its users do.
func (f flavour) String() string {
	switch f {
	case activeDirectory:
		return "Active Directory"
	case openLDAP:
		return "OpenLDAP"
	case ds389:
		return "389 Directory Server"
	case freeIPA:
		return "FreeIPA"
	default:
		return "an LDAP server"
	}
}

// flavourAttributes are the attributes of the root DSE that [flavourOf] reads.
func flavourAttributes() []string {
	return []string{
		"supportedCapabilities", "objectClass", "configContext", "vendorName",
		"supportedExtension", "ipaDomainLevel", "ipaTopologyPluginVersion",
	}
}

const (
	// capabilityDomainController is LDAP_CAP_ACTIVE_DIRECTORY_OID (MS-ADTS,
	// section 3.1.1.3.4.3.1). AD LDS, which has neither sAMAccountName nor
	// userAccountControl, does not show it.
	capabilityDomainController = "1.2.840.113556.1.4.800"
	// extensionsFreeIPA is the arc of FreeIPA's own extended operations.
	extensionsFreeIPA = "2.16.840.1.113730.3.8.10."
)

// flavourOf recognises a server by its root DSE. The names of root's
// attributes are in lower case.
func flavourOf(root map[string][]string) flavour {
	holds := func(name string, is func(value string) bool) bool {
		return slices.ContainsFunc(root[name], is)
	}
	isVendor := func(value string) bool {
		value = strings.ToLower(value)
		return strings.Contains(value, "389 project") || strings.Contains(value, "fedora") || strings.Contains(value, "red hat")
	}
	switch {
	case slices.Contains(root["supportedcapabilities"], capabilityDomainController):
		return activeDirectory
	// FreeIPA is a 389 Directory Server with plug-ins, and older ones lack the
	// attributes of the topology.
	case len(root["ipadomainlevel"]) > 0, len(root["ipatopologypluginversion"]) > 0,
		holds("supportedextension", func(oid string) bool { return strings.HasPrefix(oid, extensionsFreeIPA) }):
		return freeIPA
	case holds("vendorname", isVendor):
		return ds389
	case holds("objectclass", func(class string) bool { return strings.EqualFold(class, "OpenLDAProotDSE") }),
		len(root["configcontext"]) > 0:
		return openLDAP
	default:
		return other
	}
}

// filter is who counts as a person when the user gave no filter. Entries that
// were deleted are shown to nobody who does not ask for them by a control.
func (f flavour) filter() string {
	switch f {
	case activeDirectory:
		// SAM_NORMAL_USER_ACCOUNT of MS-SAMR, section 2.2.1.9: indexed
		// and in the global catalogue, it leaves out computers, managed service
		// accounts and trusts, which are users by class, and contacts, which
		// are persons.
		return "(sAMAccountType=805306368)"
	case freeIPA:
		// The compatibility tree shows everybody again, as no person.
		return "(&(objectClass=person)(objectClass=posixAccount))"
	default:
		return "(objectClass=person)"
	}
}

// base is where people are below a naming context when the user named no
// base. FreeIPA keeps those who were deleted but preserved, and those who are
// yet to come, below the same context.
func (f flavour) base(context string) string {
	if f == freeIPA {
		return "cn=users,cn=accounts," + context
	}
	return context
}
