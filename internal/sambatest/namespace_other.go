//go:build !linux

package sambatest

import (
	"context"
	"errors"
	"net"
)

// namespace is there only on Linux.
type namespace struct{}

func newNamespace(context.Context) (*namespace, error) { return nil, errors.ErrUnsupported }

func (*namespace) close() {}

func (*namespace) do(func()) {}

func (*namespace) dial(context.Context, string) (net.Conn, error) {
	return nil, errors.ErrUnsupported
}
