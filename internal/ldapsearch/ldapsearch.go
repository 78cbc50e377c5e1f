// Package ldapsearch runs OpenLDAP's ldapsearch, by whose word tests judge what
// was read.
package ldapsearch

import (
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// Command is ldapsearch with simple authentication, its LDIF without comments
// and folded lines. No settings of this machine count; caFile, if any, names
// the authorities to trust. Its exit status is the LDAP result code.
func Command(ctx context.Context, caFile string, args ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, "ldapsearch", append([]string{"-x", "-LLL", "-o", "ldif-wrap=no"}, args...)...)
	command.Env = append(os.Environ(), "LDAPCONF="+os.DevNull, "HOME="+os.DevNull, "LDAPTLS_CACERT="+caFile)
	command.WaitDelay = time.Second
	return command
}

// Values are the values of one attribute in what ldapsearch wrote, sorted;
// binary ones are bytes.
func Values(ldif, attribute string) ([]string, error) {
	var values []string
	for line := range strings.Lines(ldif) {
		value, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), attribute+":")
		if !ok {
			continue
		}
		if encoded, ok := strings.CutPrefix(value, ": "); ok {
			decoded, err := base64.StdEncoding.DecodeString(encoded)
			if err != nil {
				return nil, fmt.Errorf("ldapsearch wrote %q: %w", line, err)
			}
			values = append(values, string(decoded))
			continue
		}
		values = append(values, strings.TrimPrefix(value, " "))
	}
	slices.Sort(values)
	return values, nil
}
