package main

import (
	"io"
	"os"

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
}

// columns is the width of the terminal that stderr is, or 0 where it is none.
func (w world) columns() int {
	if w.getenv("TERM") == "dumb" {
		return 0
	}
	return widthOf(w.stderr)
}

// widthOf is the width of the terminal that a stream is, or 0 where it is none.
func widthOf(stream io.Writer) int {
	file, ok := stream.(*os.File)
	if !ok {
		return 0
	}
	width, _, err := term.GetSize(int(file.Fd()))
	if err != nil {
		return 0
	}
	return width
}
