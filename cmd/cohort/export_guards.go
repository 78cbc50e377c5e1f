package main

import (
	"context"
	"fmt"
	"strings"

	"cohort/internal/fault"
	"cohort/join"
)

// guards refuse a table that is not what an earlier run, or its user, makes one
// expect.
type guards struct {
	baseline *join.Manifest
	name     string // of the baseline's file
	// As shares, from 0 to 1.
	maxDrop, minMatch float64
}

func (f *outputFlags) guards(ctx context.Context) (guards, error) {
	g := guards{name: f.baseline, maxDrop: f.maxDrop / 100, minMatch: f.minMatch / 100}
	if f.baseline == "" {
		return g, nil
	}
	// It is read before --summary may replace it.
	file, err := readInput(ctx, "--baseline", f.baseline, "the first run writes it by --summary")
	if err != nil {
		return g, err
	}
	earlier, err := join.ReadManifest(file)
	if err != nil {
		return g, fmt.Errorf("--baseline: read %s: %w", f.baseline, err)
	}
	g.baseline = &earlier
	return g, nil
}

// guard is an error where the run's figures are not what was expected, and
// gives what could not be compared.
func (g guards) guard(report join.Manifest) (warnings []string, err error) {
	if is := report.MatchedShare(); is < g.minMatch {
		return nil, fault.New(fault.Other, "check the base, the mail domains (--domain-alias), or --min-match",
			"%.1f %% of the Coder users belong to a person, which is less than --min-match", 100*is)
	}
	if g.baseline == nil {
		return nil, nil
	}
	drops, comparable := report.Drops(*g.baseline, g.maxDrop)
	if len(drops) > 0 {
		all := make([]string, len(drops))
		for i, drop := range drops {
			all[i] = drop.String()
		}
		return nil, fault.New(fault.Other, "if that is right, run once without --baseline",
			"compared with %s, %s, more than --max-drop allows", g.name, strings.Join(all, ", "))
	}
	if !comparable {
		return []string{"--baseline is of other rows (--join, --where), so the fill of columns was not compared"}, nil
	}
	return nil, nil
}
