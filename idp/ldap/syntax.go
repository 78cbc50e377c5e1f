package ldap

import (
	"encoding/base64"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// syntax says how the values of an attribute become text. A directory does not
// tell with its entries, so the names tell.
type syntax uint8

const (
	plainText syntax = iota // stays as it is, also where it is no UTF-8
	guidBytes
	sidBytes
	fileTime
	generalizedTime
	octets
)

// text is a value's customary text; it is empty for a time that stands for
// "never".
func (s syntax) text(value string) string {
	switch s {
	case guidBytes:
		return guidText(value)
	case sidBytes:
		return sidText(value)
	case fileTime:
		return fileTimeText(value)
	case generalizedTime:
		return generalizedTimeText(value)
	case octets:
		return base64.StdEncoding.EncodeToString([]byte(value))
	default:
		return value
	}
}

// texts are the values' texts, without those that are empty.
func (s syntax) texts(values []string) []string {
	if s == plainText {
		return slices.Clone(values)
	}
	var texts []string
	for _, value := range values {
		if text := s.text(value); text != "" {
			texts = append(texts, text)
		}
	}
	return texts
}

// octetsOrText is what bytes of a known shape become that do not have it.
func octetsOrText(value string) string {
	if utf8.ValidString(value) && !strings.ContainsFunc(value, unicode.IsControl) {
		return value
	}
	return octets.text(value)
}

// syntaxOf goes by the canonical name. The option "binary" says that a value
// comes in its own encoding (RFC 4522).
func syntaxOf(canonical string) syntax {
	name, options, _ := strings.Cut(canonical, ";")
	if slices.Contains(strings.Split(options, ";"), "binary") {
		return octets
	}
	switch name {
	case "objectguid", "ms-ds-consistencyguid", "msexchmailboxguid", "msexcharchiveguid", "msds-optionalfeatureguid":
		return guidBytes
	case "objectsid", "sidhistory", "securityidentifier", "ms-ds-creatorsid", "msexchmasteraccountsid", "tokengroups":
		return sidBytes
	case "accountexpires", "pwdlastset", "lastlogon", "lastlogontimestamp", "lastlogoff", "badpasswordtime",
		"lockouttime", "msds-userpasswordexpirytimecomputed", "msds-lastsuccessfulinteractivelogontime",
		"msds-lastfailedinteractivelogontime", "ms-mcs-admpwdexpirationtime", "mslaps-passwordexpirationtime":
		return fileTime
	case
		// RFC 4512, Active Directory
		"createtimestamp", "modifytimestamp", "whencreated", "whenchanged", "dscorepropagationdata",
		"msexchwhenmailboxcreated", "mstsexpiredate", "mstsexpiredate2", "mstsexpiredate3", "mstsexpiredate4",
		// password policies (draft-behera-ldap-password-policy), OpenLDAP's lastbind
		"pwdchangedtime", "pwdaccountlockedtime", "pwdfailuretime", "pwdgraceusetime", "pwdstarttime", "pwdendtime",
		"pwdlastsuccess", "authtimestamp",
		// MIT Kerberos
		"krblastpwdchange", "krbpasswordexpiration", "krbprincipalexpiration", "krblastsuccessfulauth",
		"krblastfailedauth", "krblastadminunlock",
		// 389 Directory Server, eDirectory
		"passwordexpirationtime", "accountunlocktime", "retrycountresettime", "lastlogintime",
		"logintime", "loginexpirationtime", "lastlogintimestamp":
		return generalizedTime
	case
		// RFC 4523, RFC 2798, RFC 4524
		"usercertificate", "cacertificate", "usersmimecertificate", "userpkcs12", "jpegphoto", "photo", "audio",
		"authorityrevocationlist", "certificaterevocationlist", "crosscertificatepair",
		// Active Directory, Exchange
		"thumbnailphoto", "thumbnaillogo", "logonhours", "ntsecuritydescriptor", "msexchmailboxsecuritydescriptor",
		"replpropertymetadata", "msexchsafesendershash", "msexchsaferecipientshash", "msexchblockedsendershash",
		"msmqsigncertificates", "msmqdigests", "msds-groupmsamembership", "msds-allowedtoactonbehalfofotheridentity",
		// FreeIPA, eDirectory
		"krbprincipalkey", "krbextradata", "ipanthash", "guid":
		return octets
	default:
		return plainText
	}
}
