package main

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"cohort/coder"
	"cohort/internal/fault"
	"cohort/join"
)

func newAudit(w world) *cobra.Command {
	var from sourceFlags
	var to auditFlags
	cmd := &cobra.Command{
		Use:   "audit --idp URL --coder URL",
		Short: "Find leavers with an account, accounts without a person",
		Long: `audit reads both sides as export does, and tells what an identity team should
look at, each with its evidence and what to do. The exit code is 3 when there
are findings of --fail-on: cohort help findings. Nothing is written unless both
sides were read to their end.`,
		Example: `  cohort audit --demo
  cohort audit --kinds leaver,privileged --format csv -o leavers.csv
  cohort audit --accepted accepted.csv --fail-on all
  cohort audit --kinds idle --idle 60d --fail-on none`,
		Args:    noArguments,
		PreRunE: func(cmd *cobra.Command, _ []string) error { return from.fill(cmd, w) },
		RunE: func(cmd *cobra.Command, _ []string) error {
			plan, err := to.plan(cmd.Context())
			if err != nil {
				return err
			}
			return audit(cmd.Context(), w, &from, &to, plan)
		},
	}
	from.register(cmd.Flags())
	to.register(cmd.Flags())
	return cmd
}

// audit reads both sides, looks, and tells.
func audit(ctx context.Context, w world, from *sourceFlags, to *auditFlags, plan auditPlan) (err error) {
	outputs := staging{ctx: ctx, world: w, reads: from.reads}
	defer outputs.end(&err)
	file, err := outputs.create("--output", to.output)
	if err != nil {
		return err
	}
	usage, err := from.planUsage(ctx, from.now())
	if err != nil {
		return err
	}
	read, err := readAndJoin(ctx, w, from, question{columns: join.AuditColumns(), options: wholeJoin(plan.domains), usage: usage, allowEmpty: to.allowEmpty})
	if err != nil {
		return err
	}
	if err := plan.fit(read.export); err != nil {
		return err
	}
	plan.options.Now = from.now().UTC().Truncate(time.Second)
	found := read.table.Audit(plan.options)
	found.Findings = slices.DeleteFunc(found.Findings, func(f join.Finding) bool { return !slices.Contains(plan.kinds, f.Kind) })
	acceptance := found.Accept(plan.accepted, plan.options.Now)
	report := join.AuditReport{Now: plan.options.Now, Sources: read.sources, Accepted: acceptance.Count, Findings: found.Findings}
	changes, err := plan.write(w, file, report)
	if err != nil {
		return err
	}
	if err := outputs.commit(); err != nil {
		return err
	}
	warnings := slices.Concat(changeWarnings(changes), found.Notes, acceptanceWarnings(acceptance))
	for _, conflict := range conflictWarnings(read.figures.People, "export's") {
		warnings = append(warnings, conflict+", so that a leaver may hide among them; cohort export --review FILE lists them")
	}
	for _, warning := range warnings {
		w.sayWarning(warning)
	}
	if !from.quiet {
		writeSummary(w.stderr, auditSummary(read, found.Findings, acceptance.Count), w.columns(w.stderr))
	}
	return plan.verdict(found.Findings)
}

// write writes the findings in the format that was chosen.
func (p auditPlan) write(w world, to *stagedFile, report join.AuditReport) (changes join.Changes, err error) {
	switch p.format {
	case "csv":
		return join.WriteFindings(to, report.Findings, p.csv)
	case "json":
		return changes, report.WriteJSON(to)
	case "markdown":
		return changes, join.WriteMarkdown(to, report.Findings)
	default:
		return changes, writeFindings(to, report.Findings, w.widthOf(to))
	}
}

// fit refuses an export of users that does not tell what the findings rest on.
func (p auditPlan) fit(export *coder.Export) error {
	if export == nil {
		return nil
	}
	for _, need := range []struct {
		column string
		kinds  []join.FindingKind
	}{
		{"coder_status", join.FindingKinds()},
		{"coder_last_seen_at", []join.FindingKind{join.FindingIdle}},
		{"coder_roles", []join.FindingKind{join.FindingPrivileged}},
	} {
		for _, kind := range need.kinds {
			if slices.Contains(p.kinds, kind) && !export.Has(need.column) {
				return fault.New(fault.Usage, "export with: coder users list -o json, or leave the kind out of --kinds",
					"%s does not tell %s, which findings of the kind %s need", export.Name(), need.column, kind)
			}
		}
	}
	return nil
}

// verdict is an error where there are findings that make the exit code 3.
func (p auditPlan) verdict(findings []join.Finding) error {
	counts := make(map[join.FindingKind]int)
	n := 0
	for _, f := range findings {
		if f.Severity > join.Info && slices.Contains(p.failOn, f.Kind) {
			counts[f.Kind]++
			n++
		}
	}
	if n == 0 {
		return nil
	}
	var parts []string
	for _, kind := range join.FindingKinds() {
		if counts[kind] > 0 {
			parts = append(parts, grouped(counts[kind])+" "+string(kind))
		}
	}
	return fault.New(fault.Findings, "mend them, or say in a file of --accepted why they may stay", "%s of --fail-on: %s",
		counted(n, "finding", "findings"), strings.Join(parts, ", "))
}
