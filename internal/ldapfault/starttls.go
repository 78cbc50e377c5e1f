package ldapfault

import (
	"slices"

	"github.com/go-ldap/ldap/v3"
)

// startTLS is what goes wrong on the way to TLS (RFC 4511, section 4.14). A
// client that asks for it must not go on without.
func startTLS() []Fault {
	agreed := func(m *message) []byte { return result{}.ofExtended(m.id, startTLSName) }
	refuse := func(r result) func() behaviour {
		return at(is(startTLSRequest), func(m *message) move { return reply(r.ofExtended(m.id, startTLSName)) })
	}
	faults := []Fault{
		{
			Name:  "StartTLS is unknown",
			Doc:   "the server answers protocolError: it does not know the operation",
			Code:  ldap.LDAPResultProtocolError,
			Says:  "unsupported extended operation",
			begin: refuse(result{code: ldap.LDAPResultProtocolError, says: "unsupported extended operation"}),
		},
		{
			Name:  "StartTLS is unavailable",
			Doc:   "the server knows the operation and has no certificate",
			Code:  ldap.LDAPResultUnavailable,
			Says:  "could not initialize TLS",
			begin: refuse(result{code: ldap.LDAPResultUnavailable, says: "could not initialize TLS"}),
		},
		{
			Name:  "StartTLS is closed upon",
			Doc:   "the server hangs up at the request for TLS",
			begin: at(is(startTLSRequest), then(hangUp)),
		},
		{
			Name:   "StartTLS is met with silence",
			Doc:    "the request for TLS gets no answer, for ever",
			Silent: true,
			begin:  at(is(startTLSRequest), then(silence)),
		},
		{
			Name:   "StartTLS, and then silence",
			Doc:    "the server agrees, and never shakes hands",
			Silent: true,
			begin:  at(is(startTLSRequest), func(m *message) move { return reply(agreed(m)).and(silence) }),
		},
		{
			Name:  "StartTLS, and then closed",
			Doc:   "the server agrees and hangs up",
			begin: at(is(startTLSRequest), func(m *message) move { return reply(agreed(m)).and(hangUp) }),
		},
		{
			Name:  "StartTLS, and then plaintext",
			Doc:   "the server agrees, and answers the client's handshake with a notice of disconnection in plaintext",
			begin: plaintextHandshake(agreed),
		},
		{
			Name: "StartTLS with plaintext injected",
			Doc: "right behind the server's agreement, in the same segment, somebody on the way adds plaintext: binds that succeeded. " +
				"It must never be taken for something that came over TLS; it comes where the handshake is due, and spoils it",
			begin: at(is(startTLSAnswer), func(m *message) move {
				if !m.succeeded() {
					return pass(m)
				}
				// The ids that a client may use next: on, or from the beginning.
				return reply(slices.Concat(m.raw, result{}.ofBind(m.id), result{}.ofBind(m.id+1)))
			}),
		},
	}
	for i := range faults {
		faults[i].StartTLS = true
	}
	return faults
}

func plaintextHandshake(agreed func(*message) []byte) func() behaviour {
	notice := result{code: ldap.LDAPResultProtocolError, says: "this is not LDAP"}.ofExtended(0, disconnectionName)
	return func() behaviour {
		return func(m *message) move {
			switch m.kind {
			case startTLSRequest:
				return reply(agreed(m))
			case notLDAP:
				return reply(notice).and(hangUp)
			}
			return pass(m)
		}
	}
}
