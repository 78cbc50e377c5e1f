package ldapfault

import (
	"fmt"

	"github.com/go-ldap/ldap/v3"
)

// plainLimit is how many entries a limited search without pages gives.
const plainLimit = 30

// smallPage is the largest page that a sparing server accepts.
const smallPage = 20

// refusals are servers that do not give pages, or not of the size asked for.
func refusals() []Fault {
	const whole = "; a search without pages gives everything, and success says so"
	limited := fmt.Sprintf("; a search without pages ends with sizeLimitExceeded after %d entries", plainLimit)
	var faults []Fault
	for _, refusal := range []struct {
		name, doc string
		answer    result
		ignores   bool
	}{
		{
			"paging is unknown",
			"the server does not know the control: where it is critical it answers unavailableCriticalExtension, else it ignores it (RFC 4511, section 4.1.11)",
			result{code: ldap.LDAPResultUnavailableCriticalExtension, says: "critical extension is not recognized"}, true,
		},
		{
			"paging is refused with unavailableCriticalExtension",
			"the server refuses the control even where it is not critical",
			result{code: ldap.LDAPResultUnavailableCriticalExtension, says: "paged results are not available"}, false,
		},
		{
			"paging is refused with unwillingToPerform",
			"the server refuses the control",
			result{code: ldap.LDAPResultUnwillingToPerform, says: "paged results are disabled"}, false,
		},
	} {
		faults = append(faults,
			Fault{
				Name: refusal.name, Doc: refusal.doc + whole, Outcome: Harmless,
				begin: refusePaging(refusal.answer, refusal.ignores, 0),
			},
			Fault{
				Name: refusal.name + ", and plain searches are limited", Doc: refusal.doc + limited, Outcome: MustFail,
				Code: ldap.LDAPResultSizeLimitExceeded, Says: "limit of plain searches",
				begin: refusePaging(refusal.answer, refusal.ignores, plainLimit),
			},
		)
	}
	return append(faults,
		Fault{
			Name:    "larger pages are refused with sizeLimitExceeded",
			Doc:     fmt.Sprintf("pages of more than %d entries end with the limit, after as many; the client asks for smaller ones", smallPage),
			Outcome: Harmless,
			begin:   refuseLargerPages(ldap.LDAPResultSizeLimitExceeded),
		},
		Fault{
			Name:    "larger pages are refused with adminLimitExceeded",
			Doc:     fmt.Sprintf("pages of more than %d entries end with the limit, after as many; the client asks for smaller ones", smallPage),
			Outcome: Harmless,
			begin:   refuseLargerPages(ldap.LDAPResultAdminLimitExceeded),
		},
	)
}

// refusePaging answers requests for pages with a result, or ignores that they
// are for pages where that may be; others end at a limit, unless it is 0.
func refusePaging(answer result, ignores bool, limit int) func() behaviour {
	tooMany := result{code: ldap.LDAPResultSizeLimitExceeded, says: "limit of plain searches"}
	return func() behaviour {
		return func(m *message) move {
			switch {
			case m.kind == searchRequest && m.paging != nil && ignores && !m.paging.critical:
				return move{toServer: [][]byte{m.withPaging(nil)}}
			case m.kind == searchRequest && m.paging != nil:
				return reply(answer.ofSearch(m.id))
			case limit > 0 && m.page > 0 && m.nth > limit:
				if m.kind == entry {
					return move{}
				}
				return reply(tooMany.ofSearch(m.id))
			}
			return pass(m)
		}
	}
}

// refuseLargerPages gives as many entries as it accepts, and then the result.
func refuseLargerPages(code int) func() behaviour {
	return func() behaviour {
		large := false
		return func(m *message) move {
			switch {
			case m.kind == searchRequest && m.page > 0:
				large = m.paging != nil && m.paging.size > smallPage
			case large && m.kind == entry && m.page > 0 && m.nth > smallPage:
				return move{}
			case large && m.kind == done && m.page > 0 && m.nth > smallPage:
				return reply(result{code: code, says: "the page is too large"}.ofSearch(m.id))
			}
			return pass(m)
		}
	}
}
