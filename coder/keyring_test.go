package coder

import (
	"encoding/base64"
	"errors"
	"io/fs"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cohort/internal/fault"
)

// entry is as Coder 2.36.1 writes it for two deployments.
const entry = `{"coder.example.com":{"coder_url":"coder.example.com","api_token":"kept"},` +
	`"dev.example.com:8443":{"coder_url":"dev.example.com:8443","api_token":"kept for dev"}}`

func TestTheKeyringsTokenGoesToItsHostAlone(t *testing.T) {
	for _, c := range []struct{ name, url, storedURL, want string }{
		{"its host", here, "", "kept"},
		{"its host, spelled in another way", "https://Coder.Example.com:443/", "", "kept"},
		{"its host, with the other stored as the last", here, "https://dev.example.com:8443", "kept"},
		{"its host and port", "https://dev.example.com:8443", "", "kept for dev"},
		{"another host", there, "", ""},
		{"a longer name", here + ".evil.example", "", ""},
		{"another port", here + ":8443", "", ""},
		{"no port", "https://dev.example.com", "", ""},
		{"without TLS", "http://coder.example.com", "", ""},
		{"without TLS, where the login was with it", "http://coder.example.com", here, ""},
		{"without TLS, where the login was too", "http://coder.example.com", "http://coder.example.com", "kept"},
	} {
		for _, goos := range []string{"darwin", "windows"} {
			t.Run(c.name+" on "+goos, func(t *testing.T) {
				s := login(t, nil, nil)
				s.name = goos
				s.keyring = func() ([]byte, error) { return []byte(entry), nil }
				if c.storedURL != "" {
					s.store(t, map[string]string{"url": c.storedURL})
				}
				config, err := Config{URL: c.url}.complete(s)
				if c.want == "" {
					if fault.KindOf(err) != fault.Credentials || !strings.Contains(err.Error(), "there is no token for") {
						t.Errorf("token %q, error %v; want that there is none", config.Token, err)
					}
					return
				}
				if err != nil || config.Token != c.want {
					t.Errorf("token %q, error %v; want %q", config.Token, err, c.want)
				}
			})
		}
	}
}

func TestTheKeyringsTokenIsTheSameEveryTime(t *testing.T) {
	const both = `{"coder.example.com":{"api_token":"without port"},"coder.example.com:443":{"api_token":"with port"}}`
	for address, want := range map[string]string{
		"https://coder.example.com":      "without port",
		"https://coder.example.com:443/": "with port",
		"https://Coder.example.com:443":  "with port",
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		for range 20 {
			if got, err := tokenOf([]byte(both), u); err != nil || got != want {
				t.Fatalf("%s: token %q, error %v; want %q", address, got, err, want)
			}
		}
	}
}

func TestTheKeyringIsUsedWhereCoderUsesIt(t *testing.T) {
	files := map[string]string{"url": here, "session": "from a file"}
	for _, c := range []struct {
		name, goos string
		env        map[string]string
		keyring    string // empty: there is no entry
		want       string
	}{
		{"on macOS", "darwin", nil, entry, "kept"},
		{"on Windows", "windows", nil, entry, "kept"},
		{"not on Linux", "linux", nil, entry, "from a file"},
		{"not where files are wanted", "darwin", map[string]string{"CODER_USE_KEYRING": "false"}, entry, "from a file"},
		{"where it is wanted", "darwin", map[string]string{"CODER_USE_KEYRING": "1"}, entry, "kept"},
		{"a login of before it was used", "darwin", nil, "", "from a file"},
		{"an entry of other deployments", "windows", nil, `{"dev.example.com":{"api_token":"kept"}}`, "from a file"},
		{"an entry of nothing", "windows", nil, `{}`, "from a file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := login(t, nil, c.env)
			s.name = c.goos
			s.store(t, files)
			s.keyring = func() ([]byte, error) {
				if c.keyring == "" {
					return nil, fs.ErrNotExist
				}
				return []byte(c.keyring), nil
			}
			config, err := Config{}.complete(s)
			if err != nil || config.URL != here || config.Token != c.want {
				t.Errorf("%q, token %q, error %v; want %q", config.URL, config.Token, err, c.want)
			}
		})
	}
}

func TestADirectoryOfOnesOwnMeansFiles(t *testing.T) {
	directory := t.TempDir()
	s := login(t, nil, map[string]string{"CODER_CONFIG_DIR": directory})
	s.name = "darwin"
	s.keyring = func() ([]byte, error) { return []byte(entry), nil }
	s.store(t, map[string]string{"url": here, "session": "from a file"})
	if config, err := (Config{}).complete(s); err != nil || config.Token != "from a file" {
		t.Errorf("token %q, error %v; want the file's", config.Token, err)
	}
}

func TestAKeyringThatCannotBeReadIsAnError(t *testing.T) {
	locked := errors.New("the keychain is locked")
	for _, c := range []struct {
		name    string
		env     map[string]string
		keyring func() ([]byte, error)
		kind    fault.Kind
		says    string
	}{
		{"locked", nil, func() ([]byte, error) { return nil, locked }, fault.Credentials, "the keychain is locked; set CODER_SESSION_TOKEN"},
		{"another's entry", nil, func() ([]byte, error) { return []byte("secret"), nil }, fault.Credentials, "not as Coder writes it"},
		{"an entry of another shape", nil, func() ([]byte, error) { return []byte(`["secret"]`), nil }, fault.Credentials, "not as Coder writes it"},
		{"neither true nor false", map[string]string{"CODER_USE_KEYRING": "secret"}, nil, fault.Usage, "it is true or false"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := login(t, nil, c.env)
			s.name, s.keyring = "darwin", c.keyring
			_, err := Config{URL: here}.complete(s)
			if fault.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "secret") {
				t.Errorf("error %v; want kind %d, %q and no secret", err, c.kind, c.says)
			}
		})
	}
}

func TestTheKeychainIsAskedAsCoderAsksIt(t *testing.T) {
	var asked []string
	answer := func(said string, err error) func(...string) ([]byte, error) {
		return func(arguments ...string) ([]byte, error) {
			asked = arguments
			return []byte(said), err
		}
	}
	got, err := keychain(answer(base64.StdEncoding.EncodeToString([]byte(entry))+"\n", nil))
	if err != nil || string(got) != entry {
		t.Errorf("got %q, error %v; want the entry", got, err)
	}
	want := []string{"find-generic-password", "-s", "coder-v2-credentials", "-wa", "coder-login-credentials"}
	if diff := cmp.Diff(want, asked); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}

	failed := errors.New("exit status 44")
	const missing = "security: SecKeychainSearchCopyNext: The specified item could not be found in the keychain.\n"
	if _, err := keychain(answer(missing, failed)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no entry: error %v; want that it does not exist", err)
	}
	if _, err := keychain(answer("User interaction is not allowed.", failed)); !errors.Is(err, failed) {
		t.Errorf("refused: error %v; want the program's", err)
	}
	if _, err := keychain(answer("secret!", nil)); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("no base64: error %v; want one without what was read", err)
	}
}
