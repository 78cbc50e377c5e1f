package file

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"cohort/internal/fault"
)

const (
	// blockSize is the usual size of a window's blocks.
	blockSize = 256 << 10
	// longestRecord bounds what a file whose records do not end takes of memory.
	longestRecord = 64 << 20
)

// errMore is what the scanner of CSV says when a record goes on behind the window.
var errMore = errors.New("the record goes on")

// window is the part of a text that is in memory. Blocks are never written
// again, so that what was cut from one needs no copy.
type window struct {
	name  string // of the file, for messages
	input io.Reader
	chunk []byte
	// size is how much is read at a time, and longest the most that text may
	// be, in bytes.
	size, longest int
	// text begins where the next record does.
	text string
	// isLast says that nothing follows the text.
	isLast bool
	// line is the number of the line at which text begins, from 1.
	line int
}

func newWindow(name string, input io.Reader) *window {
	return &window{name: name, input: input, chunk: make([]byte, 32<<10), size: blockSize, longest: longestRecord, line: 1}
}

// extend reads on behind what is left of the text, at least as much again.
func (w *window) extend() error {
	if len(w.text) >= w.longest {
		return w.wrong(0, "is a quote or a bracket not closed there?", "what begins here is longer than %d MB", w.longest>>20)
	}
	size := min(max(w.size, 2*len(w.text)), w.longest)
	var block strings.Builder
	block.Grow(size)
	block.WriteString(w.text)
	for block.Len() < size {
		n, err := w.input.Read(w.chunk[:min(len(w.chunk), size-block.Len())])
		block.Write(w.chunk[:n])
		if errors.Is(err, io.EOF) {
			w.isLast = true
			break
		}
		if err != nil {
			return w.failure(err)
		}
	}
	w.text = block.String()
	return nil
}

// drop leaves out what has been read.
func (w *window) drop(size, lines int) {
	w.text = w.text[size:]
	w.line += lines
}

// lineAt is the number of the line of a byte of the text.
func (w *window) lineAt(offset int) int {
	return w.line + strings.Count(w.text[:offset], "\n")
}

// failure is an error of reading. One that has a kind keeps it.
func (w *window) failure(err error) error {
	if fault.KindOf(err) != fault.Other {
		return fmt.Errorf("reading %s: %w", w.name, err)
	}
	return fault.New(fault.Source, "", "reading %s: %w", w.name, err)
}

// wrong is an error about the line of a byte of the text.
func (w *window) wrong(offset int, hint, format string, args ...any) error {
	return w.wrongLine(w.lineAt(offset), hint, format, args...)
}

func (w *window) wrongLine(line int, hint, format string, args ...any) error {
	return fault.New(fault.Usage, hint, "reading %s: line %d: %w", w.name, line, fmt.Errorf(format, args...))
}

// cut is an error about an end that comes too early.
func (w *window) cut(offset int, within string) error {
	return fault.New(fault.Source, "export it again", "reading %s: the file ends within %s, in line %d", w.name, within, w.lineAt(offset))
}
