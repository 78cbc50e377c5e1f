package okta

import (
	"net/url"
	"strings"
	"testing"

	"cohort/internal/transport"
)

const listed = "https://acme.okta.com/api/v1/users?limit=200"

func TestTheNextPage(t *testing.T) {
	const next = "https://acme.okta.com/api/v1/users?after=c1&limit=200"
	for _, test := range []struct {
		name    string
		headers []string
		want    string // "" at the end of the list
	}{
		{"no header", nil, ""},
		{"an empty header", []string{" , "}, ""},
		{"self alone", []string{`<` + listed + `>; rel="self"`}, ""},
		{"a header each", []string{`<` + listed + `>; rel="self"`, `<` + next + `>; rel="next"`}, next},
		{"both in one header", []string{`<` + listed + `>; rel="self", <` + next + `>; rel="next"`}, next},
		{"next first", []string{`<` + next + `>; rel="next",<` + listed + `>;rel="self"`}, next},
		{"without quotation marks", []string{`<` + next + `>; rel=next`}, next},
		{"in capitals", []string{`<` + next + `>; REL="NEXT"`}, next},
		{"among several relations", []string{`<` + next + `>; rel="last next"`}, next},
		{"other parameters around it", []string{`<` + next + `>; title="a, b; rel=\"self\""; rel="next"; x;`}, next},
		{"the first rel counts", []string{`<` + next + `>; rel="self"; rel="next"`}, ""},
		{"a comma within the target", []string{`<` + next + `&fields=id,status>; rel="next"`}, next + "&fields=id,status"},
		{"a target without a host", []string{`</api/v1/users?after=c1&limit=200>; rel="next"`}, next},
		{"the scheme's own port", []string{`<https://ACME.okta.com:443/api/v1/users?after=c1>; rel="next"`}, "https://ACME.okta.com:443/api/v1/users?after=c1"},
		{"the same twice", []string{`<` + next + `>; rel="next"`, `<` + next + `>; rel="next"`}, next},
		{"a user in the target", []string{`<https://me:secret@acme.okta.com/api/v1/users?after=c1>; rel="next"`}, "https://acme.okta.com/api/v1/users?after=c1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := nextOf(test.headers, parsed(t, listed))
			text := ""
			if got != nil {
				text = got.String()
			}
			if err != nil || text != test.want {
				t.Errorf("got %q, error %v; want %q", text, err, test.want)
			}
		})
	}
}

func TestADamagedLinkIsAnError(t *testing.T) {
	for _, test := range []struct{ name, header, says string }{
		{"no angle bracket", `https://acme.okta.com/; rel="next"`, "does not begin with <"},
		{"an open angle bracket", `<https://acme.okta.com/; rel="next"`, "has no >"},
		{"an open quotation mark", `<` + listed + `>; rel="next`, "stays open"},
		{"no relation", `<` + listed + `&after=c1>`, "what it is"},
		{"something else behind it", `<` + listed + `> rel="next"`, "no parameter"},
		{"no URL", `<https://%zz/?after=c1>; rel="next"`, "is not a URL"},
		{"another host", `<https://evil.example/api/v1/users?after=c1>; rel="next"`, "leads to https://evil.example"},
		{"another port", `<https://acme.okta.com:8443/api/v1/users?after=c1>; rel="next"`, "leads to https://acme.okta.com:8443"},
		{"no TLS", `<http://acme.okta.com/api/v1/users?after=c1>; rel="next"`, "leads to http://acme.okta.com"},
		{"another list", `<https://acme.okta.com/api/v1/groups?after=c1>; rel="next"`, "another list"},
		{"no cursor", `<` + listed + `>; rel="next"`, "no cursor"},
		{"two next pages", `<` + listed + `&after=c1>; rel="next", <` + listed + `&after=c2>; rel="next"`, "two Links"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := nextOf([]string{test.header}, parsed(t, listed))
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %v, error %v; want one with %q", got, err, test.says)
			}
		})
	}
}

func parsed(t testing.TB, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func FuzzLinks(f *testing.F) {
	f.Add(`<https://acme.okta.com/api/v1/users?after=c1>; rel="next"`, `<`+listed+`>; rel=self`)
	f.Add(`</api/v1/users?after=c1>;title="\"";rel=next,<x>;`, ``)
	f.Add(`<//evil.example/api/v1/users?after=1>; rel="next"`, `<\x00>;rel`)
	page := parsed(f, listed)
	f.Fuzz(func(t *testing.T, first, second string) {
		next, err := nextOf([]string{first, second}, page)
		if err != nil || next == nil {
			return
		}
		// Whatever a header says, the credentials stay with the list.
		again := parsed(t, next.String())
		if transport.Origin(again) != transport.Origin(page) || again.Path != page.Path || again.User != nil || again.Query().Get("after") == "" {
			t.Errorf("%q, %q lead to %s", first, second, next)
		}
	})
}
