// Command cohort reads people from an identity provider, joins them by e-mail
// with the users of a Coder deployment, and writes one table.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	// So that --timezone works where the system has no time zones.
	_ "time/tzdata"
)

func main() {
	os.Exit(run(os.Args[1:], world{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, getenv: os.Getenv, environ: os.Environ()}))
}

// run is the program behind main: its arguments and surroundings in, its exit
// code out.
func run(args []string, w world) int {
	ends := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // as under nohup
		ends = append(ends, syscall.SIGHUP)
	}
	ctx, stop := signal.NotifyContext(context.Background(), ends...)
	defer stop()
	// After the first interrupt the next one is the system's again, so that a
	// second Ctrl-C ends the program at once.
	context.AfterFunc(ctx, stop)
	// A closed pipe is an error of Write like any other, not the end of the
	// program: staged files must go away.
	closedPipe := make(chan os.Signal, 1)
	signal.Notify(closedPipe, syscall.SIGPIPE)
	defer signal.Stop(closedPipe)

	root := newRoot(w)
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	err = placed(cmd, err)
	w.sayError(err)
	return exitCode(err)
}
