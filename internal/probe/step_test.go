package probe_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cohort/internal/fault"
	"cohort/internal/probe"
)

func TestAFailureIsTakenApart(t *testing.T) {
	refused := fault.New(fault.Credentials, "ask for a role", "read users: refused")
	for _, c := range []struct {
		name string
		err  error
		want probe.Step
	}{
		{"with what to do", refused, probe.Step{Detail: "read users: refused", Mend: "ask for a role", Kind: fault.Credentials}},
		{"wrapped", fmt.Errorf("check: %w", refused),
			probe.Step{Detail: "check: read users: refused", Mend: "ask for a role", Kind: fault.Credentials}},
		{"of nobody's", errors.New("a defect"), probe.Step{Detail: "a defect"}},
		{"of time", fmt.Errorf("read users: %w", context.DeadlineExceeded), probe.Step{Detail: "read users: context deadline exceeded",
			Mend: "is the server overloaded, or does something on the way drop packets?", Kind: fault.Source}},
	} {
		c.want.Name, c.want.Outcome = probe.Rights, probe.Fail
		if diff := cmp.Diff(c.want, probe.Failed(probe.Rights, c.err)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestWhatIsLeftWasNotTried(t *testing.T) {
	var got []string
	list := probe.NewChecklist(func(s probe.Step) { got = append(got, s.Name+" "+string(s.Outcome)) },
		probe.Name, probe.Connect, probe.TLS, probe.SignIn)
	list.OK(probe.Name, "found")
	list.Warn(probe.Notice, "", "something else") // not on the list
	list.Fail(probe.Connect, errors.New("refused"))
	list.End()
	list.End()
	if diff := cmp.Diff([]string{"name ok", "notice warn", "connect fail", "tls skipped", "sign-in skipped"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestClocksThatAreApartAreWorthAWord(t *testing.T) {
	for ahead, want := range map[time.Duration]string{
		0:                               "ok within 5s of this machine's",
		-4 * time.Second:                "ok within 5s of this machine's",
		20 * time.Second:                "ok 20s ahead of this machine's",
		31 * time.Second:                "warn the server's is 31s ahead of this machine's",
		-2*time.Hour - time.Millisecond: "warn the server's is 2h0m0s behind this machine's",
	} {
		var got string
		probe.NewChecklist(func(s probe.Step) { got = string(s.Outcome) + " " + s.Detail }).Clock(ahead)
		if got != want {
			t.Errorf("%s: %q, want %q", ahead, got, want)
		}
	}
}

func TestEstimatesPromiseNoMoreThanTheyHold(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                              "less than a second",
		1100 * time.Millisecond:        "about 2 s",
		89 * time.Second:               "about 89 s",
		100 * time.Second:              "about 2 min",
		91 * time.Minute:               "about 2 h",
		26*time.Hour + 10*time.Second:  "about 27 h",
		time.Second - time.Microsecond: "less than a second",
	} {
		if got := probe.About(d); got != want {
			t.Errorf("%s: %q, want %q", d, got, want)
		}
	}
}
