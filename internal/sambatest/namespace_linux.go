package sambatest

import (
	"context"
	"fmt"
	"net"
	"os/exec"
	"runtime"
	"syscall"
)

// namespace is a network namespace with loopback and nothing else. One thread
// of this process lives in it; what that thread starts or dials belongs to it.
// It has no name, so nothing is left of it after the last process in it.
type namespace struct {
	work   chan func()
	closed chan struct{}
}

// newNamespace needs CAP_SYS_ADMIN: syscall.EPERM without.
func newNamespace(ctx context.Context) (*namespace, error) {
	space := &namespace{work: make(chan func()), closed: make(chan struct{})}
	ready := make(chan error)
	go func() {
		// Never unlocked: the thread ends with this function, since no other
		// code may run on it.
		runtime.LockOSThread()
		err := enter(ctx)
		ready <- err
		if err != nil {
			return
		}
		for {
			select {
			case f := <-space.work:
				f()
			case <-space.closed:
				return
			}
		}
	}()
	return space, <-ready
}

func enter(ctx context.Context) error {
	if err := syscall.Unshare(syscall.CLONE_NEWNET); err != nil {
		return fmt.Errorf("unshare: %w", err)
	}
	if out, err := exec.CommandContext(ctx, "ip", "link", "set", "lo", "up").CombinedOutput(); err != nil {
		return fmt.Errorf("ip link set lo up: %w: %s", err, out)
	}
	return nil
}

func (n *namespace) close() { close(n.closed) }

// do runs f inside; after close, it does nothing.
func (n *namespace) do(f func()) {
	done := make(chan struct{})
	select {
	case n.work <- func() { defer close(done); f() }:
		<-done
	case <-n.closed:
	}
}

// dial connects to an IP address and port inside. The dialer opens the socket
// of a single address in the goroutine that calls it, so it belongs there.
func (n *namespace) dial(ctx context.Context, address string) (net.Conn, error) {
	var conn net.Conn
	err := net.ErrClosed
	n.do(func() { conn, err = new(net.Dialer).DialContext(ctx, "tcp", address) })
	return conn, err
}
