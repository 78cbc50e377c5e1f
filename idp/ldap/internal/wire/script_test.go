package wire_test

import (
	"context"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	ber "github.com/go-asn1-ber/asn1-ber"
	goldap "github.com/go-ldap/ldap/v3"

	"cohort/idp/ldap/internal/wire"
)

// script is a server that answers each request with the next of its replies,
// whatever the request is, and then closes the connection.
type script struct {
	replies [][]byte
	drip    bool // sends byte by byte
	hang    bool // keeps the connection after the last reply until the client goes

	mu       sync.Mutex
	requests []*ber.Packet
}

// pipe plays it within this process, for tests in a bubble of [synctest], where
// no time passes but what is waited for.
func (s *script) pipe(t testing.TB) net.Conn {
	t.Helper()
	ours, theirs := net.Pipe()
	var serving sync.WaitGroup
	serving.Go(func() {
		defer theirs.Close()
		s.serve(theirs)
	})
	t.Cleanup(func() {
		ours.Close()
		serving.Wait()
	})
	return ours
}

// dial starts the server on loopback for one connection, and connects to it.
func (s *script) dial(t testing.TB) net.Conn {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		s.serve(conn)
	})
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		conn.Close()
		listener.Close()
		serving.Wait()
	})
	return conn
}

// serve ends when the client goes: what cannot be sent then is not missed.
func (s *script) serve(conn net.Conn) {
	for i := 0; i < len(s.replies) || s.hang; i++ {
		request, err := ber.ReadPacket(conn)
		if err != nil {
			return
		}
		s.mu.Lock()
		s.requests = append(s.requests, request)
		s.mu.Unlock()
		if i >= len(s.replies) {
			continue
		}
		segments := [][]byte{s.replies[i]}
		if s.drip {
			segments = slices.Collect(slices.Chunk(s.replies[i], 1))
		}
		for _, segment := range segments {
			if _, err := conn.Write(segment); err != nil {
				return
			}
		}
	}
}

// asked are the requests that came so far.
func (s *script) asked() []*ber.Packet {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// tape is a connection to a server that knows what will be asked: each write
// makes it give one more reply. After the last it ends.
type tape struct {
	net.Conn
	replies [][]byte
	ready   []byte
	most    int // bytes that one read gives; 0 is as many as there are
}

func (c *tape) Write(p []byte) (int, error) {
	if len(c.replies) > 0 {
		c.ready, c.replies = append(c.ready, c.replies[0]...), c.replies[1:]
	}
	return len(p), nil
}

func (c *tape) Read(p []byte) (int, error) {
	if len(c.ready) == 0 {
		return 0, net.ErrClosed
	}
	if c.most > 0 {
		p = p[:min(c.most, len(p))]
	}
	n := copy(p, c.ready)
	c.ready = c.ready[n:]
	return n, nil
}

func (*tape) Close() error                     { return nil }
func (*tape) SetReadDeadline(time.Time) error  { return nil }
func (*tape) SetWriteDeadline(time.Time) error { return nil }

func filter(t testing.TB, text string) *ber.Packet {
	t.Helper()
	compiled, err := goldap.CompileFilter(text)
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

// everything is a search of pages of two.
func everything(t testing.TB) wire.Search {
	return wire.Search{Base: "dc=example", Scope: wire.WholeSubtree, Filter: filter(t, "(uid=*)"), PageSize: 2}
}

// read collects what a search gives, as "dn name=value name=value".
func read(ctx context.Context, c *wire.Conn, s wire.Search) (entries []string, err error) {
	for entry, err := range c.Search(ctx, s) {
		if err != nil {
			return entries, err
		}
		entries = append(entries, line(entry))
	}
	return entries, nil
}

func line(entry *wire.Entry) string {
	var b strings.Builder
	b.WriteString(entry.DN)
	for _, a := range entry.Attributes {
		for _, value := range a.Values {
			b.WriteString(" " + a.Name + "=" + value)
		}
	}
	return b.String()
}
