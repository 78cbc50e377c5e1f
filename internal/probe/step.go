// Package probe is how a side says, step by step, whether it can be read: the
// steps, and those that every network has in common. Nothing here connects:
// [Watch] looks on while a client does what it always does.
package probe

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"cohort/internal/fault"
)

// Outcome is how a step ended.
type Outcome string

// The outcomes.
const (
	OK   Outcome = "ok"
	Warn Outcome = "warn" // an export works, and somebody should know
	Fail Outcome = "fail" // an export would fail
	// Skipped steps were not tried, since one before them failed.
	Skipped Outcome = "skipped"
)

// Names of the steps. They are public, and stable.
const (
	Settings  = "settings"  // what is wrong before anything is tried
	File      = "file"      // that it can be read, and what it is
	Name      = "name"      // from the name of a host to its addresses
	Connect   = "connect"   // to one of them, by TCP or a socket
	TLS       = "tls"       // version, certificate and its end
	SignIn    = "sign-in"   // that the account, the token or the app is taken
	Server    = "server"    // what it is
	Clock     = "clock"     // beside this machine's
	Rights    = "rights"    // that the credentials show everybody
	Rate      = "rate"      // how many calls the server takes
	Limits    = "limits"    // of the size of a search
	Groups    = "groups"    // whether they can be read
	People    = "people"    // how many
	Addresses = "addresses" // of a sample of people, and what else they have
	Users     = "users"     // how many
	Usage     = "usage"     // whether it can be read
	Duration  = "duration"  // of an export
	Notice    = "notice"    // what the source said besides
)

// Step is one step and how it ended.
type Step struct {
	Name    string
	Outcome Outcome
	// Detail is what was seen, in one line without a full stop.
	Detail string
	// Mend is what to do next; often empty.
	Mend string
	// Kind is whose move it is after [Fail].
	Kind fault.Kind
	// Count is how many people or users there are; 0 where that is not known.
	// Detail is a remark on it then, or empty.
	Count int
	// More says that Count is not all.
	More bool
	// Takes is how long a read takes, about; 0 where that is not known.
	Takes time.Duration
}

// Failed is the step that ended with err. The hint of a [fault.Error] is what
// to do next.
func Failed(name string, err error) Step {
	s := Step{Name: name, Outcome: Fail, Detail: err.Error(), Kind: fault.KindOf(err)}
	if known, ok := errors.AsType[*fault.Error](err); ok && known.Hint != "" {
		s.Mend = known.Hint
		s.Detail = strings.TrimSuffix(s.Detail, "; "+known.Hint)
	}
	if errors.Is(err, context.DeadlineExceeded) && s.Kind == fault.Other {
		s.Kind, s.Mend = fault.Source, "is the server overloaded, or does something on the way drop packets?"
	}
	return s
}

// Checklist reports the steps of one side. It is for one goroutine.
type Checklist struct {
	report func(Step)
	left   []string
}

// NewChecklist is one of the steps with these names, in the order in which they
// depend on one another.
func NewChecklist(report func(Step), names ...string) *Checklist {
	return &Checklist{report: report, left: names}
}

// Add reports a step.
func (c *Checklist) Add(s Step) {
	c.left = slices.DeleteFunc(c.left, func(name string) bool { return name == s.Name })
	c.report(s)
}

// OK reports a step that ended well.
func (c *Checklist) OK(name, format string, args ...any) {
	c.Add(Step{Name: name, Outcome: OK, Detail: fmt.Sprintf(format, args...)})
}

// Warn reports a step that ended well enough.
func (c *Checklist) Warn(name, mend, format string, args ...any) {
	c.Add(Step{Name: name, Outcome: Warn, Mend: mend, Detail: fmt.Sprintf(format, args...)})
}

// Fail reports the step that ended with err.
func (c *Checklist) Fail(name string, err error) { c.Add(Failed(name, err)) }

// End reports what is left as not tried.
func (c *Checklist) End() {
	for _, name := range c.left {
		c.report(Step{Name: name, Outcome: Skipped, Detail: "not tried"})
	}
	c.left = nil
}

// skew is from where on clocks count as apart. Signed requests and the days of
// reports suffer from minutes.
const skew = 30 * time.Second

// Clock reports how far the server's clock is ahead of this machine's.
func (c *Checklist) Clock(ahead time.Duration) {
	apart, direction := ahead, "ahead of"
	if ahead < 0 {
		apart, direction = -ahead, "behind"
	}
	switch {
	case apart > skew:
		c.Warn(Clock, "set the clock that is wrong (NTP)", "the server's is %s %s this machine's", apart.Round(time.Second), direction)
	case apart < 5*time.Second:
		c.OK(Clock, "within 5s of this machine's")
	default:
		c.OK(Clock, "%s %s this machine's", apart.Round(time.Second), direction)
	}
}

// About puts an estimate into words that promise no more than it holds.
func About(d time.Duration) string {
	switch {
	case d < time.Second:
		return "less than a second"
	case d < 90*time.Second:
		return fmt.Sprintf("about %d s", (d+time.Second-1)/time.Second)
	case d < 90*time.Minute:
		return fmt.Sprintf("about %d min", (d+time.Minute-1)/time.Minute)
	default:
		return fmt.Sprintf("about %d h", (d+time.Hour-1)/time.Hour)
	}
}
