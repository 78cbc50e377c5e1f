package main

import (
	"net"
	"os"
	"testing"
	"time"
)

func TestAnInterruptEndsTheProgramCleanly(t *testing.T) {
	// A directory that takes the connection and says nothing.
	directory, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer directory.Close()
	connected := make(chan net.Conn, 1)
	go func() {
		if conn, err := directory.Accept(); err == nil {
			connected <- conn
		}
	}()

	output := earlierOutput(t)
	run := newProgram(t, nil, "export", "--idp", "ldap://"+directory.Addr().String()+"/dc=example", "--coder", "demo:", "-o", output.path)
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	select {
	case conn := <-connected:
		defer conn.Close()
	case <-time.After(30 * time.Second):
		t.Fatal("the program never connected")
	}
	run.interrupt(t, output)
}

// interrupt does what Ctrl-C does, and fails the test where the program does
// not end by itself, says something else of it, or left anything behind.
func (p *program) interrupt(t *testing.T, output earlier) {
	t.Helper()
	if err := p.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	// A hundred times what it needs, for the slowest of machines.
	stuck := time.AfterFunc(20*time.Second, func() { _ = p.Process.Kill() })
	defer stuck.Stop()
	if code := p.exitCode(t, p.Wait()); code != 130 {
		t.Errorf("exit code %d, want 130", code)
	}
	if want := "cohort: interrupted; no file was written"; p.oneLineSaid(t) != want {
		t.Errorf("said %q, want %q", p.stderr.String(), want)
	}
	output.untouched(t)
}
