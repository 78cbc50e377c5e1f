package ldapfault_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"
)

// client is as simple as can be: it asks for page after page, notes what comes,
// and believes everything.
type client struct {
	t *testing.T
	// patience is after how long it calls a server silent.
	patience time.Duration
	conn     net.Conn
	in       *bufio.Reader
	id       int64
	// heard is what came, page by page, in the order in which it came.
	heard   []string
	broken  bool // nothing can be sent any more
	entries int
	people  map[string]bool // by DN
	code    int             // the last that was not success
	words   []string        // diagnostic messages and URIs
	tap     *tap
}

func dial(t *testing.T, url string, patience time.Duration) *client {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(url, "ldap://"))
	if errors.Is(err, syscall.ECONNRESET) {
		// It was accepted, and reset before the dialer could say so.
		return &client{t: t, broken: true}
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return clientOn(t, conn, patience)
}

func clientOn(t *testing.T, conn net.Conn, patience time.Duration) *client {
	wire := &tap{from: conn}
	return &client{t: t, patience: patience, conn: conn, in: bufio.NewReader(wire), people: make(map[string]bool), tap: wire}
}

// tap keeps what comes, and counts how often it came as a single byte.
type tap struct {
	from    io.Reader
	raw     []byte
	singles int
}

// Read implements io.Reader.
func (t *tap) Read(into []byte) (int, error) {
	n, err := t.from.Read(into)
	if n == 1 {
		t.singles++
	}
	t.raw = append(t.raw, into[:n]...)
	return n, err
}

// transcript has pages between bars, and counts equal ones.
func (c *client) transcript() string {
	var pages []string
	for i := 0; i < len(c.heard); {
		same := i + 1
		for same < len(c.heard) && c.heard[same] == c.heard[i] {
			same++
		}
		if page := c.heard[i]; same-i > 1 {
			pages = append(pages, fmt.Sprintf("%d times %s", same-i, page))
		} else if page != "" {
			pages = append(pages, page)
		}
		i = same
	}
	return strings.Join(pages, " | ")
}

func (c *client) note(format string, args ...any) {
	if len(c.heard) == 0 {
		c.heard = append(c.heard, "")
	}
	page := &c.heard[len(c.heard)-1]
	if *page != "" {
		*page += ", "
	}
	*page += fmt.Sprintf(format, args...)
}

func sequence(parts ...*ber.Packet) *ber.Packet {
	packet := ber.NewSequence("")
	for _, part := range parts {
		packet.AppendChild(part)
	}
	return packet
}

func text(s string) *ber.Packet {
	return ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, s, "")
}

func number(tag ber.Tag, n int64) *ber.Packet {
	return ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, tag, n, "")
}

// send makes a request of the parts of an operation.
func (c *client) send(operation ber.Tag, controls *ber.Packet, parts ...*ber.Packet) {
	c.id++
	op := ber.Encode(ber.ClassApplication, ber.TypeConstructed, operation, nil, "")
	for _, part := range parts {
		op.AppendChild(part)
	}
	message := sequence(number(ber.TagInteger, c.id), op)
	if controls != nil {
		list := ber.Encode(ber.ClassContext, ber.TypeConstructed, 0, nil, "")
		list.AppendChild(controls)
		message.AppendChild(list)
	}
	if c.broken {
		return
	}
	if _, err := c.conn.Write(message.Bytes()); errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) {
		c.broken = true
	}
}

// bind reports whether the server agreed.
func (c *client) bind(dn, password string) bool {
	c.send(ldap.ApplicationBindRequest, nil, number(ber.TagInteger, 3), text(dn),
		ber.NewString(ber.ClassContext, ber.TypePrimitive, 0, password, ""))
	packet := c.receive()
	if packet == nil {
		return false
	}
	if op := packet.Children[1]; op.Tag != ldap.ApplicationBindResponse || c.result(op) != 0 {
		c.note("bind %d", c.code)
		return false
	}
	return true
}

