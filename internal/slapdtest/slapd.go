// Package slapdtest runs a real OpenLDAP server for one test: on loopback, on
// free ports, with its own configuration and database in the test's temporary
// folder. The test is skipped where slapd is not installed; a slapd that does
// not come up fails it.
package slapdtest

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// Server is a running slapd. Besides what Config.LDIF adds, it holds the base
// entry, an ou=people below it, and the account that BindDN names.
type Server struct {
	// URL and LDAPSURL are without a base; LDAPSURL is empty without TLS.
	URL, LDAPSURL string
	// SocketURL is ldapi:// with the path of a Unix domain socket.
	SocketURL string
	// Base is the only naming context.
	Base string
	// BindDN reads everything but passwords, and the limits hold for it.
	BindDN, Password string
	// RootDN writes everything, and no limit holds for it.
	RootDN string

	command *exec.Cmd
	log     *logbook
	stopped chan struct{}
}

// attempts bounds how often another process may take a port that was free.
const attempts = 5

// startTime is how long slapd may take to listen.
const startTime = 30 * time.Second

// Start runs a slapd until the end of the test.
func Start(t testing.TB, config Config) *Server {
	t.Helper()
	install := find(t)
	folder := t.TempDir()

	// AppArmor ties the installed path to the system's own configuration.
	program := filepath.Join(folder, "slapd")
	copyProgram(t, install.slapd, program)
	database := filepath.Join(folder, "db")
	if err := os.Mkdir(database, 0o700); err != nil {
		t.Fatalf("making slapd's database folder: %v", err)
	}
	settings := filepath.Join(folder, "slapd.conf")
	write(t, settings, config.slapdConf(t, install, folder))
	load(t, program, settings, skeleton()+config.LDIF)

	for range attempts {
		server, err := launch(t, program, settings, config.TLS != nil)
		if err == nil {
			return server
		}
		if !errors.Is(err, errPortTaken) {
			t.Fatalf("starting slapd: %v", err)
		}
	}
	t.Fatalf("starting slapd: no port stayed free in %d attempts", attempts)
	return nil
}

// Kill ends slapd without a word to anybody.
func (s *Server) Kill() {
	// The process may be gone already.
	_ = s.command.Process.Kill()
	<-s.stopped
}

var errPortTaken = errors.New("the port was taken by another process")

// launch starts slapd and waits until it listens.
func launch(t testing.TB, program, settings string, withTLS bool) (*Server, error) {
	server := &Server{
		URL:      "ldap://" + freeAddress(t),
		Base:     Base,
		BindDN:   "cn=reader," + Base,
		Password: password,
		RootDN:   "cn=root," + Base,
		log:      &logbook{ready: make(chan struct{})},
		stopped:  make(chan struct{}),
	}
	server.SocketURL = "ldapi://" + url.PathEscape(filepath.Join(filepath.Dir(settings), "ldapi"))
	listeners := server.URL + "/ " + server.SocketURL
	if withTLS {
		server.LDAPSURL = "ldaps://" + freeAddress(t)
		listeners += " " + server.LDAPSURL + "/"
	}
	// Any -d keeps slapd in the foreground.
	server.command = exec.Command(program, "-f", settings, "-h", listeners, "-d", "none") //nolint:noctx // ends by t.Cleanup
	server.command.Stderr = server.log
	if err := server.command.Start(); err != nil {
		return nil, err
	}
	t.Cleanup(server.Kill)
	go func() {
		defer close(server.stopped)
		_ = server.command.Wait() // how it ended is in the log
	}()

	select {
	case <-server.log.ready:
		// The ports are its own from here on, but it listens a moment later.
		return server, answers(t, server)
	case <-server.stopped:
		if strings.Contains(server.log.text(), "Address already in use") {
			return nil, errPortTaken
		}
		return nil, fmt.Errorf("it ended at once:\n%s", server.log.text())
	case <-time.After(startTime):
		return nil, fmt.Errorf("it was not ready after %s:\n%s", startTime, server.log.text())
	}
}

// answers waits until slapd listens on its ports.
func answers(t testing.TB, server *Server) error {
	dialer := &net.Dialer{Timeout: time.Second}
	for _, listener := range []string{server.URL, server.LDAPSURL} {
		_, address, ok := strings.Cut(listener, "://")
		if !ok {
			continue
		}
		var conn net.Conn
		var err error
		for end := time.Now().Add(startTime); time.Now().Before(end); time.Sleep(time.Millisecond) {
			if conn, err = dialer.DialContext(t.Context(), "tcp", address); err == nil {
				break
			}
		}
		if err != nil {
			return fmt.Errorf("it does not listen: %w", err)
		}
		_ = conn.Close()
	}
	return nil
}

// logbook keeps what slapd writes and tells when it has its ports.
type logbook struct {
	ready chan struct{}

	mu      sync.Mutex
	lines   bytes.Buffer
	isReady bool
}

// Write implements io.Writer.
func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines.Write(p)
	if !l.isReady && bytes.Contains(l.lines.Bytes(), []byte("slapd starting")) {
		l.isReady = true
		close(l.ready)
	}
	return len(p), nil
}

func (l *logbook) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lines.String()
}

// load fills the database before slapd runs, which takes a tenth of the time.
func load(t testing.TB, program, settings, ldif string) {
	t.Helper()
	command := exec.CommandContext(t.Context(), program, "-T", "add", "-q", "-f", settings)
	command.Stdin = strings.NewReader(ldif)
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("loading entries with slapadd: %v\n%s", err, out)
	}
}

// freeAddress is a loopback address with a port that was free a moment ago.
func freeAddress(t testing.TB) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("looking for a free port: %v", err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().String()
}

// copyProgram leaves the writing to cp: a file that this process had open for
// writing may still be open in a child that another goroutine is just
// starting, and a program cannot run then (ETXTBSY).
func copyProgram(t testing.TB, from, to string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), "cp", from, to).CombinedOutput(); err != nil {
		t.Fatalf("copying slapd: %v\n%s", err, out)
	}
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatalf("writing slapd's settings: %v", err)
	}
}
