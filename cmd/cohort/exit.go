package main

import (
	"context"
	"errors"

	"cohort/internal/fault"
)

// exitCode is the one place where an error becomes an exit code.
func exitCode(err error) int {
	switch {
	case err == nil, errors.Is(err, errReaderGone):
		return 0
	case isInterrupt(err):
		return 130
	}
	switch fault.KindOf(err) {
	case fault.Usage:
		return 2
	case fault.Findings:
		return 3
	case fault.Credentials:
		return 4
	case fault.Source:
		return 5
	default:
		return 1
	}
}

// isInterrupt says whether the user ended the program. Nothing else cancels
// the context that a command gets.
func isInterrupt(err error) bool { return errors.Is(err, context.Canceled) }