// startTLS asks for TLS, and reports whether the server agreed.
func (c *client) startTLS() bool {
	c.send(ldap.ApplicationExtendedRequest, nil,
		ber.NewString(ber.ClassContext, ber.TypePrimitive, 0, "1.3.6.1.4.1.1466.20037", ""))
	packet := c.receive()
	if packet == nil {
		return false
	}
	c.note("extended %d", c.result(packet.Children[1]))
	return c.code == 0
}

// search reads all pages, or as many as there may be, and gives up on what
// makes no sense. Size 0 asks for no pages.
func (c *client) search(base string, size int64) {
	const mostPages = 30
	cookie := ""
	for range mostPages {
		c.heard = append(c.heard, "")
		var controls *ber.Packet
		if size > 0 {
			value := sequence(number(ber.TagInteger, size), text(cookie))
			controls = sequence(text(ldap.ControlTypePaging), text(string(value.Bytes())))
		}
		filter, err := ldap.CompileFilter("(objectClass=person)")
		if err != nil {
			c.t.Fatal(err)
		}
		c.send(ldap.ApplicationSearchRequest, controls, text(base), number(ber.TagEnumerated, 2), number(ber.TagEnumerated, 0),
			number(ber.TagInteger, 0), number(ber.TagInteger, 0),
			ber.NewLDAPBoolean(ber.ClassUniversal, ber.TypePrimitive, ber.TagBoolean, false, ""), filter,
			sequence(text("uid"), text("mail"), text("title"), text("entryUUID")))
		var more bool
		if cookie, more = c.page(); !more {
			return
		}
	}
	c.heard = append(c.heard, "and so on")
}

// receive takes a message; nil is the end, which is noted after what before
// has to say.
func (c *client) receive(before ...func()) *ber.Packet {
	if c.broken {
		c.note("reset")
		return nil
	}
	head, err := c.await(2)
	length := 2
	if err == nil && head[0] == 0x30 && head[1] > 0x80 {
		length += int(head[1] & 0x7f)
		if head, err = c.await(length); err == nil {
			claimed := uint64(0)
			for _, octet := range head[2:] {
				claimed = claimed<<8 | uint64(octet)
			}
			if claimed > 64<<10 {
				err = errHuge
			}
		}
	}
	var packet *ber.Packet
	if err == nil {
		packet, err = c.read()
	}
	if err == nil {
		return packet
	}
	for _, note := range before {
		note()
	}
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		if c.in.Buffered() > 0 {
			c.note("half a message")
		}
		c.note("silence")
	case errors.Is(err, syscall.ECONNRESET):
		c.note("reset")
	case errors.Is(err, io.ErrUnexpectedEOF):
		c.note("half a message")
		c.note("closed")
	case errors.Is(err, io.EOF):
		if c.in.Buffered() > 0 {
			c.note("half a message")
		}
		c.note("closed")
	case errors.Is(err, errHuge):
		c.note("huge message")
	default:
		c.note("no LDAP")
	}
	return nil
}

var (
	errHuge    = errors.New("huge")
	errNotLDAP = errors.New("no LDAP")
)

// await waits until so many bytes have come.
func (c *client) await(n int) ([]byte, error) {
	_ = c.conn.SetReadDeadline(time.Now().Add(c.patience))
	return c.in.Peek(n)
}

// read is patient between bytes, as it has to be with a server that dribbles.
func (c *client) read() (*ber.Packet, error) {
	packet, err := ber.ReadPacket(patient{c})
	switch {
	case err != nil && !errors.Is(err, os.ErrDeadlineExceeded) && !errors.Is(err, io.EOF) &&
		!errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, syscall.ECONNRESET):
		return nil, errNotLDAP
	case err == nil && (packet.Tag != ber.TagSequence || len(packet.Children) < 2):
		return nil, errNotLDAP
	}
	return packet, err
}

type patient struct{ c *client }

func (p patient) Read(into []byte) (int, error) {
	_ = p.c.conn.SetReadDeadline(time.Now().Add(p.c.patience))
	return p.c.in.Read(into)
}
