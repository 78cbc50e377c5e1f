package ldap

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"sync"
	"time"

	"cohort/internal/fault"
)

// conn is a connection to a server, with TLS where that was agreed. While an
// answer is due, each read must bring something within the time allowed for
// silence; while the caller is busy with what came, no time runs.
type conn struct {
	net.Conn // TCP, or TLS above it

	tcp       net.Conn
	encrypted bool
	silence   time.Duration
	forget    func() bool // ends the watch over the context

	mu      sync.Mutex
	due     bool
	failure error // what the first failed read or write said
}

// dial connects and, where the settings want it, encrypts, all within the
// time allowed for connecting. Once ctx is done the connection is closed.
func (c *Connector) dial(ctx context.Context) (*conn, error) {
	doing := "connecting to " + c.address.server()
	deadline := time.Now().Add(c.config.ConnectTimeout)
	dialer := &net.Dialer{Deadline: deadline}
	tcp, err := dialer.DialContext(ctx, "tcp", c.address.hostPort())
	if err != nil {
		return nil, c.dialFailure(ctx, doing, err)
	}
	// Closing TCP itself is at once; TLS would first say goodbye.
	forget := context.AfterFunc(ctx, func() { _ = tcp.Close() })
	connected := &conn{Conn: tcp, tcp: tcp, silence: c.config.ReadTimeout, forget: forget}
	if err := c.encrypt(ctx, connected, deadline); err != nil {
		connected.shut()
		return nil, c.dialFailure(ctx, doing, err)
	}
	return connected, nil
}

// encrypt puts TLS above TCP where the settings want it.
func (c *Connector) encrypt(ctx context.Context, connected *conn, deadline time.Time) error {
	direct := c.address.scheme == "ldaps"
	if !direct && !c.wantsStartTLS(connected.tcp.RemoteAddr()) {
		return nil
	}
	if err := connected.tcp.SetDeadline(deadline); err != nil {
		return err
	}
	if !direct {
		if err := startTLS(connected.tcp); err != nil {
			return err
		}
	}
	encrypted := tls.Client(connected.tcp, c.tlsConfig())
	if err := encrypted.HandshakeContext(ctx); err != nil {
		return c.explainTLS(err)
	}
	connected.Conn, connected.encrypted = encrypted, true
	return connected.tcp.SetDeadline(time.Time{})
}

func (c *Connector) wantsStartTLS(remote net.Addr) bool {
	switch c.config.StartTLS {
	case startTLSRequire:
		return true
	case startTLSOff:
		return false
	default:
		return !isLoopback(remote)
	}
}

// mayCarryPassword says whether a password may go to this end of a
// connection. It judges the address that was reached, not the name that was
// asked for.
func mayCarryPassword(remote net.Addr, encrypted, allowCleartext bool) bool {
	return encrypted || allowCleartext || isLoopback(remote)
}

func isLoopback(remote net.Addr) bool {
	tcp, ok := remote.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}

func (c *Connector) dialFailure(ctx context.Context, doing string, err error) error {
	if ended := ended(ctx, doing); ended != nil {
		return ended
	}
	if _, ok := errors.AsType[*fault.Error](err); ok {
		return err
	}
	if isTimeout(err) {
		return fault.New(fault.Source, "check the host and the port of --idp, and the way there (firewall, VPN)",
			"%s: no connection within %s", doing, c.config.ConnectTimeout)
	}
	return fault.New(fault.Source, "check the host and the port of --idp", "%s: %w", doing, err)
}

// Read implements net.Conn.
func (c *conn) Read(p []byte) (int, error) {
	c.renew()
	n, err := c.Conn.Read(p)
	c.note(err)
	return n, err
}

// Write implements net.Conn.
func (c *conn) Write(p []byte) (int, error) {
	if err := c.SetWriteDeadline(time.Now().Add(c.silence)); err != nil {
		c.note(err)
		return 0, err
	}
	n, err := c.Conn.Write(p)
	c.note(err)
	return n, err
}

// Close implements net.Conn.
func (c *conn) Close() error { return c.tcp.Close() }

// await says that an answer is due from now on.
func (c *conn) await() {
	c.mu.Lock()
	c.due = true
	c.mu.Unlock()
	c.renew()
}

// rest says that no answer is due any more.
func (c *conn) rest() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.due = false
	// It fails on a closed connection only, which the next read tells.
	_ = c.SetReadDeadline(time.Time{})
}

// renew gives the server the full time again. The lock keeps it from setting
// a deadline after rest has lifted it.
func (c *conn) renew() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.due {
		_ = c.SetReadDeadline(time.Now().Add(c.silence)) // as in rest
	}
}

// note keeps the first failure, which go-ldap passes on as mere text.
func (c *conn) note(err error) {
	if err == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.failure == nil {
		c.failure = err
	}
}

// why is the first failure of a read or a write, or nil.
func (c *conn) why() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.failure
}

// shut closes the connection and stops watching the context.
func (c *conn) shut() {
	c.forget()
	_ = c.tcp.Close()
}

func isTimeout(err error) bool {
	timeout, ok := errors.AsType[net.Error](err)
	return ok && timeout.Timeout()
}
