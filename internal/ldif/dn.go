package ldif

import "strings"

// EscapeDN writes a value for a DN (RFC 4514, section 2.4), with the equals
// sign escaped too, which that leaves open and Samba wants. Outer blanks are
// not provided for.
func EscapeDN(value string) string {
	escaped := strings.NewReplacer(
		`\`, `\\`, `"`, `\"`, `,`, `\,`, `+`, `\+`, `;`, `\;`, `<`, `\<`, `>`, `\>`, `=`, `\=`).Replace(value)
	if strings.HasPrefix(escaped, "#") {
		return `\` + escaped
	}
	return escaped
}
