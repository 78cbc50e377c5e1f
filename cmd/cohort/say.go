package main

import (
	"errors"
	"fmt"
	"strings"

	"cohort/internal/terminal"
)

// What the program says to a person follows these rules:
//
//   - Everything goes to standard error; standard output is for data.
//   - An error is one line: "cohort: " what was tried: what came back; what to
//     do next. Lower case, no full stop, no stack trace.
//   - A warning is one line: "cohort: warning: " and a sentence like that.
//   - Names of flags and settings are said as they are typed. Values of flags
//     are not said where they may be secrets; secrets never.
//   - Numbers of people have a comma every three digits; files have none.
//   - Nothing is said of what went as expected but the summary, and --quiet
//     takes that away too.

// sayError prints why the program ends. A reader that closed the pipe has seen
// what it wanted.
func (w world) sayError(err error) {
	switch {
	case err == nil || errors.Is(err, errReaderGone):
	case isInterrupt(err):
		fmt.Fprintln(w.stderr, "cohort: interrupted; no file was written")
	default:
		fmt.Fprintln(w.stderr, "cohort: "+oneLine(err.Error()))
	}
}

func (w world) sayWarning(text string) {
	fmt.Fprintln(w.stderr, "cohort: warning: "+oneLine(text))
}

// oneLine keeps what servers send from breaking the line, turning its direction,
// or commanding the terminal. A byte that is no UTF-8 may be a command, too.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, "\uFFFD"), terminal.IsUnruly), " ")
}

// grouped writes a number with a comma every three digits.
func grouped(n int) string {
	digits := fmt.Sprint(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// counted writes a number with its noun: "1 person", "2 people".
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return grouped(n) + " " + many
}
