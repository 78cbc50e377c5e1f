package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"cohort/coder"
	"cohort/idp"
	"cohort/idp/ldap"
	"cohort/idp/okta"
	"cohort/internal/fault"
)

// setting is a key of the settings file, with what to say about it there. One
// without a value is said in words alone.
type setting struct{ key, value, about string }

// settings are in the order of the file.
type settings []setting

func (s *settings) add(key, value, about string) { *s = append(*s, setting{key, value, about}) }

// addFile adds the file with a secret where there is one, else where the secret
// is to be instead.
func (s *settings) addFile(key, file, what, otherwise string) {
	if file == "" {
		s.add("", "", capital(what)+" is "+otherwise+", or in the file that "+key+" names.")
		return
	}
	s.add(key, file, "The file with "+what+", which nobody else can read.")
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// askAll asks for both sides.
func askAll(q *questions, getenv func(string) string) (settings, error) {
	var s settings
	q.say("Where are the people? ldaps://host/base-dn, okta://org, a file, or demo:")
	url, err := q.ask("Identity provider", "", identityProvider)
	if err != nil {
		return nil, err
	}
	s.add("idp", url, "Where the people are: ldaps://host/base-dn, okta://org, a file, or demo:.\nSeveral are a list, each with its url and its own settings, such as bind_dn.")
	switch kindOf(url) {
	case "ldap":
		err = s.askLDAP(q, getenv)
	case "okta":
		err = s.askOkta(q, getenv)
	}
	if err != nil {
		return nil, err
	}
	q.say("")
	err = s.askCoder(q, getenv)
	return s, err
}

// identityProvider takes an address of people; a path becomes absolute.
func identityProvider(answer string) (string, error) {
	kind, err := idp.Scheme(answer)
	if err != nil {
		return "", err
	}
	switch {
	case answer == "":
		return "", fmt.Errorf("name one; demo: is a sample company")
	case kind == idp.FileScheme:
		path, err := existing(answer)
		if err != nil {
			err = fmt.Errorf("%w; write a server with its scheme, as in ldaps://host/base-dn", err)
		}
		return path, err
	case kind == "demo":
		return answer, nil
	case kindOf(answer) == "ldap":
		_, err := ldap.New(ldap.Config{URL: answer})
		return answer, err
	case kind == "okta":
		// Which token it is makes no difference to the URL.
		_, err := okta.New(okta.Config{URL: answer, Token: anyToken})
		return answer, err
	default:
		return "", fmt.Errorf("it begins with ldaps://, ldap://, ldapi:// or okta://, or is demo: or a file")
	}
}

// anyToken stands for the one that is asked for later, where a URL is looked at.
const anyToken = "any"

// existing takes the name of a file, and makes it good from every folder.
func existing(name string) (string, error) {
	if rest, ok := strings.CutPrefix(name, "~/"); ok {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", err
		}
		name = filepath.Join(home, rest)
	}
	info, err := os.Stat(name)
	if err != nil || info.IsDir() {
		// It is not repeated: it may be a secret.
		return "", fmt.Errorf("there is no such file")
	}
	return filepath.Abs(name)
}

// optional takes an answer that may be empty.
func optional(accept func(string) (string, error)) func(string) (string, error) {
	return func(answer string) (string, error) {
		if answer == "" {
			return "", nil
		}
		return accept(answer)
	}
}

// secretFile takes a file that holds a secret, and never a secret itself.
func secretFile(ctx context.Context, key string) func(string) (string, error) {
	return optional(func(answer string) (string, error) {
		name, err := existing(answer)
		if err != nil {
			return "", fmt.Errorf("%w; name the file that holds it, the secret itself is not asked for", err)
		}
		_, err = readSecret(ctx, "--"+strings.ReplaceAll(key, "_", "-"), name)
		return name, err
	})
}

