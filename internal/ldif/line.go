// Package ldif writes the lines of LDIF (RFC 2849), for the sample company and
// for the servers of tests.
package ldif

import (
	"bytes"
	"encoding/base64"
	"strings"
)

// WriteLine writes what RFC 2849 calls an attrval-spec, with its line feed: the
// value as it is where it is safe, else in Base64.
func WriteLine(to *bytes.Buffer, name, value string) {
	to.WriteString(name)
	if isSafe(value) {
		to.WriteString(": " + value + "\n")
		return
	}
	to.WriteString(":: " + base64.StdEncoding.EncodeToString([]byte(value)) + "\n")
}

// isSafe reports whether a value is RFC 2849's SAFE-STRING and does not end
// with a blank, which an editor may drop. Of the control characters LDIF allows
// all but NUL, LF and CR; they are encoded here so that everybody can read the
// file.
func isSafe(value string) bool {
	return value != "" &&
		!strings.ContainsRune(" :<", rune(value[0])) &&
		!strings.HasSuffix(value, " ") &&
		!strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r > '~' })
}
