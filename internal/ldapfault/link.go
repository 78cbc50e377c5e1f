package ldapfault

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"time"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"
)

// link is one client's connection, with one of its own to the server.
type link struct {
	server *Server
	client *net.TCPConn

	ends     sync.Mutex // guards the next two
	upstream net.Conn   // nil before the server was dialled
	closed   bool

	// mu is held from the judgement of a message until what follows from it is
	// written. What is below belongs to who holds it.
	mu       sync.Mutex
	behave   behaviour
	mute     bool // nothing is said to the client any more
	opaque   bool // from here on TLS
	page     int
	searches map[int64]*progress
	startTLS int64 // the id of the request for it
}

// progress is how far the answer to a search has come.
type progress struct{ page, entries int }

// pause comes before each byte of what is sent slowly.
const pause = time.Millisecond

// serve ends when the client has left, or was left.
func (l *link) serve(ctx context.Context) {
	if end := l.judge(&message{kind: accepted}); end != goOn {
		l.discard()
		return
	}
	server, err := l.dial(ctx)
	if err != nil {
		return
	}
	var answers sync.WaitGroup
	answers.Go(func() {
		l.passAnswers(server)
		if !l.isMute() {
			l.close()
		}
	})
	l.passRequests(server)
	l.close()
	answers.Wait()
}

// dial connects to the server, unless the link was closed.
func (l *link) dial(ctx context.Context) (net.Conn, error) {
	server, err := (&net.Dialer{Timeout: endTime}).DialContext(ctx, "tcp", l.server.upstream)
	if err != nil {
		return nil, err
	}
	l.ends.Lock()
	defer l.ends.Unlock()
	if l.closed {
		return nil, errors.Join(net.ErrClosed, server.Close())
	}
	l.upstream = server
	return server, nil
}

// close ends both connections; it may come at any time, and again.
func (l *link) close() {
	l.ends.Lock()
	defer l.ends.Unlock()
	l.closed = true
	_ = l.client.Close()
	if l.upstream != nil {
		_ = l.upstream.Close()
	}
}

func (l *link) isMute() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.mute
}

func (l *link) isOpaque() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.opaque
}

// discard listens to the client until it leaves; where it was left, at once.
func (l *link) discard() { _, _ = io.Copy(io.Discard, l.client) }

func (l *link) passRequests(server net.Conn) {
	from := bufio.NewReader(l.client)
	for {
		// What comes next may be TLS, which is known only once it comes.
		if _, err := from.Peek(1); err != nil {
			return
		}
		if l.isOpaque() {
			_, _ = io.Copy(server, from)
			return
		}
		m, err := readMessage(from)
		switch {
		case err == nil:
			l.recognizeRequest(m)
		case errors.Is(err, errNotLDAP):
			m = &message{kind: notLDAP}
		default:
			return
		}
		if end := l.judge(m); end != goOn {
			l.discard()
			return
		}
	}
}

func (l *link) passAnswers(server net.Conn) {
	from := bufio.NewReader(server)
	for {
		m, err := readMessage(from)
		if err != nil {
			return
		}
		l.recognizeAnswer(m)
		l.judge(m)
		if l.isOpaque() {
			_, _ = io.Copy(l.client, from)
			return
		}
	}
}

// recognizeRequest finds out what a request is.
func (l *link) recognizeRequest(m *message) {
	l.mu.Lock()
	defer l.mu.Unlock()
	m.kind = otherRequest
	switch {
	case m.op.ClassType != ber.ClassApplication:
	case m.op.Tag == ldap.ApplicationBindRequest:
		m.kind = bindRequest
	case m.isStartTLS():
		m.kind = startTLSRequest
		l.startTLS = m.id
	case m.op.Tag == ldap.ApplicationSearchRequest:
		m.kind = searchRequest
		if !m.isLookup() {
			l.server.countSearch()
			if m.paging == nil || m.paging.cookie == "" {
				l.page = 0
			}
			l.page++
			m.page = l.page
		}
		l.searches[m.id] = &progress{page: m.page}
	}
}

// recognizeAnswer finds out what an answer is.
func (l *link) recognizeAnswer(m *message) {
	l.mu.Lock()
	defer l.mu.Unlock()
	m.kind = otherAnswer
	search := l.searches[m.id]
	if search != nil {
		m.page = search.page
	}
	switch m.op.Tag {
	case ldap.ApplicationBindResponse:
		m.kind = bindAnswer
	case ldap.ApplicationExtendedResponse:
		if m.id == l.startTLS && m.id != 0 {
			m.kind = startTLSAnswer
		}
	case ldap.ApplicationSearchResultReference:
		m.kind = reference
	case ldap.ApplicationSearchResultEntry:
		m.kind = entry
		if search != nil {
			search.entries++
			m.nth = search.entries
		}
	case ldap.ApplicationSearchResultDone:
		m.kind = done
		if search != nil {
			m.nth = search.entries
			delete(l.searches, m.id)
		}
	}
}

// judge asks what follows from a message, and does it.
func (l *link) judge(m *message) ending {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.mute {
		return silence
	}
	next := l.behave(m)
	for _, request := range next.toServer {
		_, _ = l.upstream.Write(request) // an answer that fails to come ends the link
	}
	if m.kind == startTLSAnswer && m.succeeded() && next.then == goOn {
		l.opaque = true
	}
	for _, answer := range next.toClient {
		l.say(answer, next.slowly)
	}
	switch next.then {
	case goOn:
	case hangUp:
		_ = l.client.Close()
	case reset:
		_ = l.client.SetLinger(0)
		_ = l.client.Close()
	case halfClose:
		l.mute = true
		_ = l.client.CloseWrite()
	case silence:
		l.mute = true
	}
	return next.then
}

// say writes to the client; that it has left is noticed by who reads from it.
func (l *link) say(answer []byte, slowly bool) {
	if !slowly {
		_, _ = l.client.Write(answer)
		return
	}
	for i := range answer {
		time.Sleep(pause)
		if _, err := l.client.Write(answer[i : i+1]); err != nil {
			return
		}
	}
}
