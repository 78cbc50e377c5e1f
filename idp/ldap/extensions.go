package ldap

import (
	"cmp"
	"strings"

	"cohort/internal/fault"
)

// extension is one of an LDAP URL's extensions (RFC 4516, section 2).
type extension struct {
	name, value string
	critical    bool
}

func (a *address) addExtension(part string) error {
	if part == "" {
		return nil
	}
	part, critical := strings.CutPrefix(part, "!")
	rawName, rawValue, _ := strings.Cut(part, "=")
	name, err := decode(rawName)
	if err != nil {
		return err
	}
	value, err := decode(rawValue)
	if err != nil {
		return err
	}
	if name == "" {
		return badURL("an extension has no name")
	}
	a.extensions = append(a.extensions, extension{name, value, critical})
	return nil
}

// extend takes up an extension of the URL where the settings say nothing else:
// whom to bind as (RFC 2255, section 4; RFC 4516 dropped it, and clients still
// have it), and StartTLS, as other clients have it. Others are ignored unless
// they are critical.
func (c *Config) extend(scheme string, e extension) error {
	switch strings.ToLower(e.name) {
	case "bindname":
		c.BindDN = cmp.Or(c.BindDN, e.value)
		if c.BindDN == "" && e.critical {
			return badURL("the extension bindname names nobody")
		}
	case "x-bindpw", "bindpw", "password":
		return fault.New(fault.Usage, "give it by --ldap-password-file or COHORT_LDAP_PASSWORD",
			"--idp: the URL holds a password")
	case "starttls", "x-starttls", startTLSName:
		if scheme != "ldap" {
			return fault.New(fault.Usage, "leave the extension out", "--idp: StartTLS is for ldap:// and not for %s://", scheme)
		}
		if e.critical && c.StartTLS == startTLSOff {
			return fault.New(fault.Usage, "choose one", "--ldap-starttls: it is off, and the URL of --idp demands it")
		}
		c.StartTLS = cmp.Or(c.StartTLS, startTLSRequire)
	default:
		if e.critical {
			return fault.New(fault.Usage, "credentials and TLS have settings of their own (--ldap-…)",
				"--idp: the URL demands the extension %q, which is not supported", e.name)
		}
	}
	return nil
}
