package idptest

import (
	"context"
	"testing"

	"cohort/internal/fault"
	"cohort/internal/probe"
)

// talker is a connector that reports steps, whatever it can read.
type talker struct {
	*memory
	steps []probe.Step
}

func (t talker) Check(_ context.Context, report func(probe.Step)) {
	for _, step := range t.steps {
		report(step)
	}
}

func TestACheckThatSaysWhatIsNotSoIsCaught(t *testing.T) {
	well := probe.Step{Name: probe.Name, Outcome: probe.OK}
	warned := probe.Step{Name: probe.Notice, Outcome: probe.Warn}
	refused := probe.Step{Name: probe.SignIn, Outcome: probe.Fail, Kind: fault.Credentials}
	skipped := probe.Step{Name: probe.SignIn, Outcome: probe.Skipped}
	for _, c := range []struct {
		name           string
		steps          []probe.Step
		passes, refuse bool
	}{
		{"all well", []probe.Step{well, warned, warned}, true, false},
		{"a refusal", []probe.Step{well, refused}, false, true},
		{"a failure of another kind", []probe.Step{{Name: probe.Name, Outcome: probe.Fail, Kind: fault.Source}}, false, false},
		{"a step that was not tried", []probe.Step{well, skipped}, false, false},
		{"a step twice", []probe.Step{well, well, refused}, false, false},
	} {
		connector := talker{company(), c.steps}
		if err := passesItsCheck(t.Context(), Suite{}, connector); (err == nil) != c.passes {
			t.Errorf("%s: as the check of who can be read: %v", c.name, err)
		}
		if err := failsItsCheck(t.Context(), connector, fault.Credentials); (err == nil) != c.refuse {
			t.Errorf("%s: as the check of who is refused: %v", c.name, err)
		}
	}
	if passesItsCheck(t.Context(), Suite{}, company()) != nil || failsItsCheck(t.Context(), company(), fault.Source) != nil {
		t.Error("a connector need not be a checker")
	}
}