// askSecret asks for the file with a secret, without which it is a variable's.
func (s *settings) askSecret(q *questions, getenv func(string) string, key, what, variable, orElse string) error {
	state := "not set now"
	if getenv(variable) != "" {
		state = "set"
	}
	file, err := q.ask(fmt.Sprintf("File with %s (empty: in $%s, %s%s)", what, variable, state, orElse), "", secretFile(q.ctx, key))
	if err == nil {
		s.addFile(key, file, what, "in the environment, in "+variable+orElse)
	}
	return err
}

func (s *settings) askLDAP(q *questions, getenv func(string) string) error {
	q.say("As whom to sign in? A DN, or user@example.com (Active Directory); empty: nobody.")
	account, err := q.ask("Account", "", nil)
	if err != nil {
		return err
	}
	if account != "" {
		s.add("ldap_bind_dn", account, "As whom to sign in. The account need only read.")
		if err := s.askSecret(q, getenv, "ldap_password_file", "its password", "COHORT_LDAP_PASSWORD", ""); err != nil {
			return err
		}
	}
	ca, err := q.ask("PEM file of the server's CA (empty: the system's)", "", optional(existing))
	if err == nil && ca != "" {
		s.add("ldap_ca_file", ca, "The CA that signed the server's certificate.")
	}
	return err
}

func (s *settings) askOkta(q *questions, getenv func(string) string) error {
	q.say("With a service app? Its client id, or nothing for an API token.")
	client, err := q.ask("Client id", getenv("OKTA_CLIENT_CLIENTID"), nil)
	if err != nil {
		return err
	}
	if client == "" {
		return s.askSecret(q, getenv, "okta_token_file", "the API token", "OKTA_CLIENT_TOKEN", "")
	}
	s.add("okta_client_id", client, "The service app that reads.")
	if err := s.askSecret(q, getenv, "okta_private_key_file", "its private key", "OKTA_CLIENT_PRIVATEKEY", ""); err != nil {
		return err
	}
	key, err := q.ask("Id of the key (empty: none)", getenv("OKTA_CLIENT_PRIVATEKEYID"), nil)
	if err == nil && key != "" {
		s.add("okta_private_key_id", key, "The key's id in the app.")
	}
	return err
}

func (s *settings) askCoder(q *questions, getenv func(string) string) error {
	q.say("Where is Coder? https://coder.example.com, a file of its users, or demo:")
	// What it lacks is asked for.
	known, _ := coder.Config{}.Complete(getenv)
	if _, err := deployment(known.URL); err != nil {
		known.URL = "" // which may hold a secret, and is no answer
	}
	url, err := q.ask("Coder deployment", known.URL, deployment)
	if err != nil {
		return err
	}
	s.add("coder", url, "Where the users of Coder are: https://coder.example.com, a file, or demo:.")
	if isFile(url) || url == demoURL {
		return nil
	}
	err = s.askSecret(q, getenv, "coder_token_file", "the token", "CODER_SESSION_TOKEN", ", or that of coder login")
	if err != nil {
		return err
	}
	q.say("How much Coder is used, too? 28d, 30d, dx (the last four full weeks), or nothing.")
	usage, err := q.ask("Usage", "", optional(func(answer string) (string, error) {
		switch answer {
		case coder.Window28, coder.Window30, coder.WindowDX:
			return answer, nil
		default:
			return "", fmt.Errorf("it is 28d, 30d, dx, or nothing")
		}
	}))
	if err == nil && usage != "" {
		s.add("usage", usage, "The days of which the use of Coder is read.")
	}
	return err
}

// deployment takes an address of Coder; a path becomes absolute.
func deployment(answer string) (string, error) {
	scheme, err := idp.Scheme(answer)
	switch {
	case err != nil:
		return "", fault.New(fault.Usage, "the token has a place of its own", "the URL holds a user or a password")
	case answer == "":
		return "", fmt.Errorf("name one; demo: is a sample deployment")
	case isFile(answer):
		return existing(answer)
	case answer == demoURL:
		return answer, nil
	case scheme == "https", scheme == "http":
		_, err := coder.New(coder.Config{URL: answer, Token: anyToken, AllowCleartext: true})
		return answer, err
	default:
		return "", fmt.Errorf("it begins with https://, or is demo: or a file")
	}
}
