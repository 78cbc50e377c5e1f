package ldap_test

import (
	"strings"
	"testing"

	"cohort/idp"
	"cohort/idp/ldap"
	"cohort/internal/fault"
	"cohort/internal/slapdtest"
	"cohort/internal/testca"
)

func TestExtensionsOfTheURL(t *testing.T) {
	ca := testca.New(t)
	certificate := ca.Issue(t)
	server := slapdtest.Start(t, slapdtest.Config{LDIF: slapdtest.People(20), TLS: &certificate, Anonymous: slapdtest.AnonymousSeesNothing})
	bindname := "bindname=" + strings.ReplaceAll(server.BindDN, ",", "%2c")
	for _, extensions := range []string{bindname, "!" + bindname + ",1.3.6.1.4.1.1466.20037", "x-else," + bindname} {
		config := ldap.Config{URL: server.URL + "/" + server.Base + "????" + extensions, Password: server.Password, CAFile: ca.File}
		people, err := collect(t.Context(), t, connect(t, config), idp.Request{})
		if err != nil || len(people) != 20 {
			t.Errorf("%s: %d people and the error %v, want 20", extensions, len(people), err)
		}
	}
	// A setting wins over the URL.
	config := ldap.Config{URL: server.URL + "/" + server.Base + "????" + bindname, BindDN: "cn=nobody," + server.Base, Password: server.Password}
	_, err := collect(t.Context(), t, connect(t, config), idp.Request{})
	wantFailure(t, err, fault.Credentials, "cn=nobody")
}
