package coder

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"cohort/internal/fault"
	"cohort/internal/transport"
)

// Settings are the places from which a deployment and a token may come. Empty
// is not given.
type Settings struct {
	Flag      string // --coder
	EnvURL    string // CODER_URL
	TokenFile string // the content of the file that a flag names
	EnvToken  string // CODER_SESSION_TOKEN
	// What coder login stored.
	StoredURL, StoredToken string
}

// Resolve chooses the deployment and the token. The URL is the flag's, else
// the environment's, else the stored one. The token is the file's, without one
// trailing line feed, else the environment's, else the stored one; that one
// only for the origin it was stored with, since it is no other host's
// business.
//
// Without a URL the error is a [fault.Usage], without a token a
// [fault.Credentials].
func Resolve(s Settings) (url, token string, err error) {
	url = cmp.Or(s.Flag, s.EnvURL, s.StoredURL)
	if url == "" {
		return "", "", fault.New(fault.Usage, "give --coder URL, set CODER_URL, or run: coder login URL",
			"no Coder deployment is named")
	}
	u, err := deployment(url)
	if err != nil {
		return "", "", err
	}
	token = cmp.Or(strings.TrimSuffix(strings.TrimSuffix(s.TokenFile, "\n"), "\r"), s.EnvToken)
	if token == "" && sameDeployment(url, s.StoredURL) {
		token = s.StoredToken
	}
	if token == "" {
		return "", "", noToken(transport.Origin(u))
	}
	return url, token, nil
}

func noToken(name string) error {
	return fault.New(fault.Credentials,
		"set CODER_SESSION_TOKEN (coder tokens create, or coder login token), or run: coder login "+name,
		"there is no token for %s", name)
}

// Stored reads the URL and the token that coder login keeps in its
// configuration directory. What is not there is empty; on macOS and Windows
// the token is in the keyring instead. The files are Coder's, so who else may
// read them is not judged here.
func Stored(configDir string) (url, token string, err error) {
	if url, err = storedFile(configDir, "url"); err != nil {
		return "", "", err
	}
	if token, err = storedFile(configDir, "session"); err != nil {
		return "", "", err
	}
	return url, token, nil
}

func storedFile(dir, name string) (string, error) {
	content, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fault.New(fault.Usage, "set CODER_CONFIG_DIR to another directory", "read what coder login stored: %w", err)
	}
	return strings.TrimSpace(string(content)), nil
}

// ConfigDir is the directory in which coder login keeps its files:
// CODER_CONFIG_DIR, else the directory that Coder chooses on this system.
func ConfigDir(getenv func(string) string) (string, error) {
	return configDir(runtime.GOOS, getenv)
}

func configDir(goos string, getenv func(string) string) (string, error) {
	if dir := getenv("CODER_CONFIG_DIR"); dir != "" {
		return dir, nil
	}
	home, below := "HOME", ".config"
	switch goos {
	case "windows":
		home, below = "APPDATA", ""
	case "darwin":
		below = filepath.Join("Library", "Application Support")
	default:
		if getenv("XDG_CONFIG_HOME") != "" {
			home, below = "XDG_CONFIG_HOME", ""
		}
	}
	base := getenv(home)
	if base == "" {
		return "", fault.New(fault.Usage, "set CODER_CONFIG_DIR",
			"find what coder login stored: %s is not set", home)
	}
	return filepath.Join(base, below, "coderv2"), nil
}
