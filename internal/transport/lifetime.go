package transport

import (
	"context"
	"net"
)

type dialFunc = func(ctx context.Context, network, address string) (net.Conn, error)

// within closes every connection that dial makes when lifetime ends. Idle ones
// can be closed otherwise, but one of HTTP/2 whose last answer has just come
// does not count as idle yet.
func within(lifetime context.Context, dial dialFunc) dialFunc {
	if lifetime == nil {
		return dial
	}
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		if err := lifetime.Err(); err != nil {
			return nil, err
		}
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		closing := context.AfterFunc(lifetime, func() { _ = conn.Close() }) // nobody is left to be told
		return mortalConn{Conn: conn, spare: closing}, nil
	}
}

// mortalConn needs no end by others when it has come to its own.
type mortalConn struct {
	net.Conn
	spare func() bool
}

func (c mortalConn) Close() error {
	c.spare()
	return c.Conn.Close()
}
