package profile

import (
	"strings"
	"testing"

	"cohort/idp"
)

func TestSecretsHaveNoExample(t *testing.T) {
	const secret = "xyzzy"
	for name, want := range map[string]Reason{
		"userPassword": Password, "USERPASSWORD": Password, "userPassword;x-old": Password, "unicodePwd": Password, "sambaNTPassword": Password,
		"ipaNTHash": Password, "ms-Mcs-AdmPwd": Password, "msLAPS-EncryptedPassword": Password, "krbPrincipalKey": Key, "sshPublicKey": Key,
		"jpegPhoto": Photograph, "thumbnailPhoto": Photograph, "userCertificate;binary": Certificate, "userPKCS12": Certificate,
		// What organizations invent, and files have.
		"Password": Password, "password_hash": Password, "Initial Password": Password, "oneTimePassword": Password, "profile.apiToken": Password,
		"exampleSecret": Password, "door-PIN": Password, "acmeApiKey": Key, "ssh_key_2": Key, "NTHash": Password, "credentials.provider": Password,
		"passwordResetToken": Password,
		// About a password, and something else altogether.
		"pwdLastSet": "", "badPasswordTime": "", "badPwdCount": "", "krbLastPwdChange": "", "krbPasswordExpiration": "", "passwordChanged": "",
		"pwdAccountLockedTime": "", "secretary": "", "pinboard": "", "hashtags": "", "photographer": "", "employeeType": "", "keys": "",
	} {
		p := profileOf(person(text(name, secret)))
		got := p.Attributes()[0]
		if got.Withheld != want || (got.Example == "") != (want != "") {
			t.Errorf("%s is withheld for %q with the example %q, want %q", name, got.Withheld, got.Example, want)
		}
		if got.Filled != 1 || got.Values != 1 {
			t.Errorf("%s is not counted: %+v", name, got)
		}
	}
}

func TestWhatLooksSecretHasNoExample(t *testing.T) {
	for value, want := range map[string]Reason{
		"{SSHA}DkMTwBl+a/3DQTxCYEApdUtNXGgdUac3":           Password,
		"{ssha512}x":                                       Password,
		"{CRYPT}$6$rounds=5000$x":                          Password,
		"$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7K": Password,
		"$argon2id$v=19$m=65536":                           Password,
		"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln":        Password,
		"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI a@b":        Key,
		"-----BEGIN CERTIFICATE-----\nMIIB":                Key,
		"\xff\xd8\xff\xe0":                                 Binary,
		"a\x00b":                                           Binary,
		strings.Repeat("QUJD", 40):                         Binary,
		"{9F2C0D5E-0000-4000-8000-000000000001}":           "",
		"a line\nand another":                              "",
		"$5,000":                                           "",
		"cn=" + strings.Repeat("Everybody ", 20):           "",
		"https://example.com/" + strings.Repeat("a/", 100): "",
	} {
		// Whoever comes first, and whichever of several values it is.
		for _, p := range []*Profile{
			profileOf(person(text("note", "harmless")), person(list("note", "fine", value))),
			profileOf(person(list("note", value, "fine")), person(text("note", "harmless"))),
		} {
			got := p.Attributes()[0]
			if got.Withheld != want || (got.Example == "") != (want != "") {
				t.Errorf("%q is withheld for %q with the example %q, want %q", value, got.Withheld, got.Example, want)
			}
		}
	}
	bytes := idp.Attribute{Name: "logonHours", Value: idp.TextOf("////"), Binary: true}
	if got := profileOf(person(bytes)).Attributes()[0]; got.Withheld != Binary || got.Example != "" {
		t.Errorf("bytes are withheld for %q with the example %q", got.Withheld, got.Example)
	}
}
