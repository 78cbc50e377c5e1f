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
	if err := run.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	interrupted := time.Now()
	code := run.exitCode(t, run.Wait())
	// A hundred times what it needs, for the slowest of machines.
	if took := time.Since(interrupted); took > 5*time.Second {
		t.Errorf("it took %v to end", took)
	}
	if code != 130 {
		t.Errorf("exit code %d, want 130", code)
	}
	if want := "cohort: interrupted; no file was written"; run.oneLineSaid(t) != want {
		t.Errorf("said %q, want %q", run.stderr.String(), want)
	}
	output.untouched(t)
}
