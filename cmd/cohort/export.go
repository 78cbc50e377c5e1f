package main

import (
	"context"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"cohort/internal/fault"
	"cohort/internal/jsontext"
	"cohort/join"
)

func newExport(w world) *cobra.Command {
	var from sourceFlags
	var to outputFlags
	cmd := &cobra.Command{
		Use:   "export --idp URL --coder URL [-o FILE]",
		Short: "Read both sides, join them, write the table",
		Long: `export reads all people and all Coder users, matches them by e-mail, and writes
one row a person. Nothing is written unless both were read to their end.`,
		Example: `  cohort export --demo
  cohort export --idp ldaps://ldap.example.com/ou=people,dc=example,dc=com \
    --ldap-bind-dn cn=reader,dc=example,dc=com \
    --coder https://coder.example.com -o people.csv
  cohort export --demo --columns email,name,Level=employeeType,coder_user
  cohort export --demo --plan`,
		Args:    noArguments,
		PreRunE: func(cmd *cobra.Command, _ []string) error { return from.fill(cmd, w) },
		RunE: func(cmd *cobra.Command, _ []string) error {
			usage, err := from.planUsage(cmd.Context(), from.now())
			if err != nil {
				return err
			}
			plan, err := to.plan(cmd.Context(), from.said, usage.isOn())
			if err != nil {
				return err
			}
			if to.planAs != "" {
				from.planOnly = true
				return planExport(cmd.Context(), w, &from, &to, usage, plan)
			}
			return export(cmd.Context(), w, &from, &to, usage, plan)
		},
	}
	from.register(cmd.Flags())
	to.register(cmd.Flags())
	return cmd
}

// export does the main job, in the order in which it can fail: outputs,
// settings, both reads, the join, the writing.
func export(ctx context.Context, w world, from *sourceFlags, to *outputFlags, usage usagePlan, plan tablePlan) (err error) {
	started := time.Now()
	outputs := staging{ctx: ctx, world: w, reads: from.reads, told: to.summary != ""}
	defer outputs.end(&err)
	table, review, manifest, err := to.create(&outputs)
	if err != nil {
		return err
	}

	read, err := readAndJoin(ctx, w, from, question{
		columns: plan.columns, options: plan.options, usage: usage, allowEmpty: to.allowEmpty, fit: plan.fit,
	})
	if err != nil {
		return err
	}
	plan.columns = read.columns
	joined, figures := read.table, read.figures
	report := join.Manifest{
		Version: version(), Started: started.UTC().Truncate(time.Second),
		Sources: read.sources, Figures: figures, Usage: read.usage,
		Join: plan.options.Join, Where: to.where,
	}
	var dx *join.DX // nil for the other formats
	if plan.format == join.ForDX {
		if dx, err = joined.DX(plan.dxUsers); err != nil {
			return err
		}
	}
	measured, err := plan.measure(joined, dx)
	if err != nil {
		return err
	}
	report.Columns = measured.ManifestColumns()
	fallen, err := plan.guard(report)
	if err != nil {
		return err
	}
	made, err := plan.write(joined, dx, table, &outputs)
	if err != nil {
		return err
	}
	doubts := slices.Concat(joined.Review(), made.leftOut)
	files := made.files
	if review != nil {
		if err := join.WriteReview(review, doubts, plan.csv); err != nil {
			return err
		}
		files = append(files, review.manifest("review", join.CSV, len(doubts)))
	}
	report.Duration = time.Since(started).Seconds()
	report.DX, report.Columns, report.Changes, report.Files = made.dx, made.written.ManifestColumns(), made.written.Changes, files
	warnings := slices.Concat(changeWarnings(made.written.Changes), doubtWarnings(doubts, to.review),
		conflictWarnings(figures.People, to.review), unmergedWarnings(doubts, to.review), emptyWarnings(made.written), noEmailWarnings(plan.columns, made.written), made.warnings, fallen)
	report.Warnings = slices.Concat([]string{}, read.notices, warnings)
	if manifest != nil {
		if err := jsontext.Write(manifest, report); err != nil {
			return err
		}
	}
	if err := outputs.commit(); err != nil {
		return err
	}
	for _, warning := range warnings {
		w.sayWarning(warning)
	}
	if !from.quiet {
		w.saySummary(report, to.summary)
	}
	if n := report.People.Ambiguous + report.Users.Ambiguous; to.strict && n > 0 {
		return fault.New(fault.Findings, "the output is written; --review FILE lists them", "%s ambiguous", counted(n, "record is", "records are"))
	}
	return nil
}

// create prepares what is to be written; what was not named is nil.
func (f *outputFlags) create(outputs *staging) (table, review, manifest *stagedFile, err error) {
	if table, err = outputs.create("--output", f.output); err != nil {
		return nil, nil, nil, err
	}
	if review, err = outputs.create("--review", f.review); err != nil {
		return nil, nil, nil, err
	}
	manifest, err = outputs.createLast("--summary", f.summary)
	return table, review, manifest, err
}
