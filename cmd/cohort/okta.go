package main

import (
	"cmp"
	"context"
	"math"
	"strings"

	"github.com/spf13/pflag"

	"cohort/idp"
	"cohort/idp/okta"
	"cohort/internal/fault"
	"cohort/internal/transport"
)

// oktaFlags are the settings of an Okta org.
type oktaFlags struct {
	tokenFile      string
	clientID       string
	privateKeyFile string
	privateKeyID   string
	scopes         []string
	statuses       []string
	search         string
	groups         []string
	rateShare      float64 // in percent
	parallel       int
	caFile         string
}

func (o *oktaFlags) register(flags *pflag.FlagSet) {
	flags.Var(path{value: &o.tokenFile}, "okta-token-file", "file with the API token, in place of $OKTA_CLIENT_TOKEN")
	flags.StringVar(&o.clientID, "okta-client-id", "", "client `id` of a service app, in place of an API token (also $OKTA_CLIENT_CLIENTID)")
	flags.Var(path{value: &o.privateKeyFile, endings: []string{"pem", "key", "json", "jwk"}}, "okta-private-key-file", "file with the app's private key, PEM or JWK, in place of $OKTA_CLIENT_PRIVATEKEY")
	flags.StringVar(&o.privateKeyID, "okta-private-key-id", "", "`id` of the app's key (also $OKTA_CLIENT_PRIVATEKEYID)")
	flags.Var(&list{items: &o.scopes, separator: ","}, "okta-scopes", "scopes of the app (default: okta.users.read, and okta.groups.read for groups; also $OKTA_CLIENT_SCOPES)")
	flags.Var(&list{items: &o.statuses, separator: ",", offer: words(okta.Statuses())}, "okta-status", "only people with these statuses, such as ACTIVE,SUSPENDED (default: everybody, also DEPROVISIONED)")
	flags.StringVar(&o.search, "okta-search", "", "only people whom this search `expression` of Okta finds")
	flags.Var(&list{items: &o.groups, kind: "name"}, "okta-groups", "group for the column groups (default: all groups); it does not choose people")
	o.rateShare = 50
	flags.Var(percentage{&o.rateShare}, "okta-rate-share", "how much of what is left of the org's rate limits may be used")
	flags.IntVar(&o.parallel, "okta-parallel", 4, "how many parts of the org to read at a time")
	flags.Var(path{value: &o.caFile, endings: certificates()}, "okta-ca-file", "file of the CAs to trust, in PEM, in place of the system's (also $SSL_CERT_FILE)")
	inTopic(flags, "okta")
}

// openOkta takes the credentials that the flags name, else those of Okta's own
// variables.
func (f *sourceFlags) openOkta(ctx context.Context, w world, p *provider, progress *reading) idp.Opener {
	return func(url string) (idp.Connector, error) {
		if p.okta.rateShare == 0 {
			return nil, fault.New(fault.Usage, "it takes a percentage above zero", "--okta-rate-share leaves nothing to read with")
		}
		token, err := f.providerSecret(ctx, w, p, "okta-token-file", p.okta.tokenFile, "OKTA_CLIENT_TOKEN")
		if err != nil {
			return nil, err
		}
		key, err := f.providerSecret(ctx, w, p, "okta-private-key-file", p.okta.privateKeyFile, "OKTA_CLIENT_PRIVATEKEY")
		if err != nil {
			return nil, err
		}
		config := okta.Config{
			URL:          url,
			Token:        token,
			ClientID:     p.okta.clientID,
			PrivateKey:   key,
			PrivateKeyID: p.okta.privateKeyID,
			Scopes:       p.okta.scopes,
			Statuses:     p.okta.statuses,
			Search:       p.okta.search,
			Groups:       p.okta.groups,
			RateShare:    max(int(math.Round(p.okta.rateShare)), 1),
			Parallel:     p.okta.parallel,
			PlanOnly:     f.planOnly,
			Waiting:      progress.wait,
			HTTP: transport.Config{
				Version: version(), CAFile: p.okta.caFile, ReadTimeout: f.timeout, BaseDelay: w.retryDelay, MaxDelay: f.patience,
			},
		}
		if p.sole {
			config.ClientID = cmp.Or(config.ClientID, w.getenv("OKTA_CLIENT_CLIENTID"))
			config.PrivateKeyID = cmp.Or(config.PrivateKeyID, w.getenv("OKTA_CLIENT_PRIVATEKEYID"))
			if scopes := w.getenv("OKTA_CLIENT_SCOPES"); len(config.Scopes) == 0 && scopes != "" {
				config.Scopes = strings.FieldsFunc(scopes, func(r rune) bool { return r == ',' || r == ' ' })
			}
		}
		return okta.New(config)
	}
}
