package main

import (
	"cmp"
	"context"

	"github.com/spf13/pflag"

	"cohort/idp"
	"cohort/idp/ldap"
)

// ldapFlags are the settings of a directory.
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

func (l *ldapFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&l.base, "ldap-base", "", "base `DN`, in place of the URL's (default: the server's naming context)")
	flags.StringVar(&l.filter, "ldap-filter", "", "search `filter`, in place of the URL's (default: people)")
	flags.StringVar(&l.bindDN, "ldap-bind-dn", "", "`DN` or name to bind as; its password is in $COHORT_LDAP_PASSWORD")
	flags.Var(path{value: &l.passwordFile}, "ldap-password-file", "file with the password, in place of the variable")
	flags.Var(path{value: &l.caFile, endings: certificates()}, "ldap-ca-file", "file of the CAs to trust, in PEM, in place of the system's (also $LDAPTLS_CACERT)")
	flags.Var(path{value: &l.certFile, endings: certificates()}, "ldap-cert-file", "file of a client certificate, in PEM; without --ldap-bind-dn it signs in (also $LDAPTLS_CERT)")
	flags.Var(path{value: &l.keyFile, endings: []string{"pem", "key"}}, "ldap-key-file", "file of the certificate's key, in PEM (also $LDAPTLS_KEY)")
	flags.Var(&list{items: &l.hosts}, "ldap-host", "further `host`[:port], tried in turn where the one before cannot be reached; on the URL's port unless it names one")
	encryption := choose(&l.startTLS, ldap.StartTLSChoices()...)
	flags.Var(encryption, "ldap-starttls", enumerated(encryption.words, "or")+" (default: required except on loopback)")
	l.referrals = ldap.ReferralChoices()[0]
	referrals := choose(&l.referrals, ldap.ReferralChoices()...)
	flags.Var(referrals, "ldap-referrals", "parts of the directory that other servers have: "+enumerated(referrals.words, "or")+" (never followed)")
	flags.IntVar(&l.pageSize, "ldap-page-size", 500, "`number` of entries to ask for at a time; fewer where the server wants fewer")
	flags.BoolVar(&l.allowCleartext, "ldap-allow-cleartext", false, "send the password over an unencrypted connection")
	inTopic(flags, "ldap")
}

// certificates are the endings of files with certificates.
func certificates() []string { return []string{"pem", "crt", "cer"} }

// openLDAP takes the password that the flags name, else the variable's.
func (f *sourceFlags) openLDAP(ctx context.Context, w world, p *provider) idp.Opener {
	return func(url string) (idp.Connector, error) {
		password, err := f.providerSecret(ctx, w, p, "ldap-password-file", p.ldap.passwordFile, "COHORT_LDAP_PASSWORD")
		if err != nil {
			return nil, err
		}
		certFile, keyFile := p.ldap.certFile, p.ldap.keyFile
		switch {
		case p.sole:
			certFile, keyFile = cmp.Or(certFile, w.getenv("LDAPTLS_CERT")), cmp.Or(keyFile, w.getenv("LDAPTLS_KEY"))
		case certFile == "" && w.getenv("LDAPTLS_CERT") != "":
			return nil, errWhose("LDAPTLS_CERT")
		}
		switch w.getenv("LDAPTLS_REQCERT") {
		case "never", "allow", "try":
			w.sayWarning("LDAPTLS_REQCERT is ignored: the server's certificate is always verified (--ldap-ca-file names its CA)")
		}
		// A URL of the command line replaces what the file says of its parts.
		base, filter := p.ldap.base, p.ldap.filter
		ownBase, ownFilter := ldap.Named(url)
		if ownBase != "" && f.said[idpFlag] > f.said["ldap-base"] {
			base = ""
		}
		if ownFilter != "" && f.said[idpFlag] > f.said["ldap-filter"] {
			filter = ""
		}
		return ldap.New(ldap.Config{
			URL:            url,
			Base:           base,
			Filter:         filter,
			BindDN:         p.ldap.bindDN,
			Password:       password,
			CAFile:         cmp.Or(p.ldap.caFile, w.getenv("LDAPTLS_CACERT")),
			CertFile:       certFile,
			KeyFile:        keyFile,
			Hosts:          p.ldap.hosts,
			StartTLS:       p.ldap.startTLS,
			AllowCleartext: p.ldap.allowCleartext,
			Referrals:      p.ldap.referrals,
			PageSize:       p.ldap.pageSize,
			ReadTimeout:    f.timeout,
			PlanOnly:       f.planOnly,
		})
	}
}
