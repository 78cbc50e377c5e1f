package ldapfault

import (
	"encoding/binary"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"
)

const (
	startTLSName        = "1.3.6.1.4.1.1466.20037" // RFC 4511, section 4.14.1
	disconnectionName   = "1.3.6.1.4.1.1466.20036" // RFC 4511, section 4.4.1
	intermediateAnswer  = 25                       // RFC 4511, section 4.13
	unknownName         = "1.3.6.1.4.1.32473.1"    // of the enterprise number for examples, RFC 5612
	tagReferral         = 3
	tagResponseName     = 10
	tagIntermediateName = 0
)

func sequence(parts ...*ber.Packet) *ber.Packet {
	return constructed(ber.ClassUniversal, ber.TagSequence, parts...)
}

func constructed(class ber.Class, tag ber.Tag, parts ...*ber.Packet) *ber.Packet {
	packet := ber.Encode(class, ber.TypeConstructed, tag, nil, "")
	for _, part := range parts {
		packet.AppendChild(part)
	}
	return packet
}

func text(s string) *ber.Packet { return tagged(ber.ClassUniversal, ber.TagOctetString, s) }

func tagged(class ber.Class, tag ber.Tag, s string) *ber.Packet {
	return ber.NewString(class, ber.TypePrimitive, tag, s, "")
}

func number(n int64) *ber.Packet {
	return ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, n, "")
}

// envelope makes an LDAPMessage; controls may be nil.
func envelope(id int64, op, controls *ber.Packet) []byte {
	packet := sequence(number(id), op)
	if controls != nil {
		packet.AppendChild(controls)
	}
	return packet.Bytes()
}

// as is the same message in answer to another request.
func (m *message) as(id int64) []byte { return envelope(id, m.op, m.controls) }

// result is an LDAPResult (RFC 4511, section 4.1.9).
type result struct {
	code      int
	matchedDN string
	says      string
	referrals []string
}

// operation makes an answer of a result, with what further parts it has.
func (r result) operation(tag ber.Tag, parts ...*ber.Packet) *ber.Packet {
	code := ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagEnumerated, int64(r.code), "")
	op := constructed(ber.ClassApplication, tag, code, text(r.matchedDN), text(r.says))
	if len(r.referrals) > 0 {
		op.AppendChild(constructed(ber.ClassContext, tagReferral, texts(r.referrals)...))
	}
	for _, part := range parts {
		op.AppendChild(part)
	}
	return op
}

func (r result) ofBind(id int64) []byte {
	return envelope(id, r.operation(ldap.ApplicationBindResponse), nil)
}

func (r result) ofSearch(id int64, controls ...*ber.Packet) []byte {
	return envelope(id, r.operation(ldap.ApplicationSearchResultDone), controlList(controls...))
}

func (r result) ofExtended(id int64, name string) []byte {
	return envelope(id, r.operation(ldap.ApplicationExtendedResponse, tagged(ber.ClassContext, tagResponseName, name)), nil)
}

func texts(values []string) []*ber.Packet {
	var packets []*ber.Packet
	for _, value := range values {
		packets = append(packets, text(value))
	}
	return packets
}

// controlList is nil without controls.
func controlList(controls ...*ber.Packet) *ber.Packet {
	if len(controls) == 0 {
		return nil
	}
	return constructed(ber.ClassContext, 0, controls...)
}

func (p paging) control() *ber.Packet {
	parts := []*ber.Packet{text(ldap.ControlTypePaging)}
	if p.critical {
		parts = append(parts, ber.NewLDAPBoolean(ber.ClassUniversal, ber.TypePrimitive, ber.TagBoolean, true, ""))
	}
	value := sequence(number(p.size), text(p.cookie))
	return sequence(append(parts, text(string(value.Bytes())))...)
}

// withPaging is the message with another control for paging, or with none.
func (m *message) withPaging(control *ber.Packet) []byte {
	var controls []*ber.Packet
	if m.controls != nil {
		for _, old := range m.controls.Children {
			if !isPaging(old) {
				controls = append(controls, old)
			}
		}
	}
	if control != nil {
		controls = append(controls, control)
	}
	return envelope(m.id, m.op, controlList(controls...))
}

// withAttributes is a search request for other attributes.
func (m *message) withAttributes(names []string) []byte {
	op := constructed(ber.ClassApplication, ldap.ApplicationSearchRequest, m.op.Children[:searchAttributes]...)
	op.AppendChild(sequence(texts(names)...))
	return envelope(m.id, op, m.controls)
}

// withEntry is the message with another entry in it.
func (m *message) withEntry(dn string, attributes []attribute) []byte {
	list := sequence()
	for _, a := range attributes {
		values := constructed(ber.ClassUniversal, ber.TagSet, texts(a.values)...)
		list.AppendChild(sequence(text(a.name), values))
	}
	op := constructed(ber.ClassApplication, ldap.ApplicationSearchResultEntry, text(dn), list)
	return envelope(m.id, op, m.controls)
}

func referenceTo(id int64, uris ...string) []byte {
	return envelope(id, constructed(ber.ClassApplication, ldap.ApplicationSearchResultReference, texts(uris)...), nil)
}

// longForm encodes with four octets for every length, as Active Directory does
// (X.690, section 8.1.3.5).
func longForm(packet *ber.Packet) []byte {
	contents := packet.Data.Bytes()
	if packet.TagType == ber.TypeConstructed {
		contents = nil
		for _, child := range packet.Children {
			contents = append(contents, longForm(child)...)
		}
	}
	encoded := []byte{byte(packet.ClassType) | byte(packet.TagType) | byte(packet.Tag), 0x84}
	encoded = binary.BigEndian.AppendUint32(encoded, uint32(len(contents)))
	return append(encoded, contents...)
}
