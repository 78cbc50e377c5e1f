package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/sync/errgroup"

	"cohort/idp"
	"cohort/internal/fault"
	"cohort/join"
	"cohort/join/profile"
)

func newAttributes(w world) *cobra.Command {
	var from sourceFlags
	var f attributesFlags
	cmd := &cobra.Command{
		Use:   "attributes",
		Short: "Show which attributes the identity provider has, and how well they are filled",
		Long: `attributes reads everybody from the identity provider, and shows of each
attribute that somebody has: how many people have it, how many different values
there are (counted up to ` + grouped(profile.MostValues) + `), how many one person has, which person
field it feeds, and one of the values. What divides people into groups stands
first, the best filled with the fewest values at the top; then what tells people
apart, what is the same for everybody, and what hardly anybody has. The names go
into --columns and --map of export as they stand.

Values of passwords, hashes, keys, certificates and photographs are never shown,
nor is what looks like one. A directory is asked for "*" and "+": what the
server keeps for itself, such as createTimestamp, is among the rest.`,
		Example: `  cohort attributes --demo
  cohort attributes --idp ldaps://ldap.example.com/dc=example,dc=com \
    --ldap-bind-dn cn=reader,dc=example,dc=com --sample 1000 --no-examples
  cohort attributes --idp okta://acme.okta.com -o attributes.csv`,
		Args:    noArguments,
		PreRunE: func(cmd *cobra.Command, _ []string) error { return from.fill(cmd, w) },
		RunE: func(cmd *cobra.Command, _ []string) error {
			return attributes(cmd.Context(), w, &from, &f)
		},
	}
	from.registerProviders(cmd.Flags())
	f.register(cmd.Flags())
	return cmd
}

type attributesFlags struct {
	sample     int
	noExamples bool
	output     string
	format     string
	formulas   string
	allowEmpty bool
}

func (f *attributesFlags) register(flags *pflag.FlagSet) {
	registerFormulas(flags, &f.formulas)
	registerAllowEmpty(flags, &f.allowEmpty)
	flags.IntVar(&f.sample, "sample", 0, "read only the first `N` people of each source")
	flags.BoolVar(&f.noExamples, "no-examples", false, "show no values")
	registerTableOutput(flags, &f.output, &f.format)
}

// attributes reads the providers, and writes what their attributes are.
func attributes(ctx context.Context, w world, from *sourceFlags, f *attributesFlags) (err error) {
	format, err := formatOf(f.format, f.output, tableFormats())
	if err != nil {
		return err
	}
	if f.sample < 0 {
		return fault.New(fault.Usage, "name how many people to read", "--sample is less than none")
	}
	outputs := staging{ctx: ctx, world: w, reads: from.reads}
	defer outputs.end(&err)
	file, err := outputs.create("--output", f.output)
	if err != nil {
		return err
	}
	sections, err := readProfiles(ctx, w, from, f)
	if err != nil {
		return err
	}
	var changes join.Changes
	switch format {
	case "csv":
		changes, err = profile.WriteCSV(file, sections, join.CSVOptions{KeepFormulas: f.formulas == keepFormulas})
	case "json":
		err = profile.WriteJSON(file, sections)
	default:
		err = writeAttributes(file, sections, max(narrowest, w.widthOf(file)), !f.noExamples)
	}
	if err != nil {
		return err
	}
	if err := outputs.commit(); err != nil {
		return err
	}
	for _, warning := range changeWarnings(changes) {
		w.sayWarning(warning)
	}
	return nil
}

// readProfiles reads all providers at the same time. The first that fails ends
// the others.
func readProfiles(ctx context.Context, w world, from *sourceFlags, f *attributesFlags) (sections []profile.Section, err error) {
	sources, err := from.openProviders(ctx, w)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, sources.close()) }()
	var readings []*reading
	for _, source := range sources.people {
		readings = append(readings, source.reading)
	}
	shown := startProgress(w, from.quiet, readings)
	defer shown.stop()
	sources.notices.show = shown.warn
	sections = make([]profile.Section, len(sources.people))
	group, ctx := errgroup.WithContext(ctx)
	for i, source := range sources.people {
		sections[i] = profile.Section{Source: source.name, Profile: profile.New(!f.noExamples)}
		group.Go(func() error {
			return readProfile(ctx, source, &sections[i], f, sources.notices.tell)
		})
	}
	return sections, group.Wait()
}

// readProfile reads one provider, to its end or as far as the sample goes.
func readProfile(ctx context.Context, from peopleSource, into *profile.Section, f *attributesFlags, notify func(string)) error {
	defer from.end()
	for person, err := range from.People(ctx, idp.Request{All: true, AllowEmpty: f.allowEmpty, Notify: notify}) {
		if err != nil {
			return fmt.Errorf("read people from %s: %w", from.name, err)
		}
		if f.sample > 0 && into.People() == f.sample {
			into.IsSample = true
			break
		}
		into.Add(person)
		from.count.Add(1)
	}
	if into.People() == 0 && !f.allowEmpty {
		return errNobody(from.name)
	}
	if into.HasMore() {
		notify(fmt.Sprintf("%s has more than %s attributes; the others are not shown", from.name, grouped(profile.MostAttributes)))
	}
	return nil
}
