package ldapfault

import (
	"fmt"

	"github.com/go-ldap/ldap/v3"
)

// cookies are pages that are not strung together as RFC 2696 wants it.
func cookies() []Fault {
	// bare takes the control from the end of a page.
	bare := func(m *message) move { return reply(m.withPaging(nil)) }
	return []Fault{
		{
			Name:    "the same page for ever",
			Doc:     "every request is answered with the first page and its cookie; a client that believes it never ends",
			Outcome: MustFail,
			begin:   samePage,
		},
		{
			Name:    "the same page for ever, with new cookies",
			Doc:     "every request is answered with the first page and a cookie that was not there before",
			Outcome: MustFail,
			begin:   samePageWithNewCookies,
		},
		{
			Name:    "empty pages with the same cookie",
			Doc:     "from the second on, pages have no entries, and the cookie that led to them",
			Outcome: MustFail,
			begin: at(laterPage, func(m *message) move {
				return reply(result{}.ofSearch(m.id, paging{cookie: m.paging.cookie}.control()))
			}),
		},
		{
			Name:    "empty pages with new cookies",
			Doc:     "from the second on, pages have no entries, and a cookie that was not there before; a few such pages may come from a correct server, but not without end",
			Outcome: MustFail,
			begin: at(laterPage, func(m *message) move {
				return reply(result{}.ofSearch(m.id, paging{cookie: fmt.Sprintf("page %d", m.page)}.control()))
			}),
		},
		{
			Name:    "some empty pages",
			Doc:     "three empty pages with new cookies come before the second; RFC 2696 allows them",
			Outcome: Harmless,
			begin:   someEmptyPages,
		},
		{
			Name:    "no paging control on a later page",
			Doc:     "the second page does not say whether there is a third, which there is",
			Outcome: MustFail,
			begin:   at(doneOf(2), bare),
		},
		{
			Name: "no paging control on the first page",
			Doc: "the first page does not say that there are more. A server that knows no pages answers so, too, and means that this was everything: " +
				"the client can know better only where supportedControl of the root DSE lists paging, or where the page has exactly as many entries as were asked for",
			Outcome: Unknowable,
			begin:   at(doneOf(1), bare),
		},
		{
			Name: "an early last page",
			Doc: "the second page has an empty cookie, though there is a third. The client can know better only by an earlier count: " +
				"the control's own estimate of the total, where the server gives one, or a baseline",
			Outcome: Unknowable,
			begin: at(doneOf(2), func(m *message) move {
				return reply(m.withPaging(paging{}.control()))
			}),
		},
		{
			Name:    "a page without its entries",
			Doc:     "the second page comes empty and leads to the third. The client can know better only by an earlier count",
			Outcome: Unknowable,
			begin: at(func(m *message) bool { return m.kind == entry && m.page == 2 }, func(*message) move {
				return move{}
			}),
		},
		{
			Name:    "a paging control of garbage",
			Doc:     "the value of the first page's control is no BER: nobody knows whether there are more",
			Outcome: MustFail,
			begin: at(doneOf(1), func(m *message) move {
				return reply(m.withPaging(sequence(text(ldap.ControlTypePaging), text("\xff\xfe\xfd garbage"))))
			}),
		},
		{
			Name:    "a paging control without a value",
			Doc:     "the first page's control has no value, and so no cookie: nobody knows whether there are more",
			Outcome: MustFail,
			begin: at(doneOf(1), func(m *message) move {
				return reply(m.withPaging(sequence(text(ldap.ControlTypePaging))))
			}),
		},
		{
			Name:    "a cookie that the server has forgotten",
			Doc:     "the request for the second page ends with unwillingToPerform, as OpenLDAP does when another search on the connection has taken the place",
			Outcome: MayFail,
			Code:    ldap.LDAPResultUnwillingToPerform,
			Says:    "paged results cookie is invalid or old",
			begin: at(requestFor(2), func(m *message) move {
				return reply(result{
					code: ldap.LDAPResultUnwillingToPerform,
					says: "paged results cookie is invalid or old",
				}.ofSearch(m.id))
			}),
		},
	}
}

// laterPage is every request for a page but the first.
func laterPage(m *message) bool { return m.kind == searchRequest && m.page > 1 }

// repetitions are entries that come more than once.
func repetitions() []Fault {
	return []Fault{
		{
			Name:    "an entry twice in a page",
			Doc:     "an entry of the second page comes twice in a row: what is missing for it, nobody knows",
			Outcome: MustFail,
			begin:   at(inside(), func(m *message) move { return reply(m.raw, m.raw) }),
		},
		{
			Name:    "an entry twice, on two pages",
			Doc:     "an entry of the first page comes again in the second",
			Outcome: MustFail,
			begin: func() behaviour {
				var seen *message
				return func(m *message) move {
					switch {
					case entryOf(1, 1)(m):
						seen = m
					case inside()(m):
						return reply(seen.as(m.id), m.raw)
					}
					return pass(m)
				}
			},
		},
		{
			Name:    "a page twice",
			Doc:     "the first page comes again as the second, with a cookie of its own, before the rest",
			Outcome: MustFail,
			begin:   pageTwice,
		},
	}
}

// firstPage remembers the first page of a search.
type firstPage struct {
	entries []*message
	end     *message
}

func (p *firstPage) note(m *message) {
	switch {
	case requestFor(1)(m):
		*p = firstPage{}
	case m.page == 1 && m.kind == entry:
		p.entries = append(p.entries, m)
	case doneOf(1)(m):
		p.end = m
	}
}

// again answers another request with it; an empty cookie stands for its own.
func (p *firstPage) again(id int64, cookie string) move {
	var all [][]byte
	for _, m := range p.entries {
		all = append(all, m.as(id))
	}
	if cookie == "" {
		cookie = p.cookie()
	}
	return reply(append(all, result{}.ofSearch(id, paging{cookie: cookie}.control()))...)
}

func (p *firstPage) cookie() string {
	if p.end == nil || p.end.paging == nil {
		return ""
	}
	return p.end.paging.cookie
}

func samePage() behaviour {
	var first firstPage
	return func(m *message) move {
		first.note(m)
		if laterPage(m) {
			return first.again(m.id, "")
		}
		return pass(m)
	}
}

func samePageWithNewCookies() behaviour {
	var first firstPage
	return func(m *message) move {
		first.note(m)
		if laterPage(m) {
			return first.again(m.id, fmt.Sprintf("page %d", m.page))
		}
		return pass(m)
	}
}

func pageTwice() behaviour {
	var first firstPage
	return func(m *message) move {
		first.note(m)
		switch {
		case requestFor(2)(m):
			return first.again(m.id, "again")
		case requestFor(3)(m):
			return move{toServer: [][]byte{m.continueFrom(first.cookie())}}
		}
		return pass(m)
	}
}

func someEmptyPages() behaviour {
	const empty = 3
	var first firstPage
	return func(m *message) move {
		first.note(m)
		switch {
		case laterPage(m) && m.page < 2+empty:
			return reply(result{}.ofSearch(m.id, paging{cookie: fmt.Sprintf("page %d", m.page)}.control()))
		case requestFor(2 + empty)(m):
			return move{toServer: [][]byte{m.continueFrom(first.cookie())}}
		}
		return pass(m)
	}
}

// continueFrom is a request for the page behind another cookie.
func (m *message) continueFrom(cookie string) []byte {
	return m.withPaging(paging{critical: m.paging.critical, size: m.paging.size, cookie: cookie}.control())
}
