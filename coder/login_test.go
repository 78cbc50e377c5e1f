package coder

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cohort/internal/fault"
	"cohort/internal/transport"
)

const (
	here  = "https://coder.example.com"
	there = "https://other.example.com"
)

// login is a system whose user has logged in, with files as coder login writes
// them.
func login(t *testing.T, files, env map[string]string) system {
	t.Helper()
	home := t.TempDir()
	s := system{
		name: "linux",
		getenv: func(name string) string {
			if value, ok := env[name]; ok {
				return value
			}
			return map[string]string{"HOME": home, "APPDATA": home}[name]
		},
		keyring: func() ([]byte, error) { return nil, fs.ErrNotExist },
	}
	s.store(t, files)
	return s
}

// store writes the files where this system keeps them.
func (s system) store(t *testing.T, files map[string]string) {
	t.Helper()
	if files == nil {
		return
	}
	if err := os.MkdirAll(s.configDir(), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(s.configDir(), name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTheURLAndTheTokenComeFromTheNearestPlace(t *testing.T) {
	stored := map[string]string{"url": here, "session": "stored"}
	for _, c := range []struct {
		name       string
		given      Config
		env, files map[string]string
		url, token string
		kind       fault.Kind // of the error, where no URL is wanted
	}{
		{"nothing is given", Config{}, nil, nil, "", "", fault.Usage},
		{"a token alone is not enough", Config{Token: "given"}, nil, nil, "", "", fault.Usage},
		{"the stored login is enough", Config{}, nil, stored, here, "stored", 0},
		{"white space around what is stored goes", Config{}, nil,
			map[string]string{"url": " " + here + "\n", "session": "\tstored\r\n"}, here, "stored", 0},
		{"the flag wins over the environment", Config{URL: here},
			map[string]string{"CODER_URL": there, "CODER_SESSION_TOKEN": "env"}, nil, here, "env", 0},
		{"the environment wins over the stored login", Config{},
			map[string]string{"CODER_URL": there, "CODER_SESSION_TOKEN": "env"}, stored, there, "env", 0},
		{"the given token wins over the environment", Config{URL: here, Token: "given"},
			map[string]string{"CODER_SESSION_TOKEN": "env"}, stored, here, "given", 0},
		{"a given token goes to the stored URL", Config{}, map[string]string{"CODER_SESSION_TOKEN": "env"}, stored, here, "env", 0},
		{"the stored token goes to its URL when the flag repeats it", Config{URL: here}, nil, stored, here, "stored", 0},
		{"a default port and a slash change nothing", Config{URL: "https://Coder.example.com:443/"}, nil, stored,
			"https://Coder.example.com:443/", "stored", 0},
		{"the stored token goes to no other host", Config{URL: there}, nil, stored, "", "", fault.Credentials},
		{"nor to a longer name", Config{URL: here + ".evil.example"}, nil, stored, "", "", fault.Credentials},
		{"nor to another port", Config{}, map[string]string{"CODER_URL": here + ":8443"}, stored, "", "", fault.Credentials},
		{"nor over another scheme", Config{URL: "http://coder.example.com"}, nil, stored, "", "", fault.Credentials},
		{"nor is a host's scheme guessed from its port", Config{URL: "http://coder.example.com:443"}, nil, stored, "", "", fault.Credentials},
		{"a login without a token is not enough", Config{}, nil, map[string]string{"url": here}, "", "", fault.Credentials},
		{"a URL that is none", Config{URL: "coder.example.com"}, nil, stored, "", "", fault.Usage},
		{"without a home there is no login", Config{URL: here}, map[string]string{"HOME": "", "CODER_SESSION_TOKEN": ""},
			nil, "", "", fault.Credentials},
	} {
		t.Run(c.name, func(t *testing.T) {
			config, err := c.given.complete(login(t, c.files, c.env))
			if (err == nil) != (c.url != "") || fault.KindOf(err) != c.kind {
				t.Fatalf("error %v (kind %d); want kind %d", err, fault.KindOf(err), c.kind)
			}
			if err == nil && (config.URL != c.url || config.Token != c.token) {
				t.Errorf("got %q, %q; want %q, %q", config.URL, config.Token, c.url, c.token)
			}
		})
	}
}

func TestTheErrorForAMissingTokenSaysWhatToSet(t *testing.T) {
	_, err := Config{URL: here + "/"}.complete(login(t, nil, nil))
	const want = "there is no token for https://coder.example.com; set CODER_SESSION_TOKEN " +
		"(coder tokens create, or coder login token), or run: coder login https://coder.example.com"
	if err == nil || err.Error() != want {
		t.Errorf("error %v\nwant  %s", err, want)
	}
}

func TestWhatIsStoredIsNotReadWithoutNeed(t *testing.T) {
	s := login(t, nil, nil)
	if err := os.MkdirAll(filepath.Join(s.configDir(), "url"), 0o700); err != nil { // no file
		t.Fatal(err)
	}
	if _, err := (Config{URL: here, Token: "given"}).complete(s); err != nil {
		t.Errorf("error %v; want none, nothing is missing", err)
	}
	if _, err := (Config{URL: here}).complete(s); fault.KindOf(err) != fault.Usage || !strings.Contains(err.Error(), "CODER_CONFIG_DIR") {
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
		want       string
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
			s := system{name: c.goos, getenv: func(name string) string { return c.env[name] }}
			if got := filepath.ToSlash(s.configDir()); got != c.want {
				t.Errorf("got %q; want %q", got, c.want)
			}
		})
	}
}

func TestTheConnectionIsSetUpByCodersOwnVariables(t *testing.T) {
	env := map[string]string{
		"CODER_URL": here, "CODER_SESSION_TOKEN": "env",
		"CODER_CLIENT_TLS_CA_FILE": "ca", "CODER_CLIENT_TLS_CERT_FILE": "cert", "CODER_CLIENT_TLS_KEY_FILE": "key",
		"CODER_HEADER": "X-Pass=secret",
	}
	config, err := Config{}.complete(login(t, nil, env))
	if err != nil {
		t.Fatal(err)
	}
	want := transport.Config{CAFile: "ca", CertFile: "cert", KeyFile: "key", Headers: map[string][]string{"X-Pass": {"secret"}}}
	if diff := cmp.Diff(want, config.HTTP); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	given := transport.Config{CAFile: "a", CertFile: "b", KeyFile: "c", Headers: map[string][]string{"X-Pass": {"given"}}}
	config, err = Config{HTTP: given}.complete(login(t, nil, env))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(given, config.HTTP); diff != "" {
		t.Errorf("what is given is replaced (-want +got):\n%s", diff)
	}
}
