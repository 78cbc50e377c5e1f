package main

import (
	"time"

	"github.com/spf13/pflag"

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
	// planOnly says that nobody is read: no secret is looked for.
	planOnly bool
}

func (f *sourceFlags) register(flags *pflag.FlagSet) {
	f.registerProviders(flags)
	flags.StringVar(&f.coder, coderFlag, "", "Coder deployment `URL` (default: $CODER_URL, then the one of coder login), a file of its users, or demo:")
	flags.StringVar(&f.coderTokenFile, "coder-token-file", "", "`file` with the token, in place of $CODER_SESSION_TOKEN")
	flags.StringVar(&f.usage, "usage", "", "read how much Coder is used: `28d`, 30d or dx (the last four full weeks)")
	flags.StringVar(&f.timezone, "timezone", "UTC", "time `zone` of the days of --usage, such as Europe/Berlin")
	flags.StringVar(&f.usageThresholds, "usage-thresholds", "", "`file` of an earlier run's --summary, whose thresholds of the usage levels are used again")
	flags.BoolVar(&f.coderAllowCleartext, "coder-allow-cleartext", false, "send the token over http://")
}

// matchFlags say how both sides are matched, and what may be true of them.
type matchFlags struct {
	domainAliases []string
	allowEmpty    bool
}

func (f *matchFlags) register(flags *pflag.FlagSet) {
	flags.Var(&list{items: &f.domainAliases}, "domain-alias", "`old=new`: addresses of one mail domain are also those of another")
	flags.BoolVar(&f.allowEmpty, "allow-empty", false, "take an empty directory or deployment for the truth")
}

func (f *matchFlags) domains() (join.DomainAliases, error) {
	return join.ParseDomainAliases(f.domainAliases)
}

// registerProviders adds the flags for the side of the people alone.
func (f *sourceFlags) registerProviders(flags *pflag.FlagSet) {
	flags.StringVar(&f.config, "config", "", "settings `file` (YAML; default: cohort/config.yaml in your configuration directory)")
	f.idp.items = &f.idp.urls
	flags.Var(&f.idp, idpFlag, "identity provider `URL`, several times for several: ldaps://host/base, ldap://host/base, ldapi://path/base, a dump FILE.ldif, demo:")
	flags.BoolVar(&f.demo, demoFlag, false, "read the sample company, on both sides")
	flags.DurationVar(&f.timeout, "timeout", 0, "how long a source may be silent (default: 2m for LDAP, 1m for Okta and Coder)")
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "no progress and no summary")

	f.provider.register(flags)
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
	maxDrop  string
	minMatch string
}

func (f *outputFlags) register(flags *pflag.FlagSet) {
	f.columns = join.DefaultColumns()
	flags.StringVarP(&f.output, "output", "o", "-", "`file` to write; - is standard output")
	flags.StringVar(&f.format, "format", "", "csv, jsonl, or dx for DX's upload of users (default: by the file's ending, else csv)")
	flags.Var(&list{items: &f.columns, separator: ","}, "columns", "columns, in order: a field, Header=field, an attribute, attr:NAME")
	flags.StringVar(&f.join, "join", string(join.Left), "rows: left, inner, right, full, left-anti, right-anti")
	flags.Var(&list{items: &f.where}, "where", "`field=value` or field!=value: only rows that meet all of these")
	flags.StringVar(&f.separator, "list-separator", "|", "what stands between several values in a CSV cell")
	flags.StringVar(&f.formulas, "formulas", "escape", "cells that a spreadsheet would run: escape or keep")
	flags.StringVar(&f.summary, "summary", "", "`file` for the run's manifest, as JSON")
	flags.StringVar(&f.review, "review", "", "`file` for what was ambiguous and for second accounts, as CSV")
	flags.BoolVar(&f.strict, "strict", false, "exit with 3 when something is ambiguous")
	flags.StringVar(&f.planAs, planFlag, "", "say what an export would ask of whom and write where, and read nobody; text, or --plan=json")
	flags.Lookup(planFlag).NoOptDefVal = "text"
	flags.StringVar(&f.dxUsers, "dx-users", "", "`file` with the users of DX (CSV, as DX exports them): only these are written with --format dx")
	flags.StringVar(&f.baseline, "baseline", "", "`file` of an earlier run's --summary: a fall since then is an error")
	flags.StringVar(&f.maxDrop, "max-drop", "5%", "how far people, Coder users, matches and filled columns may fall below --baseline")
	flags.StringVar(&f.minMatch, "min-match", "", "`share` of the Coder users, such as 10%, that must belong to a person")
	flags.BoolVar(&f.allowMissing, "allow-missing-columns", false, "leave a column empty whose attribute nobody has")
	f.matchFlags.register(flags)
}
