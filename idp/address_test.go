package idp_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"cohort/idp"
)

func TestTheFirstAddressIsThePrimaryOne(t *testing.T) {
	var p idp.Person
	var none []string
	for _, text := range []string{"n/a", "X400:c=GB", "", " smtp:Ada@x", "b@x", "ada@X"} {
		if !p.AddEmail(text) {
			none = append(none, text)
		}
	}
	if diff := cmp.Diff(idp.Person{Primary: "Ada@x", Aliases: []string{"b@x"}}, p); diff != "" {
		t.Errorf("person (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"n/a", "X400:c=GB", ""}, none); diff != "" {
		t.Errorf("no addresses (-want +got):\n%s", diff)
	}
}

func TestAddressesOfAPerson(t *testing.T) {
	p := idp.Person{Primary: "Ada@x"}
	for _, alias := range []string{"ada@x", "SMTP:a@x", "smtp: b@x", "A@X", "X400:c=GB", "sip:ada@x", "ada", " c@x ", "@x", "x@", "d e@x", "", `"a:b"@x`} {
		p.AddAlias(alias)
	}
	for _, login := range []string{"ada", "ada@x", "ada@x", " ada@y "} {
		p.AddLogin(login)
	}
	want := idp.Person{Primary: "Ada@x", Aliases: []string{"a@x", "b@x", "c@x", `"a:b"@x`}, Logins: []string{"ada@x", "ada@y"}}
	if diff := cmp.Diff(want, p); diff != "" {
		t.Errorf("person (-want +got):\n%s", diff)
	}
}
