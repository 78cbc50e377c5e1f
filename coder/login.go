package coder

import (
	"cmp"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"cohort/internal/fault"
	"cohort/internal/transport"
)

// Complete fills in what the configuration leaves empty from where Coder's own
// command line takes it:
//   - the URL from CODER_URL, else from what coder login stored;
//   - the token from CODER_SESSION_TOKEN, else from what coder login stored, in
//     the keyring on macOS and Windows, else in a file. A stored token is taken
//     only for the deployment it was stored for: it is no other host's business;
//   - the rest from CODER_CLIENT_TLS_CA_FILE, CODER_CLIENT_TLS_CERT_FILE,
//     CODER_CLIENT_TLS_KEY_FILE and CODER_HEADER.
//
// CODER_CONFIG_DIR and CODER_USE_KEYRING count as they do there. Without a URL
// the error is a [fault.Usage], without a token a [fault.Credentials].
func (c Config) Complete(getenv func(string) string) (Config, error) {
	return c.complete(system{name: runtime.GOOS, getenv: getenv, keyring: keyring})
}

// system is what a computer knows of a login.
type system struct {
	name   string // as in runtime.GOOS
	getenv func(string) string
	// keyring gives Coder's entry in the user's keyring, and [fs.ErrNotExist]
	// where there is none.
	keyring func() ([]byte, error)
}

func (c Config) complete(s system) (Config, error) {
	c.URL = cmp.Or(c.URL, s.getenv("CODER_URL"))
	if !c.PlanOnly {
		c.Token = cmp.Or(c.Token, s.getenv("CODER_SESSION_TOKEN"))
	}
	if c.URL == "" || c.Token == "" && !c.PlanOnly {
		if err := c.fromLogin(s); err != nil {
			return c, err
		}
	}
	c.HTTP.CAFile = cmp.Or(c.HTTP.CAFile, s.getenv("CODER_CLIENT_TLS_CA_FILE"))
	c.HTTP.CertFile = cmp.Or(c.HTTP.CertFile, s.getenv("CODER_CLIENT_TLS_CERT_FILE"))
	c.HTTP.KeyFile = cmp.Or(c.HTTP.KeyFile, s.getenv("CODER_CLIENT_TLS_KEY_FILE"))
	var err error
	if c.HTTP.Headers == nil {
		c.HTTP.Headers, err = headers(s.getenv)
	}
	return c, err
}

// fromLogin takes the URL, the token or both from what coder login stored.
func (c *Config) fromLogin(s system) error {
	directory := s.configDir()
	storedURL, err := storedFile(directory, "url")
	if err != nil {
		return err
	}
	c.URL = cmp.Or(c.URL, storedURL)
	if c.URL == "" {
		return fault.New(fault.Usage, "give --coder URL, set CODER_URL, or run: coder login URL",
			"no Coder deployment is named")
	}
	u, err := deployment(c.URL)
	if err != nil || c.Token != "" || c.PlanOnly {
		return err
	}
	isKeyring, err := s.usesKeyring()
	if err != nil {
		return err
	}
	if isKeyring {
		if c.Token, err = s.keyringToken(u, storedURL); err != nil {
			return err
		}
	}
	// Also where the keyring has none: Coder before 2.29 kept files everywhere.
	if c.Token == "" && sameDeployment(c.URL, storedURL) {
		c.Token, err = storedFile(directory, "session")
	}
	if err == nil && c.Token == "" {
		return noToken(transport.Origin(u))
	}
	return err
}

// keyringToken is the token that the keyring holds for a deployment. It knows
// hosts alone, so that the scheme is believed when it is https, or when coder
// login was told so.
func (s system) keyringToken(u *url.URL, storedURL string) (string, error) {
	if u.Scheme != "https" && !sameDeployment(u.String(), storedURL) {
		return "", nil
	}
	entry, err := s.keyring()
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	var token string
	if err == nil {
		token, err = tokenOf(entry, u)
	}
	if err != nil {
		return "", fault.New(fault.Credentials, "set CODER_SESSION_TOKEN, or CODER_USE_KEYRING=false to use files",
			"read what coder login stored in the keyring: %w", err)
	}
	return token, nil
}

// usesKeyring is Coder's own rule: a configuration directory of one's own means
// files (cli/root.go, ensureTokenBackend).
func (s system) usesKeyring() (bool, error) {
	if s.name != "darwin" && s.name != "windows" || s.configDir() != s.standardDir() {
		return false, nil
	}
	wanted, err := strconv.ParseBool(cmp.Or(s.getenv("CODER_USE_KEYRING"), "true"))
	if err != nil {
		return false, fault.New(fault.Usage, "it is true or false", "CODER_USE_KEYRING: an unknown value")
	}
	return wanted, nil
}

func noToken(name string) error {
	return fault.New(fault.Credentials,
		"set CODER_SESSION_TOKEN (coder tokens create, or coder login token), or run: coder login "+name,
		"there is no token for %s", name)
}

// LoginFiles are the files in which coder login keeps the deployment and the
// token, whether they are there or not.
func LoginFiles(getenv func(string) string) []string {
	directory := system{name: runtime.GOOS, getenv: getenv}.configDir()
	if directory == "" {
		return nil
	}
	return []string{filepath.Join(directory, "url"), filepath.Join(directory, "session")}
}

// storedFile reads a file of coder login; what is not there is empty. The files
// are Coder's, so who else may read them is not judged here.
func storedFile(directory, name string) (string, error) {
	if directory == "" {
		return "", nil
	}
	content, err := os.ReadFile(filepath.Join(directory, name))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fault.New(fault.Usage, "set CODER_CONFIG_DIR to another directory", "read what coder login stored: %w", err)
	}
	return strings.TrimSpace(string(content)), nil
}

// configDir is the directory in which coder login keeps its files. It is empty
// without a home directory: nobody has logged in there.
func (s system) configDir() string {
	return cmp.Or(s.getenv("CODER_CONFIG_DIR"), s.standardDir())
}

// standardDir is the one that Coder chooses on this system.
func (s system) standardDir() string {
	home, below := "HOME", ".config"
	switch s.name {
	case "windows":
		home, below = "APPDATA", ""
	case "darwin":
		below = filepath.Join("Library", "Application Support")
	default:
		if s.getenv("XDG_CONFIG_HOME") != "" {
			home, below = "XDG_CONFIG_HOME", ""
		}
	}
	if base := s.getenv(home); base != "" {
		return filepath.Join(base, below, "coderv2")
	}
	return ""
}
