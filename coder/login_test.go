package coder

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cohort/internal/fault"
)

func TestTheURLAndTheTokenComeFromTheNearestPlace(t *testing.T) {
	const (
		here, there = "https://coder.example.com", "https://other.example.com"
		stored      = "stored-token"
	)
	for _, c := range []struct {
		name       string
		settings   Settings
		url, token string
		kind       fault.Kind // of the error, where no URL is wanted
	}{
		{"nothing is given", Settings{}, "", "", fault.Usage},
		{"a token alone is not enough", Settings{EnvToken: "env"}, "", "", fault.Usage},
		{"the stored login is enough", Settings{StoredURL: here, StoredToken: stored}, here, stored, 0},
		{"the flag wins over the environment", Settings{Flag: here, EnvURL: there, EnvToken: "env"}, here, "env", 0},
		{"the environment wins over the stored login",
			Settings{EnvURL: here, EnvToken: "env", StoredURL: there, StoredToken: stored}, here, "env", 0},
		{"the file wins over the environment", Settings{Flag: here, TokenFile: "file\n", EnvToken: "env"}, here, "file", 0},
		{"the file loses one line feed of any system, not more", Settings{Flag: here, TokenFile: "file\n\r\n"}, here, "file\n", 0},
		{"a given token goes to the stored URL", Settings{StoredURL: here, StoredToken: stored, EnvToken: "env"}, here, "env", 0},
		{"the stored token goes to its URL when the flag repeats it",
			Settings{Flag: here, StoredURL: here, StoredToken: stored}, here, stored, 0},
		{"a default port and a slash change nothing",
			Settings{Flag: "https://Coder.example.com:443/", StoredURL: here, StoredToken: stored},
			"https://Coder.example.com:443/", stored, 0},
		{"the stored token goes to no other host", Settings{Flag: there, StoredURL: here, StoredToken: stored}, "", "", fault.Credentials},
		{"nor to a longer name", Settings{Flag: here + ".evil.example", StoredURL: here, StoredToken: stored}, "", "", fault.Credentials},
		{"nor to another port", Settings{EnvURL: here + ":8443", StoredURL: here, StoredToken: stored}, "", "", fault.Credentials},
		{"nor over another scheme",
			Settings{Flag: "http://coder.example.com", StoredURL: here, StoredToken: stored}, "", "", fault.Credentials},
		{"nor is a host's scheme guessed from its port",
			Settings{Flag: "http://coder.example.com:443", StoredURL: here, StoredToken: stored}, "", "", fault.Credentials},
		{"a login without a token (keyring) is not enough", Settings{StoredURL: here}, "", "", fault.Credentials},
		{"a URL that is none", Settings{Flag: "coder.example.com", EnvToken: "env"}, "", "", fault.Usage},
	} {
		t.Run(c.name, func(t *testing.T) {
			url, token, err := Resolve(c.settings)
			if url != c.url || token != c.token || fault.KindOf(err) != c.kind || (err == nil) != (c.url != "") {
				t.Errorf("got %q, %q, error %v (kind %d)\nwant %q, %q, kind %d", url, token, err, fault.KindOf(err), c.url, c.token, c.kind)
			}
		})
	}
}

func TestTheErrorForAMissingTokenSaysWhatToSet(t *testing.T) {
	_, _, err := Resolve(Settings{Flag: "https://coder.example.com/"})
	const want = "there is no token for https://coder.example.com; set CODER_SESSION_TOKEN " +
		"(coder tokens create, or coder login token), or run: coder login https://coder.example.com"
	if err == nil || err.Error() != want {
		t.Errorf("error %v\nwant  %s", err, want)
	}
}

func TestStoredReadsWhatCoderLoginWrote(t *testing.T) {
	type login struct{ URL, Token string }
	for _, c := range []struct {
		name  string
		files map[string]string
		want  login
	}{
		{"nothing", nil, login{}},
		{"both, with white space around",
			map[string]string{"url": " https://coder.example.com\n", "session": "\ttoken\r\n"},
			login{"https://coder.example.com", "token"}},
		{"the URL alone, as beside a keyring", map[string]string{"url": "https://coder.example.com"},
			login{"https://coder.example.com", ""}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, content := range c.files {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			url, token, err := Stored(dir)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, login{url, token}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	if url, token, err := Stored(filepath.Join(t.TempDir(), "missing")); url+token != "" || err != nil {
		t.Errorf("no directory: %q, %q, error %v; want nothing", url, token, err)
	}
}

func TestStoredSaysWhatItCannotRead(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "session"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Stored(dir); fault.KindOf(err) != fault.Usage || !strings.Contains(err.Error(), "CODER_CONFIG_DIR") {
		t.Errorf("error %v; want one of usage that names CODER_CONFIG_DIR", err)
	}
}

func TestTheConfigurationDirectoryIsCoders(t *testing.T) {
	home := map[string]string{"HOME": "/home/ada", "APPDATA": "/ada/AppData/Roaming"}
	with := func(name, value string) map[string]string {
		return map[string]string{"HOME": "/home/ada", name: value}
	}
	for _, c := range []struct {
		name, goos string
		env        map[string]string
		want       string // empty: an error
	}{
		{"named", "linux", with("CODER_CONFIG_DIR", "/etc/coder"), "/etc/coder"},
		{"on Linux", "linux", home, "/home/ada/.config/coderv2"},
		{"on Linux with XDG", "linux", with("XDG_CONFIG_HOME", "/xdg"), "/xdg/coderv2"},
		{"on FreeBSD", "freebsd", home, "/home/ada/.config/coderv2"},
		{"on macOS", "darwin", with("XDG_CONFIG_HOME", "/xdg"), "/home/ada/Library/Application Support/coderv2"},
		{"on Windows", "windows", home, "/ada/AppData/Roaming/coderv2"},
		{"without a home", "linux", nil, ""},
		{"on Windows without a profile", "windows", with("OTHER", "x"), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := configDir(c.goos, func(name string) string { return c.env[name] })
			if filepath.ToSlash(got) != c.want || (err != nil) != (c.want == "") {
				t.Errorf("got %q, error %v; want %q", got, err, c.want)
			}
		})
	}
}
