package sambatest

import (
	"context"
	"io"
	"net"
	"sync"
)

// forward leads connections from a free port of 127.0.0.1 to an address inside
// a namespace.
type forward struct {
	listener net.Listener
	running  sync.WaitGroup

	mu   sync.Mutex
	open map[net.Conn]struct{} // the clients' ends
}

func newForward(ctx context.Context, space *namespace, target string) (*forward, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	f := &forward{listener: listener, open: map[net.Conn]struct{}{}}
	f.running.Go(func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return // closed
			}
			f.running.Go(func() { f.serve(ctx, space, client, target) })
		}
	})
	return f, nil
}

func (f *forward) address() string { return f.listener.Addr().String() }

func (f *forward) connections() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.open)
}

func (f *forward) serve(ctx context.Context, space *namespace, client net.Conn, target string) {
	defer func() { _ = client.Close() }()
	server, err := space.dial(ctx, target)
	if err != nil {
		return
	}
	defer func() { _ = server.Close() }()

	f.mu.Lock()
	f.open[client] = struct{}{}
	f.mu.Unlock()
	defer func() {
		f.mu.Lock()
		delete(f.open, client)
		f.mu.Unlock()
	}()

	// Neither side of LDAP goes on when the other has ended.
	f.running.Go(func() {
		_, _ = io.Copy(server, client)
		_ = server.Close()
	})
	_, _ = io.Copy(client, server)
}

// close ends the listener and every connection.
func (f *forward) close() {
	_ = f.listener.Close()
	f.mu.Lock()
	for client := range f.open {
		_ = client.Close()
	}
	f.mu.Unlock()
	f.running.Wait()
}
