package ldapfault

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"
)

// kind is what a message is.
type kind int

const (
	accepted kind = iota // no message yet: the client has just come
	notLDAP              // the client sent something else
	bindRequest
	searchRequest
	startTLSRequest
	otherRequest
	bindAnswer
	entry
	reference
	done
	startTLSAnswer
	otherAnswer
)

func (k kind) fromClient() bool { return k <= otherRequest }

// message is one LDAPMessage (RFC 4511, section 4.1.1) on its way.
type message struct {
	kind     kind
	raw      []byte // as it came; nil where nothing came
	id       int64
	op       *ber.Packet
	controls *ber.Packet // or nil

	// page counts the pages of a search below a base, from 1; a search
	// without pages has one. It is 0 in lookups of single entries.
	page int
	// nth counts the entries of the page, from 1; at its end it is how many
	// there were.
	nth int
	// paging is the control of a search request or of the end of a page.
	paging *paging
}

// paging is the control for paged results (RFC 2696).
type paging struct {
	critical bool
	size     int64
	cookie   string
}

// largestMessage bounds what is taken from either side.
const largestMessage = 64 << 20

var errNotLDAP = errors.New("this is not LDAP")

// readMessage takes one LDAPMessage from a stream. Its kind and place are for
// the link to find out.
func readMessage(from *bufio.Reader) (*message, error) {
	raw, err := readRaw(from)
	if err != nil {
		return nil, err
	}
	packet, err := ber.DecodePacketErr(raw)
	if err != nil || len(packet.Children) < 2 {
		return nil, errNotLDAP
	}
	id, ok := packet.Children[0].Value.(int64)
	if !ok {
		return nil, errNotLDAP
	}
	m := &message{raw: raw, id: id, op: packet.Children[1]}
	if len(packet.Children) > 2 {
		m.controls = packet.Children[2]
		m.paging = findPaging(m.controls)
	}
	return m, nil
}

// readRaw takes a message's bytes as they are.
func readRaw(from *bufio.Reader) ([]byte, error) {
	head, err := from.Peek(2)
	if err != nil {
		return nil, err
	}
	if head[0] != byte(ber.TypeConstructed)|byte(ber.TagSequence) {
		return nil, errNotLDAP
	}
	start, length := 2, int(head[1])
	if head[1]&0x80 != 0 {
		octets := int(head[1] & 0x7f)
		if octets == 0 || octets > 4 {
			return nil, errNotLDAP
		}
		start += octets
		if head, err = from.Peek(start); err != nil {
			return nil, err
		}
		length = 0
		for _, octet := range head[2:] {
			length = length<<8 | int(octet)
		}
	}
	if length > largestMessage {
		return nil, fmt.Errorf("a message of %d bytes", length)
	}
	raw := make([]byte, start+length)
	_, err = io.ReadFull(from, raw)
	return raw, err
}

func isPaging(control *ber.Packet) bool {
	return len(control.Children) > 0 && control.Children[0].Data.String() == ldap.ControlTypePaging
}

func findPaging(controls *ber.Packet) *paging {
	for _, control := range controls.Children {
		if !isPaging(control) {
			continue
		}
		p := &paging{}
		for _, part := range control.Children[1:] {
			switch part.Tag {
			case ber.TagBoolean:
				p.critical = part.Value == true
			case ber.TagOctetString:
				value, err := ber.DecodePacketErr(part.Data.Bytes())
				if err == nil && len(value.Children) == 2 {
					p.size, _ = value.Children[0].Value.(int64)
					p.cookie = value.Children[1].Data.String()
				}
			}
		}
		return p
	}
	return nil
}

// Components of a SearchRequest (RFC 4511, section 4.5.1).
const (
	searchScope      = 1
	searchAttributes = 7
)

// isLookup tells the search for a single entry.
func (m *message) isLookup() bool {
	return len(m.op.Children) <= searchScope || m.op.Children[searchScope].Value == int64(ldap.ScopeBaseObject)
}

// isStartTLS tells the extended request for TLS (RFC 4511, section 4.14.1).
func (m *message) isStartTLS() bool {
	return m.op.Tag == ldap.ApplicationExtendedRequest && len(m.op.Children) > 0 &&
		m.op.Children[0].Data.String() == startTLSName
}

// succeeded tells the result of an answer.
func (m *message) succeeded() bool {
	return len(m.op.Children) > 0 && m.op.Children[0].Value == int64(ldap.LDAPResultSuccess)
}

// attribute is a PartialAttribute (RFC 4511, section 4.1.7).
type attribute struct {
	name   string
	values []string
}

// entry reads a SearchResultEntry of a server that is known to be correct.
func (m *message) entry() (dn string, attributes []attribute) {
	for _, pair := range m.op.Children[1].Children {
		a := attribute{name: pair.Children[0].Data.String()}
		for _, value := range pair.Children[1].Children {
			a.values = append(a.values, value.Data.String())
		}
		attributes = append(attributes, a)
	}
	return m.op.Children[0].Data.String(), attributes
}
