package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"cohort/coder"
	"cohort/fixtures"
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
			return audit(cmd.Context(), w, &from, &to, plan)
		},
	}
	from.register(cmd.Flags())
	to.register(cmd.Flags())
	return cmd
}

// auditFlags say what to look for, and where to tell it.
type auditFlags struct {
	output        string
	format        string
	kinds         []string
	failOn        []string
	idle          int // in days
	accepted      string
	domainAliases []string
	formulas      string
	allowEmpty    bool
}

func (f *auditFlags) register(flags *pflag.FlagSet) {
	f.failOn = []string{string(join.FindingLeaver), string(join.FindingOrphan)}
	registerFormulas(flags, &f.formulas)
	registerMatching(flags, &f.domainAliases, &f.allowEmpty)
	f.output, f.idle = "-", 90
	// What the settings for all commands say of the output means the table,
	// which an audit must not replace.
	flags.VarP(path{&f.output, []string{"csv", "json", "md", "txt"}}, "output", "o", "file to write; - is standard output")
	formats := choose(&f.format, auditFormats()...)
	flags.Var(formats, "format", enumerated(formats.words, "or")+" (default: by the file's ending, else text)")
	onCommandLineOnly(flags, "output", "format")
	var kinds []string
	for _, kind := range join.FindingKinds() {
		kinds = append(kinds, string(kind))
	}
	flags.Var(&list{items: &f.kinds, separator: ",", allowed: kinds}, "kinds", "kinds of findings to show (default: all)")
	flags.Var(&list{items: &f.failOn, separator: ",", allowed: append(kinds, "all", "none")}, "fail-on", "kinds of findings that make exit code 3 when they are shown; also all or none")
	flags.Var(days{&f.idle}, "idle", "days unseen after which an account is idle")
	flags.Var(path{&f.accepted, []string{"csv"}}, "accepted", "file with findings that somebody has looked at, as CSV")
}

// auditFormats are the formats of an audit.
func auditFormats() []string { return []string{"text", "csv", "json", "markdown"} }

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
func (f *auditFlags) plan() (auditPlan, error) {
	p := auditPlan{kinds: join.FindingKinds()}
	var err error
	if p.format, err = f.formatOf(); err != nil {
		return p, err
	}
	p.csv.KeepFormulas = f.formulas == keepFormulas
	if len(f.kinds) > 0 {
		if p.kinds, err = join.ParseFindingKinds("--kinds", f.kinds); err != nil {
			return p, err
		}
	}
	switch {
	case slices.Equal(f.failOn, []string{"none"}):
	case slices.Equal(f.failOn, []string{"all"}):
		p.failOn = join.FindingKinds()
	default:
		if p.failOn, err = join.ParseFindingKinds("--fail-on", f.failOn); err != nil {
			return p, err
		}
	}
	p.options.Idle = time.Duration(f.idle) * 24 * time.Hour
	if p.domains, err = join.ParseDomainAliases(f.domainAliases); err != nil {
		return p, err
	}
	if f.accepted == "" {
		return p, nil
	}
	file, err := os.Open(f.accepted)
	if err != nil {
		return p, fault.New(fault.Usage, "", "--accepted: %w", err)
	}
	defer func() { _ = file.Close() }()
	if p.accepted, err = join.ReadAccepted(file); err != nil {
		return p, fmt.Errorf("--accepted: %s: %w", f.accepted, err)
	}
	return p, nil
}

// formatOf is the format that was named, else that of the file's ending.
func (f *auditFlags) formatOf() (string, error) {
	switch {
	case f.output == "":
		return "", fault.New(fault.Usage, "name a file, or - for standard output", "--output names nothing")
	case f.format != "":
		return f.format, nil
	}
	switch strings.ToLower(filepath.Ext(f.output)) {
	case ".csv":
		return "csv", nil
	case ".json":
		return "json", nil
	case ".md", ".markdown":
		return "markdown", nil
	case "", ".txt", ".text", ".log":
		return "text", nil
	}
	if filepath.Dir(f.output) == "/dev" {
		return "text", nil
	}
	return "", fault.New(fault.Usage, "choose one with --format: text, csv, json or markdown", "--output: the file's ending is of no format that is written here")
}

// now is the moment from which an audit counts days: the sample company's own
// where that is read.
func (f *sourceFlags) now() time.Time {
	if f.coder == demoURL {
		return fixtures.Today()
	}
	return time.Now()
}

