// Package wire signs in to an LDAP server and reads search results from it
// (RFC 4511, RFC 2696), as lean as can be: nothing but the calling goroutine
// reads the connection, into one buffer, and an entry costs one allocation.
//
// What came is either all that the server has, by its own word, or there is an
// error: a [ResultError] the server's, a [LostError] the connection's, a
// [ProtocolError] about an answer that makes no sense, or the context's.
package wire

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync/atomic"
	"time"

	ber "github.com/go-asn1-ber/asn1-ber"
)

// Limits are what a server may ask of us. Zero is the default of each.
type Limits struct {
	// Silence is how long the server may say nothing while an answer is due;
	// by default a minute. No time runs while the caller is busy with entries.
	Silence time.Duration
	// Message is the size of the largest LDAPMessage in bytes; by default 16
	// MiB, which holds a group of 100,000 members.
	Message int
}

// Conn is a connection to a server. It is for one goroutine, except [Conn.Close].
type Conn struct {
	conn    net.Conn
	silence time.Duration
	in      inbox
	lastID  int64
	busy    atomic.Bool
}

// NewConn takes over an established connection, over TLS or not, of which
// nobody else reads or writes from now on.
func NewConn(conn net.Conn, limits Limits) *Conn {
	if limits.Silence <= 0 {
		limits.Silence = time.Minute
	}
	if limits.Message <= 0 {
		limits.Message = 16 << 20
	}
	return &Conn{
		conn:    conn,
		silence: limits.Silence,
		in:      inbox{conn: conn, silence: limits.Silence, limit: limits.Message},
	}
}

// Close ends the connection, with a word to the server where that is not in
// the middle of an answer.
func (c *Conn) Close() error {
	if c.busy.CompareAndSwap(false, true) {
		// Nothing follows from a failure; but it has to come soon.
		_ = c.conn.SetWriteDeadline(time.Now().Add(min(c.silence, time.Second)))
		_, _ = c.conn.Write(envelope(c.lastID+1, unbindRequest(), nil))
	}
	return c.cut()
}

// cut closes the connection at once. TLS would first say goodbye, and wait for
// it.
func (c *Conn) cut() error {
	if encrypted, ok := c.conn.(*tls.Conn); ok {
		return encrypted.NetConn().Close()
	}
	return c.conn.Close()
}

var errBusy = errors.New("the connection is busy with another request")

// operate runs one operation. Once ctx is done, the connection is closed and
// the error is ctx's. After an operation that did not come to its end the
// connection is closed, too: what is still on its way belongs to nobody.
func (c *Conn) operate(ctx context.Context, operation func() error) error {
	if !c.busy.CompareAndSwap(false, true) {
		return errBusy
	}
	ended := false
	defer func() {
		if !ended {
			_ = c.cut()
		}
		c.busy.Store(false)
	}()
	if err := ctx.Err(); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = c.cut() })
	defer stop()
	err := operation()
	_, isResult := errors.AsType[*ResultError](err)
	ended = err == nil || isResult
	if err != nil && !errors.Is(err, errStopped) && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// send writes a request, and gives its id.
func (c *Conn) send(request, controls *ber.Packet) (id int64, err error) {
	c.lastID++
	err = c.conn.SetWriteDeadline(time.Now().Add(c.silence))
	if err == nil {
		_, err = c.conn.Write(envelope(c.lastID, request, controls))
	}
	if err != nil {
		return 0, &LostError{Err: err}
	}
	return c.lastID, nil
}

// nobody is the id of a request that was not made.
const nobody = -1

// belongs says whether a message is a part of the answer to a request. Others
// that may come are of no interest; the rest are errors, so that no entry goes
// astray.
func belongs(m message, id int64) (bool, error) {
	switch {
	case m.id == 0:
		return false, decodeNotice(m)
	case m.id != id || id == nobody:
		return false, &ProtocolError{fmt.Sprintf("an answer to request %d, which was not open", m.id)}
	}
	return m.op != opIntermediateResponse, nil
}
