package main

import (
	"time"

	"github.com/spf13/pflag"

	"cohort/join"
)

// Names that settings.go and the errors need, too.
const (
	idpFlag    = "idp"
	coderFlag  = "coder"
	demoFlag   = "demo"
	ldapPrefix = "ldap-"
)

// sourceFlags say where both sides are, and who we are there.
type sourceFlags struct {
	config  string
	idp     []string
	coder   string
	demo    bool
	quiet   bool
	timeout time.Duration

	ldap ldapFlags

	coderTokenFile      string
	coderAllowCleartext bool

	said layers
}

type ldapFlags struct {
	base           string
	filter         string
	bindDN         string
	passwordFile   string
	caFile         string
	certFile       string
	keyFile        string
	hosts          []string
	startTLS       string
	referrals      string
	pageSize       int
	allowCleartext bool
}

func (f *sourceFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.config, "config", "", "settings `file` (YAML; default: cohort/config.yaml in your configuration directory)")
	flags.Var(&list{items: &f.idp}, idpFlag, "identity provider `URL`: ldaps://host/base, ldap://host/base, ldapi://path/base, a dump FILE.ldif, demo:")
	flags.StringVar(&f.coder, coderFlag, "", "Coder deployment `URL` (default: $CODER_URL, then the one of coder login), or demo:")
	flags.BoolVar(&f.demo, demoFlag, false, "read the sample company, on both sides")
	flags.DurationVar(&f.timeout, "timeout", 0, "how long a source may be silent (default: 2m for LDAP, 1m for Coder)")
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "no progress and no summary")

	flags.StringVar(&f.ldap.base, "ldap-base", "", "base `DN`, in place of the URL's (default: the server's naming context)")
	flags.StringVar(&f.ldap.filter, "ldap-filter", "", "search `filter`, in place of the URL's (default: people)")
	flags.StringVar(&f.ldap.bindDN, "ldap-bind-dn", "", "`DN` or name to bind as; its password is in $COHORT_LDAP_PASSWORD")
	flags.StringVar(&f.ldap.passwordFile, "ldap-password-file", "", "`file` with the password, in place of the variable")
	flags.StringVar(&f.ldap.caFile, "ldap-ca-file", "", "PEM `file` of the CAs to trust, in place of the system's (also $LDAPTLS_CACERT)")
	flags.StringVar(&f.ldap.certFile, "ldap-cert-file", "", "PEM `file` of a client certificate; without --ldap-bind-dn it signs in (also $LDAPTLS_CERT)")
	flags.StringVar(&f.ldap.keyFile, "ldap-key-file", "", "PEM `file` of the certificate's key (also $LDAPTLS_KEY)")
	flags.Var(&list{items: &f.ldap.hosts}, "ldap-host", "further `host`[:port], tried in turn where the one before cannot be reached; on the URL's port unless it names one")
	flags.StringVar(&f.ldap.startTLS, "ldap-starttls", "", "require or off (default: required except on loopback)")
	flags.StringVar(&f.ldap.referrals, "ldap-referrals", "report", "parts of the directory that other servers have: report or error (never followed)")
	flags.IntVar(&f.ldap.pageSize, "ldap-page-size", 500, "entries to ask for at a time; fewer where the server wants fewer")
	flags.BoolVar(&f.ldap.allowCleartext, "ldap-allow-cleartext", false, "send the password over an unencrypted connection")

	flags.StringVar(&f.coderTokenFile, "coder-token-file", "", "`file` with the token, in place of $CODER_SESSION_TOKEN")
	flags.BoolVar(&f.coderAllowCleartext, "coder-allow-cleartext", false, "send the token over http://")
}

// outputFlags say what is written, and where.
type outputFlags struct {
	output        string
	summary       string
	review        string
	strict        bool
	format        string
	columns       []string
	join          string
	where         []string
	domainAliases []string
	separator     string
	formulas      string
	allowMissing  bool
	allowEmpty    bool
}

func (f *outputFlags) register(flags *pflag.FlagSet) {
	f.columns = join.DefaultColumns()
	flags.StringVarP(&f.output, "output", "o", "-", "`file` to write; - is standard output")
	flags.StringVar(&f.format, "format", "", "csv or jsonl (default: by the file's ending, else csv)")
	flags.Var(&list{items: &f.columns, separator: ","}, "columns", "columns, in order: a field, Header=field, an attribute, attr:NAME")
	flags.StringVar(&f.join, "join", string(join.Left), "rows: left, inner, right, full, left-anti, right-anti")
	flags.Var(&list{items: &f.where}, "where", "`field=value` or field!=value: only rows that meet all of these")
	flags.Var(&list{items: &f.domainAliases}, "domain-alias", "`old=new`: addresses of one mail domain are also those of another")
	flags.StringVar(&f.separator, "list-separator", "|", "what stands between several values in a CSV cell")
	flags.StringVar(&f.formulas, "formulas", "escape", "cells that a spreadsheet would run: escape or keep")
	flags.StringVar(&f.summary, "summary", "", "`file` for the run's manifest, as JSON")
	flags.StringVar(&f.review, "review", "", "`file` for what was ambiguous and for second accounts, as CSV")
	flags.BoolVar(&f.strict, "strict", false, "exit with 3 when something is ambiguous")
	flags.BoolVar(&f.allowMissing, "allow-missing-columns", false, "leave a column empty whose attribute nobody has")
	flags.BoolVar(&f.allowEmpty, "allow-empty", false, "take an empty directory or deployment for the truth")
}
