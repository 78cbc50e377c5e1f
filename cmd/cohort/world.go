package main

import (
	"io"
	"os"
	"time"

	"golang.org/x/term"
)

// world is all that the command has of its surroundings.
type world struct {
	// stdin is where "-" reads people or users from.
	stdin io.Reader
	// stdout gets data, and nothing else.
	stdout io.Writer
	// stderr gets what is for the person: progress, warnings, the summary.
	stderr io.Writer
	getenv func(string) string
	// environ are all variables, as NAME=VALUE.
	environ []string
	// retryDelay is the wait before a request is sent again for the first time;
	// 0 is what package transport has. Only tests are in a hurry.
	retryDelay time.Duration
}

// columns is the width of the terminal that a stream is, or 0 where it is none.
func (w world) columns(stream io.Writer) int {
	file, ok := stream.(*os.File)
	if !ok || w.getenv("TERM") == "dumb" {
		return 0
	}
	width, _, err := term.GetSize(int(file.Fd()))
	if err != nil {
		return 0
	}
	return width
}

// widthOf is the width of the terminal that an output is, or 0 where it is
// none.
func (w world) widthOf(to *stagedFile) int {
	if to.direct == nil {
		return 0
	}
	return w.columns(to.direct)
}
