package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"

	"cohort/internal/fault"
)

func TestErrorsAndWhatTheyBecome(t *testing.T) {
	for _, test := range []struct {
		name string
		err  error
		code int
		said string
	}{
		{"success", nil, 0, ""},
		{"anything else", errors.New("no space left"), 1, "cohort: no space left\n"},
		{"usage", fault.New(fault.Usage, "give one", "--idp: none"), 2, "cohort: --idp: none; give one\n"},
		{"findings", fault.New(fault.Findings, "see the review", "2 are ambiguous"), 3, "cohort: 2 are ambiguous; see the review\n"},
		{"credentials", fmt.Errorf("read: %w", fault.New(fault.Credentials, "check it", "bind: %w", errors.New("refused"))), 4,
			"cohort: read: bind: refused; check it\n"},
		{"a source", fault.New(fault.Source, "", "connection lost"), 5, "cohort: connection lost\n"},
		{"a source that was cancelled", fault.New(fault.Source, "", "read: %w", context.Canceled), 130,
			"cohort: interrupted; no file was written\n"},
		{"a reader that has seen enough", fmt.Errorf("write CSV: %w", errReaderGone), 0, ""},
		{"a source that closed the connection", fault.New(fault.Source, "", "ask: %w", syscall.EPIPE), 5, "cohort: ask: broken pipe\n"},
		{"a time-out is no interrupt", fault.New(fault.Source, "", "read: %w", context.DeadlineExceeded), 5,
			"cohort: read: context deadline exceeded\n"},
		{"what a server says stays on one line", errors.New("said: a\r\nb\x1b[31mc\u009bd"), 1, "cohort: said: a b [31mc d\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := exitCode(test.err); got != test.code {
				t.Errorf("exit code %d, want %d", got, test.code)
			}
			var said strings.Builder
			world{stderr: &said}.sayError(test.err)
			if said.String() != test.said {
				t.Errorf("said %q, want %q", said.String(), test.said)
			}
		})
	}
}
