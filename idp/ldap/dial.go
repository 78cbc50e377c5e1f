package ldap

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"time"

	"cohort/internal/fault"
	"cohort/internal/probe"
)

// conn is a connection to a server, with TLS where that was agreed.
type conn struct {
	net.Conn
	encrypted bool
	name      string // the server that was reached, for messages
}

// dial connects to the first server that can be reached. Who can be reached
// and is not to be trusted, or refuses, is the end: another host would only
// hide it. The password is not sent before the server is known.
func (c *Connector) dial(ctx context.Context) (*conn, error) {
	endpoints, err := c.endpoints(ctx)
	if err != nil && (len(endpoints) == 0 || ctx.Err() != nil) {
		return nil, err
	}
	var unreached []string
	if err != nil {
		unreached = append(unreached, err.Error())
	}
	for _, to := range endpoints {
		connected, err := c.connect(ctx, to)
		if err == nil {
			return connected, nil
		}
		doing := "connecting to " + to.name
		if ended := ended(ctx, doing); ended != nil {
			return nil, ended
		}
		if !isUnreached(err) || len(endpoints)+len(unreached) == 1 {
			return nil, c.dialFailure(doing, err)
		}
		unreached = append(unreached, to.name+": "+c.reason(err))
	}
	return nil, fault.New(fault.Source, "check the hosts of --idp and --ldap-host, and the way there",
		"connecting to one of %d servers: %s", len(endpoints), strings.Join(unreached, "; "))
}

// connect puts TLS above a connection where the settings want it, all within
// the time allowed for connecting.
func (c *Connector) connect(ctx context.Context, to endpoint) (*conn, error) {
	deadline := time.Now().Add(c.config.ConnectTimeout)
	dial := c.dialContext
	if dial == nil {
		dial = (&net.Dialer{Deadline: deadline, Resolver: c.config.Resolver}).DialContext
	}
	tcp, err := dial(ctx, to.network, to.address)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = tcp.Close() })
	defer stop()
	connected := &conn{Conn: tcp, name: to.name}
	if err := c.encrypt(ctx, connected, to, deadline); err != nil {
		_ = tcp.Close()
		return nil, err
	}
	return connected, nil
}

func (c *Connector) encrypt(ctx context.Context, connected *conn, to endpoint, deadline time.Time) error {
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
	encrypted := tls.Client(tcp, c.tlsConfig(to.host))
	err := encrypted.HandshakeContext(ctx)
	probe.Shook(ctx, encrypted.ConnectionState(), err)
	if err != nil {
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

func (c *Connector) dialFailure(doing string, err error) error {
	if _, ok := errors.AsType[*fault.Error](err); ok {
		return fmt.Errorf("%s: %w", doing, err)
	}
	if isTimeout(err) {
		return fault.New(fault.Source, "check the host and the port of --idp, and the way there (firewall, VPN)",
			"%s: no connection within %s", doing, c.config.ConnectTimeout)
	}
	hint := "check the host and the port of --idp"
	if c.address.scheme == "ldap" && isClosed(err) {
		hint += ": one that speaks TLS from the start takes ldaps://"
	}
	return fault.New(fault.Source, hint, "%s: %w", doing, err)
}

// reason is why a server was not reached, beside its name.
func (c *Connector) reason(err error) string {
	if isTimeout(err) {
		return fmt.Sprintf("no connection within %s", c.config.ConnectTimeout)
	}
	if isClosed(err) {
		return "the server closed the connection"
	}
	if dialing, ok := errors.AsType[*net.OpError](err); ok {
		err = dialing.Err
	}
	return err.Error()
}

// isUnreached says whether a server was not there, or went before it said
// anything that counts: its name unknown, nobody listening, silence, an end.
func isUnreached(err error) bool {
	dialing, ok := errors.AsType[*net.OpError](err)
	return ok && dialing.Op == "dial" || isTimeout(err) || isClosed(err)
}

func isClosed(err error) bool {
	for _, end := range []error{io.EOF, io.ErrUnexpectedEOF, syscall.ECONNRESET, syscall.EPIPE} {
		if errors.Is(err, end) {
			return true
		}
	}
	return false
}

func isTimeout(err error) bool {
	timeout, ok := errors.AsType[net.Error](err)
	return ok && timeout.Timeout()
}
