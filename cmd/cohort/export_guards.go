package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"cohort/internal/fault"
	"cohort/join"
)

// guards refuse a table that is not what an earlier run, or its user, makes one
// expect.
type guards struct {
	baseline *join.Manifest
	name     string // of the baseline's file
	// In percent.
	maxDrop, minMatch float64
}

func (f *outputFlags) guards(ctx context.Context, said layers) (guards, error) {
	g := guards{name: f.baseline, maxDrop: f.maxDrop, minMatch: f.minMatch}
	if f.baseline == "" {
		if said["max-drop"] > inFile {
			return g, fault.New(fault.Usage, "add --baseline FILE", "--max-drop says how far something may fall, and not below what")
		}
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

// measure is what a table is going to be, where that decides whether it is
// written: what went to a pipe cannot be taken back.
func (p tablePlan) measure(joined *join.Table, dx *join.DX) (written join.Written, err error) {
	if p.baseline == nil {
		return written, nil
	}
	if dx == nil {
		return joined.Write(p.encoder(io.Discard))
	}
	for _, part := range dx.Parts() {
		one, err := dx.Write(io.Discard, part, p.csv.Separator)
		if err != nil {
			return written, err
		}
		written.Add(one)
	}
	return written, nil
}

// guard is an error where the run's figures are not what was expected, and
// gives what could not be compared.
func (g guards) guard(report join.Manifest) (warnings []string, err error) {
	if is := report.MatchedPercent(); join.IsBelow(is, g.minMatch) {
		return nil, fault.New(fault.Other, "check the base, the mail domains (--domain-alias), or --min-match",
			"%.1f %% of the Coder users belong to a person, which is less than --min-match", is)
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
