package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"cohort/coder"
	"cohort/idp"
	"cohort/internal/fault"
	"cohort/join"
)

func newExport(w world) *cobra.Command {
	var from sourceFlags
	var to outputFlags
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Read both sides, join them, write the table",
		Long: `export reads everybody from the identity provider and all users of the Coder
deployment, matches them by e-mail, and writes one row a person. Nothing is
written unless both were read to their end.`,
		Example: `  cohort export --demo
  COHORT_LDAP_PASSWORD=… CODER_SESSION_TOKEN=… cohort export \
    --idp ldaps://ldap.example.com/ou=people,dc=example,dc=com \
    --ldap-bind-dn cn=reader,dc=example,dc=com \
    --coder https://coder.example.com -o people.csv`,
		Args: noArguments,
		PreRunE: func(cmd *cobra.Command, _ []string) error {
			said, err := fillSettings(cmd, w)
			if err != nil {
				return err
			}
			return from.settle(cmd.Flags(), said)
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			plan, err := to.plan()
			if err != nil {
				return err
			}
			return export(cmd.Context(), w, &from, &to, plan)
		},
	}
	from.register(cmd.Flags())
	to.register(cmd.Flags())
	return cmd
}

// plan is what to make of both sides.
type plan struct {
	columns join.Columns
	options join.Options
	format  join.Format
	csv     join.CSVOptions
}

// plan checks the output settings.
func (f *outputFlags) plan() (plan, error) {
	p := plan{
		format:  join.FormatOf(f.output),
		csv:     join.CSVOptions{Separator: f.separator},
		options: join.Options{AllowMissing: f.allowMissing},
	}
	var err error
	if f.output == "" {
		return p, fault.New(fault.Usage, "name a file, or - for standard output", "--output names nothing")
	}
	if f.format == "" && !join.KnowsFormatOf(f.output) {
		return p, fault.New(fault.Usage, "choose one with --format: csv or jsonl", "--output: the file's ending is of no format that is written here")
	}
	if f.format != "" {
		if p.format, err = join.ParseFormat(f.format); err != nil {
			return p, err
		}
	}
	switch f.formulas {
	case "escape":
	case "keep":
		p.csv.KeepFormulas = true
	default:
		return p, fault.New(fault.Usage, "allowed are escape and keep", "--formulas: %q is no such choice", f.formulas)
	}
	if p.options.Join, err = join.ParseKind(f.join); err != nil {
		return p, err
	}
	if p.options.Domains, err = join.ParseDomainAliases(f.domainAliases); err != nil {
		return p, err
	}
	if p.columns, err = join.ParseColumns(f.columns); err != nil {
		return p, err
	}
	err = p.columns.Where(f.where)
	return p, err
}

// export does the main job, in the order in which it can fail: outputs,
// settings, both reads, the join, the writing.
func export(ctx context.Context, w world, from *sourceFlags, to *outputFlags, plan plan) (err error) {
	started := time.Now()
	outputs := staging{ctx: ctx, stdout: w.stdout}
	defer func() {
		outputs.discard()
		err = outputs.readerGone(err)
	}()
	// The manifest is last, so that it is there only when all it names is.
	table, err := outputs.create("--output", to.output)
	if err != nil {
		return err
	}
	review, err := outputs.create("--review", to.review)
	if err != nil {
		return err
	}
	manifest, err := outputs.create("--summary", to.summary)
	if err != nil {
		return err
	}

	read, err := readAndJoin(ctx, w, from, to.allowEmpty, plan.columns, plan.options)
	if err != nil {
		return err
	}
	joined, figures := read.table, read.figures
	encoder := join.NewCSV(table, plan.csv)
	if plan.format == join.JSONLines {
		encoder = join.NewJSONLines(table)
	}
	written, err := joined.Write(encoder)
	if err != nil {
		return err
	}
	doubts := joined.Review()
	if review != nil {
		if err := join.WriteReview(review, doubts, plan.csv); err != nil {
			return err
		}
	}
	warnings := slices.Concat(changeWarnings(written.Changes), doubtWarnings(doubts, to.review), conflictWarnings(figures.People, to.review), emptyWarnings(written))
	report := join.Manifest{
		Version: version(), Started: started.UTC().Truncate(time.Second), Duration: time.Since(started).Seconds(),
		Sources: read.sources,
		Figures: figures, Columns: written.ManifestColumns(), Changes: written.Changes,
		Files: []join.ManifestFile{{Path: to.output, Format: plan.format, Rows: written.Rows, Bytes: table.size, SHA256: table.sha256()}},
		Join:  plan.options.Join, Where: to.where,
		Warnings: slices.Concat([]string{}, read.notices, warnings),
	}
	if review != nil {
		report.Files = append(report.Files, join.ManifestFile{
			Path: to.review, Format: join.CSV, Rows: len(doubts), Bytes: review.size, SHA256: review.sha256(),
		})
	}
	if manifest != nil {
		encoder := json.NewEncoder(manifest)
		encoder.SetIndent("", "  ")
		if err := encoder.Encode(report); err != nil {
			return fmt.Errorf("write %s: %w", to.summary, err)
		}
	}
	// From here on an interrupt comes too late: the files are renamed together,
	// and what was written directly is out.
	if err := ctx.Err(); err != nil && table.temp != nil {
		return err
	}
	if err := outputs.commit(); err != nil {
		return err
	}
	for _, warning := range warnings {
		w.sayWarning(warning)
	}
	if !from.quiet {
		w.saySummary(report)
	}
	if n := report.People.Ambiguous + report.Users.Ambiguous; to.strict && n > 0 {
		return fault.New(fault.Findings, "the output is written; --review FILE lists them", "%s ambiguous", counted(n, "record is", "records are"))
	}
	return nil
}

// readBoth reads both sides at the same time. The first that fails ends the
// other.
func (s *sources) readBoth(ctx context.Context, w world, quiet bool, request idp.Request) (
	people *join.Population, users []coder.User, err error,
) {
	shown := startProgress(w, quiet)
	defer shown.stop()
	people = join.NewPopulation(request)
	s.notices.show = shown.warn
	request.Notify = s.notices.tell
	group, ctx := errgroup.WithContext(ctx)
	for _, from := range s.people {
		source := people.AddSource(from.Source().Name)
		group.Go(func() error {
			return s.readPeople(ctx, from, request, source, func() { shown.people.Add(1) })
		})
	}
	group.Go(func() (err error) {
		users, err = s.coder.Users(ctx)
		shown.users.Store(int64(len(users)))
		return err
	})
	err = group.Wait()
	return people, users, err
}
