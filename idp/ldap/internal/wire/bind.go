package wire

import (
	"context"
	"errors"
	"fmt"

	ber "github.com/go-asn1-ber/asn1-ber"
)

// Bind signs in with a name and a password, or without both, anonymously (RFC
// 4513, section 5.1). The name need not be a DN: Active Directory takes others.
// The password goes over the connection as it is.
func (c *Conn) Bind(ctx context.Context, name, password string) error {
	if name != "" && password == "" {
		// The server would take it for anonymous, and call that a success
		// (RFC 4513, section 5.1.2).
		return errors.New("a name needs a password")
	}
	return c.bind(ctx, bindRequest(name, simple(password)))
}

// External signs in by SASL EXTERNAL: as whom the TLS certificate or the local
// socket shows (RFC 4513, section 5.2.3).
func (c *Conn) External(ctx context.Context) error {
	return c.bind(ctx, bindRequest("", external()))
}

func (c *Conn) bind(ctx context.Context, request *ber.Packet) error {
	return c.operate(ctx, func() error {
		id, err := c.send(request, nil)
		if err != nil {
			return err
		}
		result, err := c.bound(id)
		if err != nil {
			return err
		}
		if result.Code != 0 {
			return result
		}
		return nil
	})
}

// bound waits for the answer to a bind.
func (c *Conn) bound(id int64) (result *ResultError, err error) {
	for result == nil {
		batch, err := c.in.receive()
		if err != nil {
			return nil, err
		}
		for _, m := range batch {
			mine, err := belongs(m, id)
			if err != nil {
				return nil, err
			}
			if !mine {
				continue
			}
			if m.op != opBindResponse {
				return nil, &ProtocolError{fmt.Sprintf("something of type %#x in answer to a bind", m.op)}
			}
			answer, _, err := decodeResult(string(m.body))
			if err != nil {
				return nil, malformed("answer to a bind", err)
			}
			result, id = &answer, nobody
		}
	}
	return result, nil
}
