package main

import (
	"context"
	"strings"
	"time"

	"cohort/coder"
	"cohort/internal/probe"
)

// side is one source that is checked.
type side struct {
	side, source string // idp or coder, and what the user named
	check        func(ctx context.Context, report func(probe.Step))
	steps        chan probe.Step // closed at the end
}

func newSide(name, source string, check func(context.Context, func(probe.Step))) *side {
	// Room for all steps of a side, so that it need not wait for another.
	return &side{side: name, source: source, check: check, steps: make(chan probe.Step, 64)}
}

// unopened is a side whose settings are wrong. A path is told, but not a URL,
// which may hold a secret.
func unopened(name, source string, err error) *side {
	if !isFile(source) {
		source = ""
	}
	return newSide(name, source, func(_ context.Context, report func(probe.Step)) {
		report(probe.Failed(probe.Settings, err))
	})
}

func (s *side) run(ctx context.Context) {
	defer close(s.steps)
	ctx, cancel := context.WithTimeout(ctx, checkLimit)
	defer cancel()
	s.check(ctx, func(step probe.Step) { s.steps <- step })
}

// sides are those that were named, by a flag, the configuration or CODER_URL;
// without any, the deployment of coder login.
func (f *sourceFlags) sides(ctx context.Context, w world, sample *demo, usage usagePlan) ([]*side, error) {
	var sides []*side
	for _, p := range f.providers {
		source, err := f.openPeople(ctx, w, p, sample)
		if err != nil {
			sides = append(sides, unopened(idpFlag, p.url, err))
			continue
		}
		sides = append(sides, newSide(idpFlag, source.name, source.check))
	}
	if f.coder == "" && w.getenv("CODER_URL") == "" && len(sides) > 0 {
		return sides, nil
	}
	wanted, window := usage.isOn(), usage.window
	if !wanted {
		var err error
		if window, err = coder.ParseWindow(coder.Window28, time.UTC, f.now()); err != nil {
			return nil, err
		}
	}
	s := &sources{sample: sample, notices: &notices{}}
	if err := f.openUsers(ctx, w, s, false); err != nil {
		return append(sides, unopened(coderFlag, f.coder, err)), nil
	}
	return append(sides, newSide(coderFlag, s.users.name, func(ctx context.Context, report func(probe.Step)) {
		if s.users.deployment != nil {
			defer s.users.deployment.Close()
			s.users.deployment.Check(ctx, window, wanted, report)
			return
		}
		checkExport(ctx, s.users.file, report)
	})), nil
}

// checkExport tells of a file of users.
func checkExport(ctx context.Context, file *userFile, report func(probe.Step)) {
	list := probe.NewChecklist(report, probe.File, probe.Users)
	defer list.End()
	users, err := file.Users(ctx)
	if err != nil {
		list.Fail(probe.File, err)
		return
	}
	list.OK(probe.File, "a list of users, with the columns %s", strings.Join(file.export.Columns(), ", "))
	list.Add(probe.Step{Name: probe.Users, Outcome: probe.OK, Count: len(users)})
}

// check reports the connector's own steps, where it has any, and then what the
// first people have, read as an export reads them.
func (s peopleSource) check(ctx context.Context, report func(probe.Step)) {
	var people, duration probe.Step
	stands := true
	if s.checker != nil {
		s.checker.Check(ctx, func(step probe.Step) {
			switch step.Name {
			case probe.People:
				people = step
			case probe.Duration:
				duration = step
			}
			stands = stands && step.Outcome != probe.Fail
			report(step)
		})
	}
	list := probe.NewChecklist(report, probe.Addresses)
	if s.checker == nil {
		list = probe.NewChecklist(report, probe.File, probe.People, probe.Addresses)
	}
	defer list.End()
	if !stands || ctx.Err() != nil {
		return
	}
	seen, err := s.sample(ctx)
	if s.checker == nil {
		if err != nil {
			list.Fail(probe.File, err)
			return
		}
		list.OK(probe.File, "%s, read to its end", s.format)
		if seen.people == 0 {
			list.Fail(probe.People, errNobody(s.name))
			return
		}
		list.Add(probe.Step{Name: probe.People, Outcome: probe.OK, Count: seen.people})
	} else if err != nil {
		list.Fail(probe.Addresses, err)
		return
	}
	seen.tell(list, s.name)
	if s.checker != nil && duration.Name == "" && people.Count > 0 {
		list.Add(seen.duration(people))
	}
}
