package ldap_test

import (
	"errors"
	"io"
	"net"
	"sync"
	"testing"

	ber "github.com/go-asn1-ber/asn1-ber"
	goldap "github.com/go-ldap/ldap/v3"

	"cohort/idp/ldap"
)

// script says how a server that no correct one resembles behaves. It speaks
// LDAP on the wire, and does what a real server cannot be made to do.
type script struct {
	bind    uint16 // the result of binds
	says    string // its diagnostic message
	root    map[string][]string
	rootErr uint16 // the result of reading the root DSE
	// page answers the search for one page, counted from 1, of a connection.
	page func(w *wire, n int, asked query)
}

// query is what a client asked for in one search.
type query struct {
	id     int64
	base   string
	filter string
	cookie string
	paged  bool
	size   int // of a page
}

// wire is the server's end of one connection.
type wire struct {
	t    *testing.T
	conn net.Conn
}

// serve runs a script on loopback, and gives the address and the settings to
// read it.
func serve(t *testing.T, s script) ldap.Config {
	t.Helper()
	address := listen(t, func(conn net.Conn) { s.converse(&wire{t, conn}) })
	return ldap.Config{URL: "ldap://" + address + "/dc=example,dc=com", BindDN: "cn=reader", Password: "secret"}
}

// listen serves connections one after the other's start until the test ends,
// when it waits for all of them.
func listen(t *testing.T, handle func(net.Conn)) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var (
		running sync.WaitGroup
		mu      sync.Mutex
		open    []net.Conn
	)
	running.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			open = append(open, conn)
			mu.Unlock()
			running.Go(func() {
				defer func() { _ = conn.Close() }()
				handle(conn)
			})
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		mu.Lock()
		for _, conn := range open {
			_ = conn.Close()
		}
		mu.Unlock()
		running.Wait()
	})
	return listener.Addr().String()
}

// converse answers requests until the client goes.
func (s script) converse(w *wire) {
	pages := 0
	for {
		packet, err := ber.ReadPacket(w.conn)
		if err != nil {
			if !errors.Is(err, io.EOF) && !errors.Is(err, net.ErrClosed) && !errors.Is(err, io.ErrUnexpectedEOF) {
				w.t.Logf("the client went: %v", err)
			}
			return
		}
		id, request := packet.Children[0].Value.(int64), packet.Children[1]
		switch request.Tag {
		case goldap.ApplicationBindRequest:
			w.result(id, goldap.ApplicationBindResponse, s.bind, s.says, nil)
		case goldap.ApplicationUnbindRequest:
			return
		case goldap.ApplicationSearchRequest:
			asked := s.read(w.t, id, packet)
			if asked.base == "" && !asked.paged {
				if s.rootErr == 0 {
					w.entry(id, "", s.root)
				}
				w.done(id, s.rootErr)
				continue
			}
			pages++
			s.page(w, pages, asked)
		default:
			w.result(id, goldap.ApplicationExtendedResponse, goldap.LDAPResultProtocolError, "unsupported", nil)
		}
	}
}

func (s script) read(t *testing.T, id int64, packet *ber.Packet) query {
	request := packet.Children[1]
	filter, err := goldap.DecompileFilter(request.Children[6])
	if err != nil {
		t.Errorf("the client's filter: %v", err)
	}
	asked := query{id: id, base: request.Children[0].Value.(string), filter: filter}
	if len(packet.Children) > 2 {
		for _, child := range packet.Children[2].Children {
			control, err := goldap.DecodeControl(child)
			if err != nil {
				t.Errorf("the client's control: %v", err)
			}
			if paging, ok := control.(*goldap.ControlPaging); ok {
				asked.paged, asked.cookie, asked.size = true, string(paging.Cookie), int(paging.PagingSize)
			}
		}
	}
	return asked
}

// entry sends a SearchResultEntry.
func (w *wire) entry(id int64, dn string, attributes map[string][]string) {
	operation := ber.Encode(ber.ClassApplication, ber.TypeConstructed, goldap.ApplicationSearchResultEntry, nil, "")
	operation.AppendChild(text(dn))
	list := sequence()
	for name, values := range attributes {
		set := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSet, nil, "")
		for _, value := range values {
			set.AppendChild(text(value))
		}
		pair := sequence()
		pair.AppendChild(text(name))
		pair.AppendChild(set)
		list.AppendChild(pair)
	}
	operation.AppendChild(list)
	w.send(id, operation, nil)
}

// person sends an entry that is somebody.
func (w *wire) person(id int64, uid string) {
	w.entry(id, "uid="+uid+",dc=example,dc=com", map[string][]string{"entryUUID": {uid}, "mail": {uid + "@example.com"}})
}

// referral sends a SearchResultReference.
func (w *wire) referral(id int64, uri string) {
	operation := ber.Encode(ber.ClassApplication, ber.TypeConstructed, goldap.ApplicationSearchResultReference, nil, "")
	operation.AppendChild(text(uri))
	w.send(id, operation, nil)
}

// more ends a page that others follow, last the last one.
func (w *wire) more(id int64, cookie string) {
	w.result(id, goldap.ApplicationSearchResultDone, goldap.LDAPResultSuccess, "", &cookie)
}

func (w *wire) last(id int64) {
	none := ""
	w.result(id, goldap.ApplicationSearchResultDone, goldap.LDAPResultSuccess, "", &none)
}

// done ends a search without a word about pages.
func (w *wire) done(id int64, code uint16) {
	w.result(id, goldap.ApplicationSearchResultDone, code, "", nil)
}

func (w *wire) result(id int64, operation ber.Tag, code uint16, says string, cookie *string) {
	response := ber.Encode(ber.ClassApplication, ber.TypeConstructed, operation, nil, "")
	response.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagEnumerated, int64(code), ""))
	response.AppendChild(text(""))
	response.AppendChild(text(says))
	var controls *ber.Packet
	if cookie != nil {
		controls = ber.Encode(ber.ClassContext, ber.TypeConstructed, 0, nil, "")
		controls.AppendChild((&goldap.ControlPaging{Cookie: []byte(*cookie)}).Encode())
	}
	w.send(id, response, controls)
}

func (w *wire) send(id int64, operation, controls *ber.Packet) {
	message := sequence()
	message.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, id, ""))
	message.AppendChild(operation)
	if controls != nil {
		message.AppendChild(controls)
	}
	if _, err := w.conn.Write(message.Bytes()); err != nil {
		w.t.Logf("the client went: %v", err)
	}
}

func sequence() *ber.Packet {
	return ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSequence, nil, "")
}

func text(s string) *ber.Packet {
	return ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, s, "")
}
