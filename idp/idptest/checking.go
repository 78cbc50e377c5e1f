package idptest

import (
	"context"
	"fmt"
	"testing"

	"cohort/idp"
	"cohort/internal/fault"
	"cohort/internal/probe"
)

// Steps are those of a check by their names. Each comes once, but for notices.
func Steps(t testing.TB, c idp.Checker) map[string]probe.Step {
	t.Helper()
	steps, err := stepsOf(t.Context(), c)
	if err != nil {
		t.Error(err)
	}
	return steps
}

func stepsOf(ctx context.Context, c idp.Checker) (steps map[string]probe.Step, err error) {
	steps = map[string]probe.Step{}
	c.Check(ctx, func(s probe.Step) {
		if _, twice := steps[s.Name]; twice && s.Name != probe.Notice {
			err = fmt.Errorf("the step %s comes twice", s.Name)
		}
		steps[s.Name] = s
	})
	return steps, err
}

// passesItsCheck holds for who can be read. Not every connector is a checker.
func passesItsCheck(ctx context.Context, _ Suite, c idp.Connector) error {
	checker, ok := c.(idp.Checker)
	if !ok {
		return nil
	}
	steps, err := stepsOf(ctx, checker)
	if err != nil {
		return err
	}
	for name, step := range steps {
		if step.Outcome == probe.Fail || step.Outcome == probe.Skipped {
			return fmt.Errorf("the step %s of a source that can be read: %+v", name, step)
		}
	}
	return nil
}

// failsItsCheck holds for who cannot be read.
func failsItsCheck(ctx context.Context, c idp.Connector, kind fault.Kind) error {
	checker, ok := c.(idp.Checker)
	if !ok {
		return nil
	}
	steps, err := stepsOf(ctx, checker)
	if err != nil {
		return err
	}
	for _, step := range steps {
		if step.Outcome == probe.Fail && step.Kind == kind {
			return nil
		}
	}
	return fmt.Errorf("no step fails with kind %d: %+v", kind, steps)
}
