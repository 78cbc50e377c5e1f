package main

import (
	"time"

	"github.com/spf13/pflag"

	"cohort/coder"
	"cohort/join"
)

// Names that settings.go and the errors need, too.
const (
	idpFlag   = "idp"
	coderFlag = "coder"
	demoFlag  = "demo"
	planFlag  = "plan"
)

// sourceFlags say where both sides are, and who we are there.
type sourceFlags struct {
	config  string
	idp     providerList
	coder   string
	demo    bool
	quiet   bool
	timeout time.Duration
	// patience is the longest wait for a rate limit; the clients' own when 0.
	patience time.Duration

	// provider holds the settings of the one provider of their kind.
	provider provider

	coderTokenFile      string
	coderAllowCleartext bool

	usage           string
	timezone        string
	usageThresholds string

	// What follows is settled from all of that.

	providers []*provider
	said      layers
	reads     inputs
	// planOnly says that nobody is read: no secret is looked for.
	planOnly bool
}

func (f *sourceFlags) register(flags *pflag.FlagSet) {
	f.registerProviders(flags)

	coders := addresses([]string{"https://", demoURL}, "csv", "json", "txt")
	flags.Var(text{&f.coder, "URL", coders}, coderFlag, "Coder deployment, or a file of its users (default: $CODER_URL, then what coder login stored)")
	everydayInTopic(flags, "coder")
	flags.Var(path{value: &f.coderTokenFile}, "coder-token-file", "file with the token, in place of $CODER_SESSION_TOKEN")
	flags.BoolVar(&f.coderAllowCleartext, "coder-allow-cleartext", false, "send the token over http://")
	inTopic(flags, "coder")
	windows := choose(&f.usage, coder.Window28, coder.Window30, coder.WindowDX)
	flags.Var(windows, "usage", "read how much Coder is used in a window: "+enumerated(windows.words, "or")+" (the last four full weeks)")
	flags.StringVar(&f.timezone, "timezone", "UTC", "time `zone` of the days of --usage, such as Europe/Berlin")
	flags.Var(path{value: &f.usageThresholds, endings: []string{"json"}, kind: manifestPath}, "usage-thresholds", "file of an earlier run's --summary, whose thresholds of the usage levels are used again")
	inTopic(flags, "usage")
}

// registerConfig adds the flag that names the settings file.
func registerConfig(flags *pflag.FlagSet, file *string) {
	flags.Var(path{value: file, endings: []string{"yaml", "yml"}}, "config", "file with settings, in YAML (default: cohort/config.yaml in your configuration directory)")
	inTopic(flags, "config")
}

// registerFormulas adds the flag of commands that write CSV.
func registerFormulas(flags *pflag.FlagSet, formulas *string) {
	*formulas = escapeFormulas
	ways := choose(formulas, escapeFormulas, keepFormulas)
	flags.Var(ways, "formulas", "cells that a spreadsheet would run: "+enumerated(ways.words, "or"))
	inTopic(flags, "output")
}

// matchFlags say how both sides are matched, and what may be true of them.
type matchFlags struct {
	domainAliases []string
	allowEmpty    bool
}

func (f *matchFlags) register(flags *pflag.FlagSet) {
	flags.Var(&list{items: &f.domainAliases, kind: "old=new"}, "domain-alias", "addresses of one mail domain are also those of another")
	inTopic(flags, "matching")
	registerAllowEmpty(flags, &f.allowEmpty)
}

func (f *matchFlags) domains() (join.DomainAliases, error) {
	return join.ParseDomainAliases(f.domainAliases)
}