// audit reads both sides, looks, and tells.
func audit(ctx context.Context, w world, from *sourceFlags, to *auditFlags, plan auditPlan) (err error) {
	outputs := staging{ctx: ctx, stdout: w.stdout}
	defer func() {
		outputs.discard()
		err = outputs.readerGone(err)
	}()
	file, err := outputs.create("--output", to.output)
	if err != nil {
		return err
	}
	usage, err := from.planUsage(from.now())
	if err != nil {
		return err
	}
	// An audit looks at the whole join, so that its rows may be any.
	whole := &tablePlan{columns: join.AuditColumns(), options: join.Options{Join: join.RightAnti, Domains: plan.domains}}
	read, err := readAndJoin(ctx, w, from, question{whole, usage, to.allowEmpty})
	if err != nil {
		return err
	}
	if err := plan.fit(read.export); err != nil {
		return err
	}
	plan.options.Now = from.now().UTC().Truncate(time.Second)
	found := read.table.Audit(plan.options)
	acceptance := found.Accept(plan.accepted, plan.options.Now)
	found.Findings = slices.DeleteFunc(found.Findings, func(f join.Finding) bool { return !slices.Contains(plan.kinds, f.Kind) })

	var changes join.Changes
	switch plan.format {
	case "csv":
		changes, err = join.WriteFindings(file, found.Findings, plan.csv)
	case "json":
		report := join.AuditReport{Now: plan.options.Now, Sources: read.sources, Accepted: acceptance.Count, Findings: found.Findings}
		err = report.WriteJSON(file)
	case "markdown":
		err = join.WriteMarkdown(file, found.Findings)
	default:
		err = writeFindings(file, found.Findings)
	}
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil && file.temp != nil {
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
		writeSummary(w.stderr, auditSummary(read, found.Findings, acceptance.Count), w.columns())
	}
	return plan.verdict(found.Findings)
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

// acceptanceWarnings tell of accepted findings that count again, and of those
// that there are none of.
func acceptanceWarnings(a join.Acceptance) []string {
	var warnings []string
	if len(a.Expired) > 0 {
		warnings = append(warnings, "--accepted: "+counted(len(a.Expired), "entry has", "entries have")+" expired and the findings count again: "+keysOf(a.Expired))
	}
	if len(a.Unused) > 0 {
		warnings = append(warnings, "--accepted: "+counted(len(a.Unused), "entry is", "entries are")+" about nothing that was found: "+keysOf(a.Unused))
	}
	return warnings
}

func keysOf(accepted []join.Accepted) string {
	keys := make([]string, len(accepted))
	for i, one := range accepted {
		keys[i] = one.Key
	}
	return strings.Join(keys, ", ")
}

// auditSummary is what was read, and how much was found.
func auditSummary(read both, findings []join.Finding, accepted int) []summaryLine {
	var lines []summaryLine
	for i, source := range read.sources {
		label := "people"
		if i == len(read.sources)-1 {
			label = "Coder users"
		}
		lines = append(lines, summaryLine{label, source.Records, sourceName(source)})
	}
	counts := make(map[join.Severity]int)
	for _, f := range findings {
		counts[f.Severity]++
	}
	var parts []string
	for _, severity := range []join.Severity{join.Critical, join.High, join.Medium, join.Low, join.Info} {
		if counts[severity] > 0 {
			parts = append(parts, grouped(counts[severity])+" "+severity.String())
		}
	}
	lines = append(lines, summaryLine{"findings", len(findings), strings.Join(parts, ", ")})
	if accepted > 0 {
		lines = append(lines, summaryLine{"accepted", accepted, ""})
	}
	return lines
}

// writeFindings writes findings for a person to read, a line each, under their
// kinds. What to do stands below those that ask for the same.
func writeFindings(to *stagedFile, findings []join.Finding) error {
	if len(findings) == 0 {
		_, err := fmt.Fprintln(to, "no findings")
		return err
	}
	var b strings.Builder
	for first := 0; first < len(findings); {
		kind := findings[first].Kind
		end := first + 1
		for end < len(findings) && findings[end].Kind == kind {
			end++
		}
		if first > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s (%s): %s\n", kind, grouped(end-first), kind.About())
		group := findings[first:end]
		rows := make([][]string, len(group))
		for i, f := range group {
			rows[i] = []string{"  " + f.Severity.String(), join.Visible(subject(f)), join.Visible(whose(f)), join.Visible(f.Evidence)}
		}
		for i, line := range align(rows) {
			b.WriteString(line + "\n")
			if i == len(group)-1 || group[i+1].Remedy != group[i].Remedy {
				b.WriteString("    -> " + join.Visible(group[i].Remedy) + "\n")
			}
		}
		first = end
	}
	_, err := to.Write([]byte(b.String()))
	return err
}

// subject is what follows the colon of a finding's key.
func subject(f join.Finding) string {
	_, subject, _ := strings.Cut(f.Key, ":")
	return subject
}

// whose is the address of the person a finding is about, else the account's.
func whose(f join.Finding) string {
	return cmp.Or(f.Person.Email, f.Person.Name, f.Account.Email, "-")
}
