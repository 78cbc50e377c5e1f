// Package sambatest runs a real Active Directory domain controller, Samba's,
// for one test. Its LDAP ports are fixed, so it lives in a network namespace of
// its own, and ports of 127.0.0.1 lead to it. That takes Linux and root; the
// test is skipped without them and where Samba is not installed, and fails
// where a Samba that is there does not come up.
//
// A start takes some seconds: tests share a server by being subtests of the
// test that started it.
package sambatest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"cohort/internal/testca"
)

// Config says what a domain holds and how its controller differs from one
// that Samba sets up by itself.
type Config struct {
	// LDIF holds entries below [Base], parents first, and change records;
	// objectGUID and other attributes that only the system writes may be given.
	// See [Company].
	LDIF string
	// PlainBinds lets passwords come without TLS. Samba refuses them by
	// default, with result code 8.
	PlainBinds bool
}

// Server is a running domain controller. Besides what Config.LDIF adds, it
// holds what every new domain has, and the account that BindDN names.
type Server struct {
	// URL, LDAPSURL and the global catalogue's are without a base.
	URL, LDAPSURL                           string
	GlobalCatalogURL, GlobalCatalogLDAPSURL string
	// CAFile is the CA of the certificate, which is for localhost and
	// 127.0.0.1, as PEM.
	CAFile string
	// Base is the domain; the forest's configuration and schema are naming
	// contexts below it.
	Base string
	// BindDN, UPN and DownLevel (CORP\reader) name one account, an ordinary
	// user, who reads everything that users may see.
	BindDN, UPN, DownLevel, Password string

	command  *exec.Cmd
	stdin    io.Closer
	log      *logbook
	stopped  chan struct{}
	forwards []*forward
}

// startTime is how long Samba may take to listen.
const startTime = time.Minute

// Start sets up a domain and runs its controller until the end of the test.
func Start(t testing.TB, config Config) *Server {
	t.Helper()
	find(t)
	space, err := newNamespace(t.Context())
	if errors.Is(err, syscall.EPERM) {
		t.Skip("Samba needs a network namespace, and root may not make one here (CAP_SYS_ADMIN)")
	}
	if err != nil {
		t.Fatalf("making a network namespace for Samba: %v", err)
	}
	t.Cleanup(space.close)

	folder := newFolder(t)
	ca := testca.New(t)
	certificate := ca.Issue(t)
	provision(t, folder)
	settings := filepath.Join(folder, "smb.conf")
	write(t, settings, config.smbConf(folder, ca, certificate))
	load(t, folder, settings, skeleton()+config.LDIF)

	server := &Server{
		CAFile:    ca.File,
		Base:      Base,
		BindDN:    "CN=reader,CN=Users," + Base,
		UPN:       "reader@" + DNSDomain,
		DownLevel: NetBIOSDomain + `\reader`,
		Password:  password,
		log:       &logbook{},
		stopped:   make(chan struct{}),
	}
	if err := server.launch(t, space, settings); err != nil {
		t.Fatalf("starting Samba: %v\n%s", err, server.log.text())
	}
	return server
}

// Stop ends Samba in an orderly way.
func (s *Server) Stop() { s.end(syscall.SIGTERM) }

// Kill ends Samba without a word to anybody.
func (s *Server) Kill() { s.end(syscall.SIGKILL) }

func (s *Server) end(signal os.Signal) {
	// The process may be gone already.
	_ = s.command.Process.Signal(signal)
	select {
	case <-s.stopped:
	case <-time.After(10 * time.Second):
		_ = s.command.Process.Kill()
		<-s.stopped
	}
	for _, forward := range s.forwards {
		forward.close()
	}
	_ = s.stdin.Close()
}

// Connections is how many clients have a connection to Samba.
func (s *Server) Connections() int {
	count := 0
	for _, forward := range s.forwards {
		count += forward.connections()
	}
	return count
}

// launch starts Samba and waits until it listens.
func (s *Server) launch(t testing.TB, space *namespace, settings string) error {
	// As a single process it has no children that outlive it.
	s.command = exec.Command("samba", "--interactive", "--model=single", //nolint:noctx // ends by t.Cleanup
		"--configfile="+settings, "--debug-stdout")
	s.command.Stdout, s.command.Stderr = s.log, s.log
	// Interactive, it ends with its standard input: also when the test is killed.
	stdin, err := s.command.StdinPipe()
	if err != nil {
		return err
	}
	s.stdin = stdin
	space.do(func() { err = s.command.Start() })
	if err != nil {
		return err
	}
	t.Cleanup(s.Kill)
	go func() {
		defer close(s.stopped)
		_ = s.command.Wait() // how it ended is in the log
	}()

	for _, listener := range []struct {
		url          *string
		scheme, port string
	}{
		{&s.URL, "ldap", "389"},
		{&s.LDAPSURL, "ldaps", "636"},
		{&s.GlobalCatalogURL, "ldap", "3268"},
		{&s.GlobalCatalogLDAPSURL, "ldaps", "3269"},
	} {
		target := net.JoinHostPort("127.0.0.1", listener.port)
		if err := s.answers(t.Context(), space, target); err != nil {
			return err
		}
		forward, err := newForward(t.Context(), space, target)
		if err != nil {
			return err
		}
		s.forwards = append(s.forwards, forward)
		*listener.url = listener.scheme + "://" + forward.address()
	}
	return nil
}

// answers waits until Samba listens at an address inside its namespace.
func (s *Server) answers(ctx context.Context, space *namespace, address string) error {
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	for {
		conn, err := space.dial(ctx, address)
		if err == nil {
			return conn.Close()
		}
		select {
		case <-s.stopped:
			return errors.New("it ended at once")
		case <-ctx.Done():
			return fmt.Errorf("it does not listen after %s: %w", startTime, err)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// newFolder is not t.TempDir because that names the test: with a long name
// the paths of Samba's sockets exceed the 107 bytes that a socket may have.
func newFolder(t testing.TB) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "samba") //nolint:usetesting // see above
	if err != nil {
		t.Fatalf("making Samba's folder: %v", err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(folder); err != nil {
			t.Errorf("removing Samba's folder: %v", err)
		}
	})
	return folder
}

// logbook keeps what Samba writes.
type logbook struct {
	mu    sync.Mutex
	lines bytes.Buffer
}

// Write implements io.Writer.
func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lines.Write(p)
}

func (l *logbook) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.TrimSpace(l.lines.String())
}
