package ldap

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"time"

	"cohort/internal/fault"
)

// conn is a connection to a server, with TLS where that was agreed.
type conn struct {
	net.Conn
	encrypted bool
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
	stop := context.AfterFunc(ctx, func() { _ = tcp.Close() })
	defer stop()
	connected := &conn{Conn: tcp}
	if err := c.encrypt(ctx, connected, deadline); err != nil {
		_ = tcp.Close()
		return nil, c.dialFailure(ctx, doing, err)
	}
	return connected, nil
}

// encrypt puts TLS above TCP where the settings want it.
func (c *Connector) encrypt(ctx context.Context, connected *conn, deadline time.Time) error {
	tcp, direct := connected.Conn, c.address.scheme == "ldaps"
	if !direct && !c.wantsStartTLS(tcp.RemoteAddr()) {
		return nil
	}
	if err := tcp.SetDeadline(deadline); err != nil {
		return err
	}
	if !direct {
		if err := startTLS(tcp); err != nil {
			return err
		}
	}
	encrypted := tls.Client(tcp, c.tlsConfig())
	if err := encrypted.HandshakeContext(ctx); err != nil {
		return c.explainTLS(err)
	}
	connected.Conn, connected.encrypted = encrypted, true
	return tcp.SetDeadline(time.Time{})
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

func isTimeout(err error) bool {
	timeout, ok := errors.AsType[net.Error](err)
	return ok && timeout.Timeout()
}
