package main

import (
	"context"
	"encoding/json"
	"errors"
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
			plan, err := to.plan(from.said)
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

// export does the main job, in the order in which it can fail: outputs,
// settings, both reads, the join, the writing.
func export(ctx context.Context, w world, from *sourceFlags, to *outputFlags, plan plan) (err error) {
	started := time.Now()
	outputs := staging{ctx: ctx, stdout: w.stdout}
	defer func() {
		outputs.discard()
		err = outputs.readerGone(err)
	}()
	table, err := outputs.create("--output", to.output)
	if err != nil {
		return err
	}
	review, err := outputs.create("--review", to.review)
	if err != nil {
		return err
	}
	manifest, err := outputs.createLast("--summary", to.summary)
	if err != nil {
		return err
	}

	sources, err := from.open(w, to.allowEmpty)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, sources.close()) }()
	people, users, err := sources.readBoth(ctx, w, from.quiet, plan.columns.Request())
	if err != nil {
		return err
	}
	for i, n := range people.Sizes() {
		if n == 0 && !to.allowEmpty {
			return fault.New(fault.Other, "check --ldap-base and --ldap-filter; --allow-empty takes this for the truth",
				"%s gave no people", sources.people[i].Source().Name)
		}
	}

	joined, err := join.Join(people, users, plan.columns, plan.options)
	if err != nil {
		return err
	}
	figures := joined.Figures()
	if n := figures.People.WithoutAddress; n > 0 && n == figures.People.Total && !to.allowEmpty {
		return fault.New(fault.Credentials, "may the account read mail and its like? --allow-empty takes this for the truth",
			"%s gave %s, and none has an address", sources.peopleName(), counted(n, "person", "people"))
	}
	made, err := plan.write(joined, table, &outputs)
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
	report := join.Manifest{
		Version: version(), Started: started.UTC().Truncate(time.Second), Duration: time.Since(started).Seconds(),
		Sources: sources.manifest(people, users),
		Figures: figures, DX: made.dx, Columns: made.written.ManifestColumns(), Changes: made.written.Changes,
		Files: files,
		Join:  plan.options.Join, Where: to.where,
	}
	fallen, err := plan.guard(report)
	if err != nil {
		return err
	}
	warnings := slices.Concat(changeWarnings(made.written.Changes), doubtWarnings(doubts, to.review),
		conflictWarnings(figures.People, to.review), emptyWarnings(made.written), made.warnings, fallen)
	report.Warnings = slices.Concat([]string{}, sources.notices.all(), warnings)
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
