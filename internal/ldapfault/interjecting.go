package ldapfault

import (
	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"
)

// foreign lies between the id of a request and one that was never used.
const foreign = 1000

// interjections are messages between the entries that are none, or that belong
// to nobody.
func interjections() []Fault {
	notice := result{code: ldap.LDAPResultUnavailable, says: "the server is going down"}.ofExtended(0, disconnectionName)
	before := func(other func(*message) []byte) func() behaviour {
		return at(inside(), func(m *message) move { return reply(other(m), m.raw) })
	}
	faults := withOnFirst(
		Fault{
			Name:    "a notice of disconnection",
			Doc:     "inside the second page the server gives notice and hangs up (RFC 4511, section 4.4.1)",
			Outcome: MustFail,
			Says:    "the server is going down",
			begin:   at(inside(), func(*message) move { return reply(notice).and(hangUp) }),
		},
		Fault{
			Name:    "a notice of disconnection, and silence",
			Doc:     "inside the second page the server gives notice, and leaves the connection open",
			Outcome: MustFail,
			Says:    "the server is going down",
			begin:   at(inside(), func(*message) move { return reply(notice).and(silence) }),
		},
	)
	return append(faults,
		Fault{
			Name:    "a notice of something unknown",
			Doc:     "inside the second page comes an unsolicited notification with a name that nobody knows; it has no meaning for the search (RFC 4511, section 4.4)",
			Outcome: Harmless,
			begin: before(func(*message) []byte {
				return result{says: "something happened elsewhere"}.ofExtended(0, unknownName)
			}),
		},
		Fault{
			Name:    "an intermediate response",
			Doc:     "inside the second page comes an IntermediateResponse that belongs to the search (RFC 4511, section 4.13)",
			Outcome: Harmless,
			begin: before(func(m *message) []byte {
				return envelope(m.id, constructed(ber.ClassApplication, intermediateAnswer,
					tagged(ber.ClassContext, tagIntermediateName, unknownName),
					tagged(ber.ClassContext, tagIntermediateName+1, "half the way")), nil)
			}),
		},
		Fault{
			Name:    "an entry with a foreign id",
			Doc:     "an entry of the second page comes under the id of no request: who drops it has lost somebody",
			Outcome: MustFail,
			begin:   at(inside(), func(m *message) move { return reply(m.as(m.id + foreign)) }),
		},
		Fault{
			Name:    "an entry too many with a foreign id",
			Doc:     "inside the second page an entry comes also under the id of no request: nothing is lost, nor must it count",
			Outcome: MayFail,
			begin:   before(func(m *message) []byte { return m.as(m.id + foreign) }),
		},
		Fault{
			Name:    "an end with a foreign id",
			Doc:     "inside the second page comes a SearchResultDone under the id of no request: it must not end this one",
			Outcome: MayFail,
			begin:   before(func(m *message) []byte { return result{}.ofSearch(m.id + foreign) }),
		},
		Fault{
			Name:    "an end with a foreign id, in place of the page's own",
			Doc:     "the second page's end comes under the id of no request, and nothing after it",
			Outcome: MustFail,
			begin:   at(doneOf(2), func(m *message) move { return reply(m.as(m.id + foreign)) }),
		},
		Fault{
			Name:    "an answer to another operation",
			Doc:     "the second page ends with a BindResponse of success in place of its SearchResultDone",
			Outcome: MustFail,
			begin:   at(doneOf(2), func(m *message) move { return reply(result{}.ofBind(m.id)) }),
		},
		Fault{
			Name:    "unknown controls",
			Doc:     "the ends of pages have a control that nobody knows before and behind that for paging, and entries have one, too; without criticality in answers they say nothing (RFC 4511, section 4.1.11)",
			Outcome: Harmless,
			begin: at(func(m *message) bool { return m.page > 0 && (m.kind == entry || m.kind == done) }, func(m *message) move {
				return reply(m.amongUnknownControls())
			}),
		},
		Fault{
			Name:    "references to other servers",
			Doc:     "the first and the second page have a SearchResultReference each between their entries: two to be counted, none to be followed (RFC 4511, section 4.5.3)",
			Outcome: Harmless,
			Says:    "ldap://elsewhere.example.com",
			begin: at(func(m *message) bool { return m.kind == entry && m.nth == 1 && (m.page == 1 || m.page == 2) }, func(m *message) move {
				return reply(m.raw, referenceTo(m.id, elsewhere, elsewhere+"??sub"))
			}),
		},
	)
}

// amongUnknownControls is the message with more controls before and behind its
// own.
func (m *message) amongUnknownControls() []byte {
	unknown := sequence(text(unknownName), text("whatever"))
	controls := []*ber.Packet{unknown}
	if m.controls != nil {
		controls = append(controls, m.controls.Children...)
	}
	return envelope(m.id, m.op, controlList(append(controls, unknown)...))
}
