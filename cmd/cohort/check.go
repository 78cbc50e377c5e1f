package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"cohort/internal/fault"
	"cohort/internal/jsontext"
	"cohort/internal/probe"
)

func newCheck(w world) *cobra.Command {
	var from sourceFlags
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Say step by step whether both sides can be read, and how to mend what cannot",
		Long: `check connects to both sides, or to the one that is named, as export does, and
says of each step how it ended: ok, warn, FAIL, or -- for what was not tried,
since a step before it failed. It asks what the credentials show, how many
people and users there are, and how long an export will take. It changes
nothing, and writes nobody to disk.`,
		Example: `  cohort check --demo
  cohort check --idp ldaps://ldap.example.com/dc=example,dc=com \
    --ldap-bind-dn cn=reader,dc=example,dc=com
  cohort check --json | jq -r '.[] | select(.outcome == "fail").mend'`,
		Args:    noArguments,
		PreRunE: func(cmd *cobra.Command, _ []string) error { return from.fill(cmd, w) },
		RunE: func(cmd *cobra.Command, _ []string) error {
			usage, err := from.planUsage(cmd.Context(), from.now())
			if err != nil {
				return err
			}
			return check(cmd.Context(), w, &from, usage, asJSON)
		},
	}
	from.register(cmd.Flags())
	cmd.Flags().BoolVar(&asJSON, "json", false, "write the steps as JSON: an array of objects with side, source, step, outcome, detail, mend")
	return cmd
}

// A check does not wait as long as an export.
const (
	checkTimeout  = 15 * time.Second // of silence
	checkPatience = 5 * time.Second  // for a rate limit
	checkLimit    = 2 * time.Minute  // for one side
)

// check tells the steps of all sides, which are taken at the same time, and
// fails where one failed.
func check(ctx context.Context, w world, from *sourceFlags, usage usagePlan, asJSON bool) (err error) {
	from.timeout, from.patience = cmp.Or(from.timeout, checkTimeout), checkPatience
	outputs := staging{ctx: ctx, world: w, reads: from.reads}
	out, err := outputs.create("--output", "-")
	if err != nil {
		return err
	}
	sample := &demo{}
	defer func() { err = errors.Join(err, sample.close()) }()
	sides, err := from.sides(ctx, w, sample, usage)
	if err != nil {
		return err
	}
	for _, s := range sides {
		go s.run(ctx)
	}
	all := []checkedStep{}
	failed, worst := 0, fault.Other
	var unwritten error
	for _, s := range sides {
		text := &checkText{to: out, side: s, quiet: from.quiet, width: w.columns(w.stdout)}
		if asJSON {
			text.to = io.Discard
		}
		for step := range s.steps {
			if ctx.Err() != nil {
				continue // what an interrupt ended has not failed
			}
			all = append(all, s.tell(step))
			text.step(all[len(all)-1])
			if step.Outcome == probe.Fail {
				failed++
				worst = max(worst, step.Kind)
			}
		}
		text.end()
		unwritten = cmp.Or(unwritten, text.err)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if asJSON {
		unwritten = jsontext.Write(out, all)
	}
	// Whoever has seen enough may still ask for the exit code.
	if unwritten != nil && !errors.Is(unwritten, errReaderGone) {
		return fmt.Errorf("tell the steps: %w", unwritten)
	}
	if failed > 0 {
		return fault.New(worst, "see the lines marked FAIL", "check: %s failed", counted(failed, "step", "steps"))
	}
	return nil
}