// registerProviders adds the flags for the side of the people alone.
func (f *sourceFlags) registerProviders(flags *pflag.FlagSet) {
	f.idp.items, f.idp.kind = &f.idp.urls, "URL"
	f.idp.offer = addresses([]string{"ldaps://", "ldap://", "ldapi://", "okta://", demoURL, demoOktaURL}, "csv", "tsv", "json", "jsonl", "ldif")
	flags.Var(&f.idp, idpFlag, "identity provider, or a file of people; repeatable")
	everydayInTopic(flags, "idp")
	flags.BoolVar(&f.demo, demoFlag, false, "read the sample company, on both sides")
	everydayInTopic(flags, "idp")

	f.provider.register(flags)

	flags.BoolVarP(&f.quiet, "quiet", "q", false, "no progress and no summary")
	everydayInTopic(flags, "output")
	flags.DurationVar(&f.timeout, "timeout", 0, "how long a source may be silent (default: 2m for LDAP, 1m for Okta and Coder)")
	inTopic(flags, "guards")
	registerConfig(flags, &f.config)
}

// registerAllowEmpty adds the flag of commands that refuse to read nobody.
func registerAllowEmpty(flags *pflag.FlagSet, allowEmpty *bool) {
	flags.BoolVar(allowEmpty, "allow-empty", false, "take nobody, a single Coder user, or nobody with an address for the truth")
	inTopic(flags, "guards")
}

// outputFlags say what is written, and where.
type outputFlags struct {
	matchFlags
	output       string
	summary      string
	review       string
	strict       bool
	format       string
	columns      []string
	join         string
	where        []string
	separator    string
	formulas     string
	allowMissing bool

	planAs string

	dxUsers  string
	baseline string
	// In percent.
	maxDrop, minMatch float64
}

func (f *outputFlags) register(flags *pflag.FlagSet) {
	f.output, f.columns, f.join = "-", join.DefaultColumns(), string(join.Left)
	flags.VarP(path{value: &f.output, endings: []string{"csv", "jsonl"}, kind: outputPath}, "output", "o", "file to write; - is standard output")
	formats := choose(&f.format, formatNames(exportFormats())...)
	flags.Var(formats, "format", enumerated(formats.words, "or")+" (default: by the file's ending; csv without one)")
	everydayInTopic(flags, "output")
	flags.Var(&list{items: &f.columns, separator: ",", offer: offerColumns}, "columns", "columns, in order: a field, Header=field, an attribute, attr:NAME (default: see cohort help columns)")
	flags.Var(&list{items: &f.where, kind: "field=value", offer: offerConditions}, "where", "only rows that meet all of these; also field!=value")
	everydayInTopic(flags, "columns")

	kinds := choose(&f.join, join.Kinds()...)
	flags.Var(kinds, "join", "rows: "+enumerated(kinds.words, "or"))
	flags.BoolVar(&f.allowMissing, "allow-missing-columns", false, "leave a column empty whose attribute nobody has")
	inTopic(flags, "columns")
	flags.StringVar(&f.separator, "list-separator", "|", "what stands between several values in a CSV cell")
	registerFormulas(flags, &f.formulas)
	flags.Var(path{value: &f.summary, endings: []string{"json"}, kind: outputPath}, "summary", "file for the run's manifest, as JSON")
	flags.Var(path{value: &f.review, endings: []string{"csv"}, kind: outputPath}, "review", "file for what was ambiguous and for second accounts, as CSV")
	plans := choose(&f.planAs, "text", "json")
	flags.Var(plans, planFlag, "say what an export would ask of whom and write where, and read nobody: "+enumerated(plans.words, "or"))
	flags.Lookup(planFlag).NoOptDefVal = "text"
	inTopic(flags, "output")
	flags.Var(path{value: &f.dxUsers, endings: []string{"csv"}}, "dx-users", "file with the users of DX (CSV, as DX exports them): only these are written with --format dx")
	inTopic(flags, "dx")
	f.maxDrop = 5
	flags.Var(path{value: &f.baseline, endings: []string{"json"}, kind: manifestPath}, "baseline", "file of an earlier run's --summary: a fall since then is an error")
	flags.Var(percentage{&f.maxDrop}, "max-drop", "how far people, Coder users, matches and filled columns may fall below --baseline")
	flags.Var(percentage{&f.minMatch}, "min-match", "how much of the Coder users with an address must belong to a person")
	flags.BoolVar(&f.strict, "strict", false, "exit with 3 when something is ambiguous")
	inTopic(flags, "guards")
	f.matchFlags.register(flags)
}
