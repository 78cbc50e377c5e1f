package slapdtest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"cohort/internal/testca"
)

// Base is the naming context of every [Server].
const Base = "dc=example,dc=com"

const password = "only for this test"

// Config says how a slapd differs from one that lets everybody read everything
// without limits.
type Config struct {
	// LDIF holds entries below Base, parents first; operational attributes
	// such as entryUUID may be given. See [People].
	LDIF string
	// SizeLimit is how many entries a search without paging may give (result
	// code 4 after that); 0 is no limit. Paged searches are not limited by it.
	SizeLimit int
	// PagedLimit is how many entries all pages of one search may give
	// together; 0 is no limit.
	PagedLimit int
	// TLS adds StartTLS and an ldaps:// listener.
	TLS *testca.Certificate
	// ClientCA is the PEM file of a CA, one of whose certificates every client
	// has to show in TLS. One for "reader" may sign in as BindDN.
	ClientCA string
	// HideMail keeps everybody from reading addresses.
	HideMail bool
	// Anonymous is what an anonymous client may do.
	Anonymous Anonymous
	// Access holds lines of slapd.conf that say who may read what, in place of
	// the rules that the fields above make; passwords stay hidden.
	Access string
	// RootDSE holds further attributes of the root DSE, as lines of LDIF.
	RootDSE string
	// ActiveDirectory adds the schema of Active Directory's attributes; with
	// objectClass extensibleObject an entry may have any of them.
	ActiveDirectory bool
}

// Anonymous is what an anonymous client may do.
type Anonymous int

// From everything to nothing.
const (
	// AnonymousReads lets it read all but passwords.
	AnonymousReads Anonymous = iota
	// AnonymousSeesNothing lets it search, successfully, and hides all entries.
	AnonymousSeesNothing
	// AnonymousSeesNoBase hides that the base exists (result code 32).
	AnonymousSeesNoBase
	// AnonymousRefused refuses its bind (result code 48).
	AnonymousRefused
)

func (c Config) slapdConf(t testing.TB, install installation, folder string) string {
	t.Helper()
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }

	schemas := []string{"core", "cosine", "inetorgperson", "nis"}
	if c.ActiveDirectory {
		schemas = append(schemas, "msuser")
	}
	for _, schema := range schemas {
		line("include %s/%s.schema", install.schemas, schema)
	}
	line("modulepath %s", install.modules)
	line("moduleload back_mdb")
	line("moduleload ppolicy")
	line("sizelimit size.soft=%s size.hard=%s size.pr=unlimited size.prtotal=%s",
		limit(c.SizeLimit), limit(c.SizeLimit), limit(c.PagedLimit))
	if c.TLS != nil {
		line("TLSCertificateFile %s", c.TLS.CertFile)
		line("TLSCertificateKeyFile %s", c.TLS.KeyFile)
	}
	if c.ClientCA != "" {
		line("TLSCACertificateFile %s", c.ClientCA)
		line("TLSVerifyClient demand")
		line("authz-regexp ^cn=([^,]+)$ cn=$1,%s", Base)
	}
	// On the socket, SASL EXTERNAL is the user that runs the test.
	line("authz-regexp ^gidNumber=[0-9]+[+]uidNumber=%d,cn=peercred,cn=external,cn=auth$ cn=reader,%s", os.Getuid(), Base)
	if c.Anonymous == AnonymousRefused {
		line("disallow bind_anon")
	}
	if c.RootDSE != "" {
		path := filepath.Join(folder, "rootdse.ldif")
		write(t, path, "dn:\n"+strings.TrimSpace(c.RootDSE)+"\n")
		line("rootDSE %s", path)
	}

	line("database mdb")
	line("suffix %s", Base)
	line("rootdn cn=root,%s", Base)
	line("rootpw %q", password)
	line("directory %s", filepath.Join(folder, "db"))
	line("maxsize %d", 1<<30) // a sparse file
	line("dbnosync")
	line("index objectClass eq")
	line("overlay ppolicy") // brings pwdAccountLockedTime
	line("access to attrs=userPassword by anonymous auth by * none")
	if c.HideMail {
		line("access to attrs=mail by * none")
	}
	reader := "by dn.exact=cn=reader," + Base + " read"
	switch {
	case c.Access != "":
		line("%s", strings.TrimSpace(c.Access))
	case c.Anonymous == AnonymousSeesNothing:
		line("access to dn.base=%s %s by * search", Base, reader)
		line("access to * %s by * none", reader)
	case c.Anonymous == AnonymousSeesNoBase:
		line("access to * %s by * none", reader)
	default:
		line("access to * by * read")
	}

	line("database monitor") // counts connections
	line("access to * by * read")
	return b.String()
}

func limit(n int) string {
	if n == 0 {
		return "unlimited"
	}
	return fmt.Sprint(n)
}

// skeleton is what a [Server] holds before Config.LDIF.
func skeleton() string {
	return fmt.Sprintf(`dn: %[1]s
objectClass: dcObject
objectClass: organization
dc: example
o: Example

dn: ou=people,%[1]s
objectClass: organizationalUnit
ou: people

dn: cn=reader,%[1]s
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: reader
userPassword: %[2]s

`, Base, password)
}

// installation is where the parts of OpenLDAP are.
type installation struct{ slapd, modules, schemas string }

// find looks where Debian, Fedora and Arch put OpenLDAP.
func find(t testing.TB) installation {
	t.Helper()
	const missing = "slapd is not installed: apt-get install slapd ldap-utils"
	found := installation{
		slapd:   first("/usr/sbin/slapd", "/usr/lib/openldap/slapd", "/usr/lib/slapd"),
		modules: first("/usr/lib/ldap", "/usr/lib64/openldap", "/usr/lib/openldap"),
		schemas: first("/etc/ldap/schema", "/etc/openldap/schema"),
	}
	if found.slapd == "" || found.modules == "" || found.schemas == "" {
		t.Skip(missing)
	}
	if _, err := exec.LookPath("ldapsearch"); err != nil {
		t.Skip(missing)
	}
	return found
}

func first(paths ...string) string {
	for _, path := range paths {
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	return ""
}
