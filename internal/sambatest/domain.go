package sambatest

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"cohort/internal/ldif"
	"cohort/internal/testca"
)

// The names of every domain.
const (
	Base          = "DC=corp,DC=example"
	DNSDomain     = "corp.example"
	NetBIOSDomain = "CORP"
)

// password is long and mixed enough for the domain's policy.
const password = "Only-4-this-test"

// bypassLastSet is Samba's own control that lets pwdLastSet be written.
const bypassLastSet = "1.3.6.1.4.1.7165.4.3.20"

// find skips the test where there is no Samba to run.
func find(t testing.TB) {
	t.Helper()
	for _, program := range []string{"samba", "samba-tool", "ldbmodify", "ldapsearch", "ip"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip(program + " is not installed: apt-get install --no-install-recommends samba" +
				" samba-ad-provision samba-dsdb-modules samba-vfs-modules ldb-tools ldap-utils iproute2")
		}
	}
	if os.Geteuid() != 0 {
		t.Skip("Samba needs root: its LDAP ports are fixed and take a network namespace")
	}
}

// provision makes a new domain below the folder.
func provision(t testing.TB, folder string) {
	t.Helper()
	// The machine's own smb.conf may be that of a file server.
	empty := filepath.Join(folder, "empty.conf")
	write(t, empty, "[global]\n")
	run(t, "samba-tool", "domain", "provision", "--quiet", "--configfile="+empty,
		"--targetdir="+folder, "--server-role=dc", "--dns-backend=NONE",
		"--realm="+strings.ToUpper(DNSDomain), "--domain="+NetBIOSDomain,
		"--host-name=dc1", "--host-ip=127.0.0.1", "--adminpass="+password)
}

// load changes the database before Samba runs, which is faster than LDAP and
// may write what only the system writes. In batch mode one bad record refuses
// all, and a thousand entries take a second instead of five.
func load(t testing.TB, folder, settings, ldif string) {
	t.Helper()
	path := filepath.Join(folder, "entries.ldif")
	write(t, path, ldif)
	run(t, "ldbmodify", "--configfile="+settings, "--nosync", "-o", "batch_mode:1",
		"--controls=relax:0", "--controls=local_oid:"+bypassLastSet+":0",
		"--url="+filepath.Join(folder, "private", "sam.ldb"), path)
}

func (c Config) smbConf(folder string, ca *testca.CA, certificate testca.Certificate) string {
	var b bytes.Buffer
	set := func(name, value string) { fmt.Fprintf(&b, "%s = %s\n", name, value) }
	b.WriteString("[global]\n")
	set("netbios name", "DC1")
	set("workgroup", NetBIOSDomain)
	set("realm", strings.ToUpper(DNSDomain))
	set("server role", "active directory domain controller")
	set("server services", "ldap")
	set("tls cafile", ca.File)
	set("tls certfile", certificate.CertFile)
	set("tls keyfile", certificate.KeyFile)
	if c.PlainBinds {
		set("ldap server require strong auth", "no")
	}
	// provision puts the first four here; by default all are the machine's own.
	set("private dir", filepath.Join(folder, "private"))
	set("state directory", filepath.Join(folder, "state"))
	set("cache directory", filepath.Join(folder, "cache"))
	set("lock directory", folder)
	set("pid directory", filepath.Join(folder, "run"))
	set("ncalrpc dir", filepath.Join(folder, "ncalrpc"))
	set("binddns dir", filepath.Join(folder, "bind-dns"))
	set("log file", filepath.Join(folder, "log"))
	return b.String()
}

// skeleton is what a [Server] holds before Config.LDIF, apart from what every
// domain has: a policy that does not depend on today's date (a lockout lasts
// until an administrator ends it, passwords expire after 20 years), and the
// reader.
func skeleton() string {
	const day = 24 * 60 * 60 * 1e7 // in units of 100 ns
	var b bytes.Buffer
	ldif.WriteLine(&b, "dn", Base)
	ldif.WriteLine(&b, "changetype", "modify")
	ldif.WriteLine(&b, "replace", "lockoutDuration")
	ldif.WriteLine(&b, "lockoutDuration", fmt.Sprint(math.MinInt64))
	b.WriteString("-\n")
	ldif.WriteLine(&b, "replace", "maxPwdAge")
	ldif.WriteLine(&b, "maxPwdAge", fmt.Sprint(int64(-20*365*day)))
	b.WriteString("\n")

	ldif.WriteLine(&b, "dn", "CN=reader,CN=Users,"+Base)
	ldif.WriteLine(&b, "objectClass", "user")
	ldif.WriteLine(&b, "sAMAccountName", "reader")
	ldif.WriteLine(&b, "userPrincipalName", "reader@"+DNSDomain)
	ldif.WriteLine(&b, "userAccountControl", fmt.Sprint(NormalAccount|PasswordNeverExpires))
	writePassword(&b, password)
	b.WriteString("\n")
	return b.String()
}

// run ends the test if a program fails.
func run(t testing.TB, program string, args ...string) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), program, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", program, args[0], err, out)
	}
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatalf("writing Samba's settings: %v", err)
	}
}
