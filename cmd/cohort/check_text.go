package main

import (
	"fmt"
	"io"
	"strings"

	"cohort/internal/probe"
)

// checkedStep is a step as JSON has it. The names are public, and stable.
type checkedStep struct {
	// Side is idp or coder, and Source what the user named; it is empty where
	// that cannot be read.
	Side   string `json:"side"`
	Source string `json:"source"`
	Step   string `json:"step"`
	// Outcome is ok, warn, fail or skipped.
	Outcome probe.Outcome `json:"outcome"`
	Detail  string        `json:"detail"`
	Mend    string        `json:"mend"`
	// Count is of people or users, and AtLeast says that there may be more.
	Count   int  `json:"count,omitempty"`
	AtLeast bool `json:"at_least,omitempty"`
	// Seconds is how long a read takes, about.
	Seconds float64 `json:"seconds,omitempty"`
}

// tell puts a step into words.
func (s *side) tell(step probe.Step) checkedStep {
	told := checkedStep{
		Side: s.side, Source: s.source, Step: step.Name, Outcome: step.Outcome, Detail: step.Detail, Mend: step.Mend,
		Count: step.Count, AtLeast: step.More, Seconds: float64(step.Takes.Milliseconds()) / 1000,
	}
	if step.Count == 0 {
		return told
	}
	told.Detail = counted(step.Count, "person", "people")
	if s.side == coderFlag {
		told.Detail = counted(step.Count, "user", "users")
	}
	if step.More {
		told.Detail = "at least " + told.Detail
	}
	if step.Detail != "" {
		told.Detail += ", " + step.Detail
	}
	return told
}

// checkText writes the steps of a side for a person, as they come.
type checkText struct {
	to      io.Writer
	side    *side
	quiet   bool // what is well goes unsaid
	width   int  // of the terminal; where it is 0, a step is one line
	isNamed bool
	skipped []string
	err     error // the first of writing
}

func (t *checkText) step(s checkedStep) {
	marks := map[probe.Outcome]string{probe.OK: "ok", probe.Warn: "warn", probe.Fail: "FAIL"}
	switch {
	case s.Outcome == probe.Skipped:
		t.skipped = append(t.skipped, s.Step)
		return
	case s.Outcome == probe.OK && t.quiet:
		return
	}
	text := s.Detail
	if s.Mend != "" {
		text += "; " + s.Mend
	}
	t.line(marks[s.Outcome], s.Step, text)
}

// end names what was not tried, in one line.
func (t *checkText) end() {
	if len(t.skipped) > 0 && !t.quiet {
		t.line("--", "not tried", strings.Join(t.skipped, ", "))
	}
}

func (t *checkText) line(mark, step, text string) {
	heading := ""
	if !t.isNamed {
		heading = oneLine(strings.TrimSpace(t.side.side+" "+t.side.source)) + "\n"
		t.isNamed = true
	}
	row := []string{fmt.Sprintf("  %-4s", mark), fmt.Sprintf("%-9s", step), oneLine(text)}
	lines := strings.Join(align([][]string{row}, t.width), "\n")
	if _, err := fmt.Fprintf(t.to, "%s%s\n", heading, lines); t.err == nil {
		t.err = err
	}
}
