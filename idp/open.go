package idp

import (
	"slices"
	"strings"

	"cohort/internal/fault"
)

// Opener makes the connector that reads one kind of URL. The caller's settings
// (credentials, files, overrides) are in its closure.
type Opener func(url string) (Connector, error)

// FileScheme is the key of the [Opener] for what has no scheme: a path or "-".
const FileScheme = "file"

// Open gives a URL to the opener of its scheme. What has no scheme is a path
// and goes to [FileScheme]; "demo:" has one, "C:\people.csv" has none.
//
// A URL with a user or a password in it is refused, since URLs show up in
// process lists, histories and manifests; the error does not repeat it.
func Open(url string, openers map[string]Opener) (Connector, error) {
	scheme, err := Scheme(url)
	if err != nil {
		return nil, err
	}
	open, ok := openers[scheme]
	if !ok {
		what := "\"" + scheme + ":\""
		if scheme == FileScheme {
			what = "files"
		}
		return nil, fault.New(fault.Usage, "write a server with its scheme, as in ldaps://host/base; known are "+knownSchemes(openers), "--idp: no connector reads %s", what)
	}
	return open(url)
}

// Scheme is the scheme of a URL in lower case, or [FileScheme] for a path.
func Scheme(url string) (string, error) {
	scheme, rest, found := strings.Cut(url, ":")
	// One letter is a drive of Windows, and a path may hold a colon.
	if !found || len(scheme) < 2 || !isScheme(scheme) {
		return FileScheme, nil
	}
	if authority, ok := strings.CutPrefix(rest, "//"); ok {
		if end := strings.IndexAny(authority, "/?#"); end >= 0 {
			authority = authority[:end]
		}
		if strings.Contains(authority, "@") {
			return "", fault.New(fault.Usage,
				"give the user by its own setting and the password by environment or file",
				"--idp: the URL holds a user or a password")
		}
	}
	return strings.ToLower(scheme), nil
}

// isScheme follows RFC 3986, section 3.1.
func isScheme(s string) bool {
	for i, c := range []byte(s) {
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letter && (i == 0 || !strings.ContainsRune("0123456789+-.", rune(c))) {
			return false
		}
	}
	return true
}

func knownSchemes(openers map[string]Opener) string {
	var known []string
	for scheme := range openers {
		if scheme != FileScheme {
			known = append(known, scheme+":")
		}
	}
	slices.Sort(known)
	return strings.Join(known, ", ")
}
