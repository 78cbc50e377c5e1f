package idp_test

import (
	"strings"
	"testing"

	"cohort/idp"
	"cohort/internal/fault"
)

func TestSchemes(t *testing.T) {
	for url, want := range map[string]string{
		"ldaps://ldap.example.com/dc=example,dc=com": "ldaps",
		"LDAP://host":       "ldap",
		"ldap:///dc=x":      "ldap",
		"demo:":             "demo",
		"demo:okta":         "demo",
		"people.csv":        idp.FileScheme,
		"./a:b.csv":         idp.FileScheme,
		`C:\people.csv`:     idp.FileScheme,
		"c:people.csv":      idp.FileScheme,
		"-":                 idp.FileScheme,
		"":                  idp.FileScheme,
		":":                 idp.FileScheme,
		"ldap://h/cn=a@b":   "ldap",
		"ldap://h?a@b?sub?": "ldap",
	} {
		if got, err := idp.Scheme(url); got != want || err != nil {
			t.Errorf("Scheme(%q) = %q, %v; want %q", url, got, err, want)
		}
	}
}

func TestUsersAndPasswordsInURLsAreRefusedAndNotRepeated(t *testing.T) {
	for _, url := range []string{"ldap://me:secret@host/dc=x", "ldap://secret@host", "okta://secret@acme.okta.com/?a"} {
		_, err := idp.Open(url, nil)
		if fault.KindOf(err) != fault.Usage || strings.Contains(err.Error(), "secret") {
			t.Errorf("got error %v, want a usage error without the secret", err)
		}
	}
}

func TestOpenGivesTheURLToTheOpenerOfItsScheme(t *testing.T) {
	var got string
	openers := map[string]idp.Opener{
		"ldap":         func(url string) (idp.Connector, error) { got = "ldap " + url; return nil, nil },
		idp.FileScheme: func(url string) (idp.Connector, error) { got = "file " + url; return nil, nil },
	}
	for url, want := range map[string]string{"LDAP://h": "ldap LDAP://h", "a.csv": "file a.csv"} {
		if _, err := idp.Open(url, openers); err != nil || got != want {
			t.Errorf("Open(%q) gave %q, %v; want %q", url, got, err, want)
		}
	}
	_, err := idp.Open("okta://acme.okta.com", openers)
	if fault.KindOf(err) != fault.Usage || !strings.Contains(err.Error(), `"okta:"; write a server with its scheme, as in ldaps://host/base; known are ldap:`) {
		t.Errorf("got error %v, want a usage error that names the known schemes", err)
	}
}

func FuzzOpenNeverRepeatsAPassword(f *testing.F) {
	for _, seed := range []string{"ldap://", "okta://x", "", "//", "ldap:\\\\"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, before string) {
		_, err := idp.Open(before+"://u:hunter2@host", nil)
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("got error %v", err)
		}
	})
}
