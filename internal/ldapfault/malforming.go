package ldapfault

import (
	"bytes"
	"strings"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"
)

// Emptied is the attribute that one entry has without values, under the fault
// "an attribute without values".
const Emptied = "title"

// malformations are bytes that are no LDAP, or an unusual one.
func malformations() []Fault {
	// in replaces an entry.
	in := func(other func(*message) []byte) func() behaviour {
		return at(inside(), func(m *message) move { return reply(other(m)) })
	}
	first := func(m *message) bool { return m.kind != accepted && m.kind.fromClient() }
	return []Fault{
		{
			Name:    "lengths in the long form",
			Doc:     "all lengths in all answers have four octets, as Active Directory has them (X.690, section 8.1.3.5)",
			Outcome: Harmless,
			begin: at(func(m *message) bool { return m.raw != nil && !m.kind.fromClient() }, func(m *message) move {
				return reply(longForm(ber.DecodePacket(m.raw)))
			}),
		},
		{
			Name:    "an indefinite length",
			Doc:     "an entry has no length but an end; LDAP forbids it (RFC 4511, section 5.1), and some clients understand it",
			Outcome: MayFail,
			begin: in(func(m *message) []byte {
				contents := append(number(m.id).Bytes(), m.op.Bytes()...)
				return append(append([]byte{0x30, 0x80}, contents...), 0, 0)
			}),
		},
		{
			Name:    "a message of 2 GB",
			Doc:     "an entry claims to be 2,147,483,647 bytes long, of which some hundred come; memory must not be set aside for the others",
			Outcome: MustFail,
			begin:   claim(0x30, 0x84, 0x7f, 0xff, 0xff, 0xff),
		},
		{
			Name:    "a message beyond all measure",
			Doc:     "an entry claims to be 2^63-1 bytes long, of which some hundred come",
			Outcome: MustFail,
			begin:   claim(0x30, 0x88, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
		},
		{
			Name:    "garbage",
			Doc:     "in place of an entry come bytes that are no BER, and then the rest as if nothing had been",
			Outcome: MustFail,
			begin:   in(func(*message) []byte { return bytes.Repeat([]byte{0xff, 0x00, 0xde, 0xad}, 16) }),
		},
		{
			Name:    "HTTP",
			Doc:     "a web server listens: it answers the first request with 400 and hangs up",
			Outcome: MustFail,
			begin: at(first, func(*message) move {
				return reply([]byte("HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n" +
					"<html><head><title>400 Bad Request</title></head></html>\r\n")).and(hangUp)
			}),
		},
		{
			Name:    "a TLS port",
			Doc:     "an LDAPS server listens: it answers the first request with a TLS alert (unexpected_message) and hangs up",
			Outcome: MustFail,
			begin: at(first, func(*message) move {
				return reply([]byte{0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x0a}).and(hangUp)
			}),
		},
		{
			Name:    "an attribute without values",
			Doc:     "one entry of the second page has its " + Emptied + " without a value, as if only types had been asked for; the others are as they were",
			Outcome: Harmless,
			begin: in(func(m *message) []byte {
				dn, attributes := m.entry()
				kept := []attribute{{name: Emptied}}
				for _, a := range attributes {
					if !strings.EqualFold(a.name, Emptied) {
						kept = append(kept, a)
					}
				}
				return m.withEntry(dn, kept)
			}),
		},
		{
			Name:    "an attribute of the wrong type",
			Doc:     "an entry has an attribute whose name is an INTEGER",
			Outcome: MustFail,
			begin: in(func(m *message) []byte {
				pair := sequence(number(7), constructed(ber.ClassUniversal, ber.TagSet, text("seven")))
				return withAttributeList(m, sequence(pair))
			}),
		},
		{
			Name:    "an entry without its attributes' list",
			Doc:     "an entry ends behind its DN, which is not what an entry without attributes looks like",
			Outcome: MustFail,
			begin:   in(func(m *message) []byte { return withAttributeList(m) }),
		},
		{
			Name:    "an element longer than its entry",
			Doc:     "an entry's DN claims to be longer than the message that it is in",
			Outcome: MustFail,
			begin: in(func(m *message) []byte {
				op := append([]byte{0x64, 0x06, 0x04, 0x7f}, "uid="...)
				contents := append(number(m.id).Bytes(), op...)
				return append([]byte{0x30, byte(len(contents))}, contents...)
			}),
		},
		{
			Name:    "an unknown operation",
			Doc:     "in place of an entry comes a message with an operation that LDAP does not have",
			Outcome: MustFail,
			begin: in(func(m *message) []byte {
				return envelope(m.id, constructed(ber.ClassApplication, 30, text("what is this")), nil)
			}),
		},
	}
}

// claim sends the beginning of a message in place of an entry, and no more.
func claim(head ...byte) func() behaviour {
	return at(inside(), func(m *message) move {
		return reply(append(bytes.Clone(head), m.raw[2:]...)).and(silence)
	})
}

// withAttributeList is an entry's message with other parts behind its DN.
func withAttributeList(m *message, list ...*ber.Packet) []byte {
	op := constructed(ber.ClassApplication, ldap.ApplicationSearchResultEntry, m.op.Children[0])
	for _, part := range list {
		op.AppendChild(part)
	}
	return envelope(m.id, op, m.controls)
}
