package wire

import (
	ber "github.com/go-asn1-ber/asn1-ber"
)

// Numbers of our requests (RFC 4511, sections 4.2, 4.3 and 4.5.1).
const (
	appBindRequest   = 0
	appUnbindRequest = 2
	appSearchRequest = 3
)

// Choices of AuthenticationChoice (RFC 4511, section 4.2).
const (
	authSimple = 0
	authSASL   = 3
)

const (
	neverDerefAliases = 0
	serversTimeLimit  = 0
)

// envelope is an LDAPMessage; controls may be nil.
func envelope(id int64, request, controls *ber.Packet) []byte {
	m := sequence(integer(ber.TagInteger, id), request)
	if controls != nil {
		m.AppendChild(controls)
	}
	return m.Bytes()
}

func bindRequest(dn string, choice *ber.Packet) *ber.Packet {
	const version = 3
	return constructed(ber.ClassApplication, appBindRequest, integer(ber.TagInteger, version), text(dn), choice)
}

func simple(password string) *ber.Packet {
	return ber.NewString(ber.ClassContext, ber.TypePrimitive, authSimple, password, "")
}

// external is the SASL mechanism of RFC 4422, appendix A, with the empty
// response: the identity is the one that the layer below has shown.
func external() *ber.Packet {
	return constructed(ber.ClassContext, authSASL, text("EXTERNAL"), text(""))
}

func unbindRequest() *ber.Packet {
	return ber.Encode(ber.ClassApplication, ber.TypePrimitive, appUnbindRequest, nil, "")
}

func searchRequest(s Search) *ber.Packet {
	attributes := sequence()
	for _, name := range s.Attributes {
		attributes.AppendChild(text(name))
	}
	return constructed(ber.ClassApplication, appSearchRequest,
		text(s.Base),
		integer(ber.TagEnumerated, int64(s.Scope)),
		integer(ber.TagEnumerated, neverDerefAliases),
		integer(ber.TagInteger, int64(s.SizeLimit)),
		integer(ber.TagInteger, serversTimeLimit),
		ber.NewBoolean(ber.ClassUniversal, ber.TypePrimitive, ber.TagBoolean, false, ""), // typesOnly
		s.Filter,
		attributes)
}

func constructed(class ber.Class, tag ber.Tag, children ...*ber.Packet) *ber.Packet {
	p := ber.Encode(class, ber.TypeConstructed, tag, nil, "")
	for _, child := range children {
		p.AppendChild(child)
	}
	return p
}

func sequence(children ...*ber.Packet) *ber.Packet {
	return constructed(ber.ClassUniversal, ber.TagSequence, children...)
}

func text(s string) *ber.Packet {
	return ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, s, "")
}

func integer(tag ber.Tag, n int64) *ber.Packet {
	return ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, tag, n, "")
}
