package ldapfault_test

import (
	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"
)

// page notes one page, and gives the cookie if there are more.
func (c *client) page() (cookie string, more bool) {
	entries := 0
	flush := func() {
		if entries > 0 {
			c.note("%d entries", entries)
		}
		c.entries += entries
		entries = 0
	}
	defer flush()
	for {
		packet := c.receive(flush)
		if packet == nil {
			return "", false
		}
		id, op := packet.Children[0].Value.(int64), packet.Children[1]
		if op.Tag == ldap.ApplicationSearchResultEntry && id == c.id && wellFormed(op) {
			c.people[op.Children[0].Data.String()] = true
			entries++
			continue
		}
		flush()
		whose := ""
		if id != c.id && id != 0 {
			whose = "foreign "
		}
		switch op.Tag {
		case ldap.ApplicationSearchResultEntry:
			if whose == "" {
				c.note("malformed entry")
			} else {
				c.note("%sentry", whose)
			}
		case ldap.ApplicationSearchResultReference:
			c.note("reference")
			for _, uri := range op.Children {
				c.words = append(c.words, uri.Data.String())
			}
		case ldap.ApplicationSearchResultDone:
			code := c.result(op)
			state, cookie := pagingOf(packet)
			switch {
			case whose != "":
				c.note("%sdone", whose)
				continue
			case code != 0:
				c.note("done %d", code)
				return "", false
			default:
				c.note("%s", state)
				return cookie, state == "more"
			}
		case ldap.ApplicationExtendedResponse:
			c.note("notice %d", c.result(op))
		default:
			c.note("%soperation %d", whose, op.Tag)
		}
	}
}

func wellFormed(entry *ber.Packet) bool {
	if len(entry.Children) != 2 {
		return false
	}
	for _, pair := range entry.Children[1].Children {
		if len(pair.Children) != 2 || pair.Children[0].Tag != ber.TagOctetString {
			return false
		}
	}
	return true
}

func pagingOf(packet *ber.Packet) (state, cookie string) {
	if len(packet.Children) < 3 {
		return "end", ""
	}
	for _, control := range packet.Children[2].Children {
		if control.Children[0].Data.String() != ldap.ControlTypePaging {
			continue
		}
		if len(control.Children) < 2 {
			return "no paging value", ""
		}
		value, err := ber.DecodePacketErr(control.Children[1].Data.Bytes())
		if err != nil || len(value.Children) != 2 {
			return "garbled paging", ""
		}
		if cookie = value.Children[1].Data.String(); cookie != "" {
			return "more", cookie
		}
		return "last", ""
	}
	return "end", ""
}

// result notes what the server says, and gives the code.
func (c *client) result(op *ber.Packet) int {
	code, _ := op.Children[0].Value.(int64)
	if code != 0 {
		c.code = int(code)
	}
	c.words = append(c.words, op.Children[2].Data.String())
	for _, part := range op.Children[3:] {
		for _, uri := range part.Children {
			c.words = append(c.words, uri.Data.String())
		}
	}
	return int(code)
}
