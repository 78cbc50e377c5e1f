package ldapfault

import (
	"context"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// Server is a running proxy.
type Server struct {
	// URL is ldap://127.0.0.1:port.
	URL string

	fault    Fault
	upstream string // host:port
	listener net.Listener
	running  sync.WaitGroup

	mu       sync.Mutex
	links    map[*link]struct{}
	accepted int
	searches int
	closed   bool
}

// endTime is how long the end of a test waits for the connections to end.
const endTime = 5 * time.Second

// Start serves on a free port of 127.0.0.1 what the LDAP server at upstreamURL
// (ldap://host:port) has, with a fault. It ends with the test, and with it all
// connections; the server behind it has to outlive it.
func Start(t testing.TB, upstreamURL string, fault Fault) *Server {
	t.Helper()
	upstream, isLDAP := strings.CutPrefix(strings.TrimSuffix(upstreamURL, "/"), "ldap://")
	if !isLDAP {
		t.Fatalf("the server behind the proxy is %s, and has to be an ldap:// one", upstreamURL)
	}
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("listening for the proxy: %v", err)
	}
	s := &Server{
		URL:      "ldap://" + listener.Addr().String(),
		fault:    fault,
		upstream: upstream,
		listener: listener,
		links:    make(map[*link]struct{}),
	}
	// The test's own context ends before its clean-up begins.
	ctx := t.Context()
	s.running.Go(func() { s.accept(ctx) })
	t.Cleanup(func() {
		if !s.close() {
			t.Errorf("connections of the proxy with the fault %q did not end within %s", fault, endTime)
		}
	})
	return s
}

// Connections is the number of clients that are connected now.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.links)
}

// Accepted is the number of connections that there ever were.
func (s *Server) Accepted() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.accepted
}

// Searches is the number of search requests, one a page. Lookups of single
// entries, as of the root DSE, do not count.
func (s *Server) Searches() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.searches
}

func (s *Server) accept(ctx context.Context) {
	for {
		client, err := s.listener.Accept()
		if err != nil {
			return // closed
		}
		l := s.add(client.(*net.TCPConn))
		if l == nil {
			_ = client.Close()
			return
		}
		s.running.Go(func() {
			defer s.remove(l)
			l.serve(ctx)
		})
	}
}

// add begins a connection; it is nil when the end has come.
func (s *Server) add(client *net.TCPConn) *link {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.accepted++
	l := &link{server: s, client: client, behave: pass, searches: make(map[int64]*progress)}
	if s.fault.begin != nil && (s.accepted == 1 || !s.fault.Once) {
		l.behave = s.fault.begin()
	}
	s.links[l] = struct{}{}
	return l
}

func (s *Server) remove(l *link) {
	l.close()
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.links, l)
}

func (s *Server) countSearch() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.searches++
}

// close ends everything, and reports whether it did in time.
func (s *Server) close() bool {
	_ = s.listener.Close()
	s.mu.Lock()
	s.closed = true
	for l := range s.links {
		l.close()
	}
	s.mu.Unlock()
	ended := make(chan struct{})
	go func() {
		s.running.Wait()
		close(ended)
	}()
	select {
	case <-ended:
		return true
	case <-time.After(endTime):
		return false
	}
}
