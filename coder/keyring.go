package coder

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"net/url"
	"slices"
	"strings"

	"cohort/internal/transport"
)

// The entry in which Coder's command line keeps its tokens (cli/sessionstore of
// Coder 2.36.1, which its desktop applications share).
const (
	keyringService = "coder-v2-credentials"
	keyringAccount = "coder-login-credentials" // on macOS alone
)

// tokenOf finds the token for a deployment in the entry: a JSON object whose
// keys are hosts, with a port where the URL has one. It is empty when the entry
// has none.
func tokenOf(entry []byte, u *url.URL) (string, error) {
	var logins map[string]struct {
		Token string `json:"api_token"`
	}
	if len(entry) > 0 && json.Unmarshal(entry, &logins) != nil {
		// The library's error may repeat what it read.
		return "", errors.New("the entry " + keyringService + " is not as Coder writes it")
	}
	// First the host as Coder writes it, then those that mean the same.
	for _, host := range append([]string{strings.ToLower(u.Host)}, slices.Sorted(maps.Keys(logins))...) {
		login, isKept := logins[host]
		if isKept && transport.Origin(&url.URL{Scheme: u.Scheme, Host: host}) == transport.Origin(u) {
			return login.Token, nil
		}
	}
	return "", nil
}

// keychain reads the entry with macOS's own program; security runs it with the
// arguments and gives all that it says. Coder writes the entry in base64, since
// the program prints other texts in hexadecimal.
func keychain(security func(arguments ...string) ([]byte, error)) ([]byte, error) {
	said, err := security("find-generic-password", "-s", keyringService, "-wa", keyringAccount)
	if err != nil {
		if strings.Contains(string(said), "could not be found") {
			return nil, fs.ErrNotExist
		}
		return nil, err
	}
	entry, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(said)))
	if err != nil {
		return nil, errors.New("the entry " + keyringService + " is not as Coder writes it")
	}
	return entry, nil
}
