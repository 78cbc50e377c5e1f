package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/pflag"

	"cohort/join"
)

// auditFlags say what to look for, and where to tell it.
type auditFlags struct {
	matchFlags
	output   string
	format   string
	kinds    []string
	failOn   []string
	idle     int // in days
	accepted string
	formulas string
}

func (f *auditFlags) register(flags *pflag.FlagSet) {
	f.failOn = []string{string(join.FindingLeaver), string(join.FindingOrphan)}
	registerFormulas(flags, &f.formulas)
	f.matchFlags.register(flags)
	f.output, f.idle = "-", 90
	flags.VarP(path{value: &f.output, endings: []string{"csv", "json", "md", "txt"}, kind: outputPath}, "output", "o", "file to write; - is standard output")
	formats := choose(&f.format, formatNames(auditFormats())...)
	flags.Var(formats, "format", enumerated(formats.words, "or")+" (default: by the file's ending; text without one)")
	onCommandLineOnly(flags, "output", "format")
	var kinds []string
	for _, kind := range join.FindingKinds() {
		kinds = append(kinds, string(kind))
	}
	flags.Var(&list{items: &f.kinds, separator: ",", allowed: kinds}, "kinds", "kinds of findings to show (default: all)")
	flags.Var(&list{items: &f.failOn, separator: ",", allowed: append(kinds, "all", "none")}, "fail-on", "kinds of findings that make exit code 3 when they are shown; also all or none")
	flags.Var(days{&f.idle}, "idle", "days unseen after which an account is idle")
	flags.Var(path{value: &f.accepted, endings: []string{"csv"}}, "accepted", "file with findings that somebody has looked at, as CSV")
}

// auditPlan is what to make of both sides.
type auditPlan struct {
	options  join.AuditOptions
	domains  join.DomainAliases
	format   string
	csv      join.CSVOptions
	kinds    []join.FindingKind
	failOn   []join.FindingKind
	accepted []join.Accepted
}

// plan checks the settings.
func (f *auditFlags) plan(ctx context.Context) (p auditPlan, err error) {
	if p.format, err = formatOf(f.format, f.output, auditFormats()); err != nil {
		return p, err
	}
	p.csv.KeepFormulas = f.formulas == keepFormulas
	if p.kinds, err = f.kindsToShow(); err != nil {
		return p, err
	}
	if p.failOn, err = f.kindsToFailOn(); err != nil {
		return p, err
	}
	p.options.Idle = time.Duration(f.idle) * 24 * time.Hour
	if p.domains, err = f.domains(); err != nil {
		return p, err
	}
	p.accepted, err = f.acceptedFindings(ctx, p.kinds)
	return p, err
}

func (f *auditFlags) kindsToShow() ([]join.FindingKind, error) {
	if len(f.kinds) == 0 {
		return join.FindingKinds(), nil
	}
	return join.ParseFindingKinds("--kinds", f.kinds)
}

func (f *auditFlags) kindsToFailOn() ([]join.FindingKind, error) {
	switch {
	case slices.Equal(f.failOn, []string{"none"}):
		return nil, nil
	case slices.Equal(f.failOn, []string{"all"}):
		return join.FindingKinds(), nil
	default:
		return join.ParseFindingKinds("--fail-on", f.failOn)
	}
}

// acceptedFindings reads which findings were accepted. Of kinds that are not
// shown, nothing is to be said.
func (f *auditFlags) acceptedFindings(ctx context.Context, kinds []join.FindingKind) ([]join.Accepted, error) {
	if f.accepted == "" {
		return nil, nil
	}
	file, err := readInput(ctx, "--accepted", f.accepted, "")
	if err != nil {
		return nil, err
	}
	accepted, err := join.ReadAccepted(file)
	if err != nil {
		return nil, fmt.Errorf("--accepted: %s: %w", f.accepted, err)
	}
	return slices.DeleteFunc(accepted, func(a join.Accepted) bool { return !slices.Contains(kinds, a.Kind()) }), nil
}
