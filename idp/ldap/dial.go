package ldap

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"cohort/internal/fault"
)

// conn is a connection to a server, with TLS where that was agreed.
type conn struct {
	net.Conn
	encrypted bool
	name      string // the server that was reached, for messages
}

// dial connects to the first server that can be reached. Who can be reached
// and is not to be trusted, or refuses, is the end: another host would only
// hide it.
func (c *Connector) dial(ctx context.Context) (*conn, error) {
	endpoints, err := c.endpoints(ctx)
	if err != nil {
		return nil, err
	}
	var unreached []string
	for _, to := range endpoints {
		connected, err := c.connect(ctx, to)
		if err == nil {
			return c.secure(ctx, connected, to)
		}
		if len(endpoints) == 1 || ctx.Err() != nil {
			return nil, c.dialFailure(ctx, "connecting to "+to.name, err)
		}
		if isTimeout(err) {
			err = fmt.Errorf("no connection within %s", c.config.ConnectTimeout)
		}
		unreached = append(unreached, fmt.Sprintf("%s: %v", to.name, err))
	}
	return nil, fault.New(fault.Source, "check the hosts of --idp and --ldap-host",
		"connecting to one of %d servers: %s", len(endpoints), strings.Join(unreached, "; "))
}

func (c *Connector) connect(ctx context.Context, to endpoint) (net.Conn, error) {
	dialer := &net.Dialer{Timeout: c.config.ConnectTimeout, Resolver: c.config.Resolver}
	return dialer.DialContext(ctx, to.network, to.address)
}

// secure puts TLS above a connection where the settings want it, within the
// time allowed for connecting.
func (c *Connector) secure(ctx context.Context, tcp net.Conn, to endpoint) (*conn, error) {
	stop := context.AfterFunc(ctx, func() { _ = tcp.Close() })
	defer stop()
	connected := &conn{Conn: tcp, name: to.name}
	if err := c.encrypt(ctx, connected, to); err != nil {
		_ = tcp.Close()
		return nil, c.dialFailure(ctx, "connecting to "+to.name, err)
	}
	return connected, nil
}

func (c *Connector) encrypt(ctx context.Context, connected *conn, to endpoint) error {
	tcp, direct := connected.Conn, c.address.scheme == "ldaps"
	if !direct && !c.wantsStartTLS(tcp.RemoteAddr()) {
		return nil
	}
	if err := tcp.SetDeadline(time.Now().Add(c.config.ConnectTimeout)); err != nil {
		return err
	}
	if !direct {
		if err := startTLS(tcp); err != nil {
			return err
		}
	}
	encrypted := tls.Client(tcp, c.tlsConfig(to.host))
	if err := encrypted.HandshakeContext(ctx); err != nil {
		return c.explainTLS(to.name, err)
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

// isLoopback says whether the other end is on this machine.
func isLoopback(remote net.Addr) bool {
	switch remote := remote.(type) {
	case *net.UnixAddr:
		return true
	case *net.TCPAddr:
		return remote.IP.IsLoopback()
	default:
		return false
	}
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
