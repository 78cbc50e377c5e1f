package main

import (
	"context"
	"errors"

	"cohort/internal/fault"
)

// exitMeaning is what an exit code says.
type exitMeaning struct {
	code    int
	meaning string
}

// exitCodes are all that the program ends with.
func exitCodes() []exitMeaning {
	return []exitMeaning{
		{0, "done"},
		{1, "failure"},
		{2, "usage or configuration"},
		{3, "findings: of audit, of diff --exit-code, or ambiguities with --strict"},
		{4, "credentials refused, or not sufficient to see everybody"},
		{5, "a source could not be reached, or ended early"},
		{130, "interrupted"},
	}
}

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
