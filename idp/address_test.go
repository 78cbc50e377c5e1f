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

func TestWhatIsNoAddress(t *testing.T) {
	for _, text := range []string{"ada@x", "a.b+c@x.example", "o'hara@x", "a|b@x", `"a@b;c"@x`, "jü@x", "ada@[192.0.2.1]"} {
		if !idp.IsAddress(text) {
			t.Errorf("%q is taken for no address", text)
		}
	}
	for _, text := range []string{"", "ada", "@x", "ada@", "a b@x", "a@x b", "a@x;b@x", "a@x,b@x", "a@x|b@x", "<a@x>", "a@x>", "a@x;", "a\x7f@x"} {
		if idp.IsAddress(text) {
			t.Errorf("%q is taken for an address", text)
		}
	}
}
