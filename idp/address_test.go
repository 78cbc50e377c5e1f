package idp_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"cohort/idp"
)

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
