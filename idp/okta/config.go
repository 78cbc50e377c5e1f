// Package okta reads people from an Okta org. It is the only importer of
// Okta's SDK, whose types do not leave it.
//
// The SDK is retired, and by itself loses and mixes people. It makes the
// requests and adds the API token; what makes them safe is in layers of ours
// below it (answers, the program's own transport, attempt), and what it would
// decode wrongly is decoded here.
package okta

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v3"
	"github.com/okta/okta-sdk-golang/v2/okta"

	"cohort/idp"
	"cohort/internal/fault"
	"cohort/internal/suggest"
	"cohort/internal/transport"
)

// Config says which org is read, and as whom. URL and either a token or a
// service app are needed; a complete one, and where the command takes each
// part from:
//
//	okta.Config{
//		// --idp: the org's own domain, or its custom one. Always HTTPS.
//		URL: "okta://acme.okta.com",
//
//		// OKTA_CLIENT_TOKEN: an API token. It may do what the administrator
//		// may who made it; Read-Only Administrator suffices.
//		Token: os.Getenv("OKTA_CLIENT_TOKEN"),
//
//		// Or a service app (API Services, client authentication by private
//		// key, without DPoP) with an administrator's role of its own:
//		// OKTA_CLIENT_CLIENTID, OKTA_CLIENT_PRIVATEKEY (PEM or JWK, not the
//		// path of a file), OKTA_CLIENT_PRIVATEKEYID and OKTA_CLIENT_SCOPES.
//		ClientID:     "0oa1a2b3c4d5e6f7g8h9",
//		PrivateKey:   "-----BEGIN PRIVATE KEY-----…",
//		PrivateKeyID: "cohort-2026",
//		// Without any: okta.users.read, and okta.groups.read for groups.
//		Scopes: []string{"okta.users.read", "okta.groups.read"},
//
//		// --okta-status: whom to read by the status of the account; everybody
//		// when empty, those who left (DEPROVISIONED) too.
//		Statuses: []string{"ACTIVE", "SUSPENDED"},
//		// --okta-search: an expression of Okta's own that narrows.
//		Search: `profile.userType eq "employee"`,
//		// --okta-groups: the groups of the column "groups", by name; all when
//		// empty. They do not choose people.
//		Groups: []string{"Engineering", "VPN users"},
//
//		// --okta-rate-share: how much of what the org's rate limits have left
//		// may be used, in percent; 50 when 0.
//		RateShare: 50,
//		// --okta-parallel: how many parts of the org to read at a time; 4 when 0.
//		Parallel: 4,
//		// Only [Connector.Plan] can be asked for: credentials may be missing.
//		PlanOnly: false,
//		// Is told when the read begins to wait: for what, and until when.
//		Waiting: func(reason string, until time.Time) {},
//		HTTP: transport.Config{
//			Version: "1.0.0",
//			// --okta-ca-file: trusted instead of the system's (SSL_CERT_FILE).
//			CAFile: "/etc/ssl/example-ca.pem",
//		},
//	}
type Config struct {
	URL   string
	Token string

	ClientID     string
	PrivateKey   string
	PrivateKeyID string
	Scopes       []string

	Statuses []string
	Search   string
	Groups   []string

	RateShare int
	Parallel  int
	PlanOnly  bool
	// Waiting may be called from several goroutines, one at a time. It may be
	// nil.
	Waiting func(reason string, until time.Time)
	// HTTP says how requests are made. Its Retries are 6 when zero; its Whole
	// and the bounds of it, Attempt, Lifetime and Notify are ours. A page may
	// take twice the ReadTimeout.
	HTTP transport.Config
}

// Connector reads people from one org. It may be used by several goroutines.
type Connector struct {
	config Config
	origin string
	signer jose.Signer // nil with an API token
	sdk    *okta.RequestExecutor
}

var (
	_ idp.Connector = (*Connector)(nil)
	_ idp.Lookup    = (*Connector)(nil)
	_ idp.Planner   = (*Connector)(nil)
)

// maxParallel is how many calls at a time are asked for at most: Okta's
// smallest limit for a whole org is 15
// (https://developer.okta.com/docs/reference/rl-additional-limits/).
const maxParallel = 15

// New checks everything that can be checked without a network. Its errors are
// of the kind [fault.Usage], without any credentials [fault.Credentials], and
// name the setting as the command's users know it.
func New(config Config) (*Connector, error) {
	origin, err := orgOf(config.URL)
	if err != nil {
		return nil, err
	}
	c := &Connector{config: config, origin: origin}
	for _, check := range []func() error{c.checkCredentials, c.checkScopes, c.checkNarrowing, c.checkPace} {
		if err := check(); err != nil {
			return nil, err
		}
	}
	// The client is made anew for each read; here it shows whether it can be.
	if _, err := transport.New(c.config.HTTP); err != nil {
		return nil, fmt.Errorf("--okta-ca-file: %w", err)
	}
	c.sdk = c.executor()
	return c, nil
}

// Source names the org. A finished stream proves nothing: an administrator
// whose role is limited to some groups is given these alone, and nothing in
// the answers tells; and a search may lag behind by moments.
func (c *Connector) Source() idp.Source {
	return idp.Source{Name: "okta://" + strings.TrimPrefix(c.origin, "https://")}
}

// host is the org without its scheme, for sentences.
func (c *Connector) host() string { return strings.TrimPrefix(c.origin, "https://") }

func (c *Connector) checkCredentials() error {
	switch {
	case c.config.PlanOnly:
		return nil
	case c.config.Token != "" && (c.config.ClientID != "" || c.config.PrivateKey != ""):
		// Neither is better: they may see different people.
		return fault.New(fault.Usage, "unset one of them: OKTA_CLIENT_TOKEN, or OKTA_CLIENT_CLIENTID with OKTA_CLIENT_PRIVATEKEY",
			"there are both an API token and a service app for %s", c.host())
	case c.config.Token != "":
		if strings.ContainsFunc(c.config.Token, notInToken) {
			return fault.New(fault.Usage, "it is one word of letters, digits, - and _",
				"OKTA_CLIENT_TOKEN holds a blank, a line feed or another character that no token has")
		}
		return nil
	case c.config.ClientID == "" && c.config.PrivateKey == "":
		return fault.New(fault.Credentials,
			"set OKTA_CLIENT_TOKEN to an API token (Security, API, Tokens), or OKTA_CLIENT_CLIENTID and OKTA_CLIENT_PRIVATEKEY to those of a service app",
			"there are no credentials for %s", c.host())
	case c.config.PrivateKey == "":
		return fault.New(fault.Credentials, "set OKTA_CLIENT_PRIVATEKEY", "the service app of OKTA_CLIENT_CLIENTID has no private key")
	case c.config.ClientID == "":
		return fault.New(fault.Credentials, "set OKTA_CLIENT_CLIENTID", "the private key of OKTA_CLIENT_PRIVATEKEY has no service app")
	case strings.ContainsFunc(c.config.ClientID, notInToken):
		return fault.New(fault.Usage, "it reads 0oa1a2b3c4d5e6f7g8h9", "OKTA_CLIENT_CLIENTID is not the id of a client")
	}
	var err error
	c.signer, err = signerOf(c.config.PrivateKey, c.config.PrivateKeyID)
	return err
}

func notInToken(r rune) bool { return r <= ' ' || r > '~' }

func (c *Connector) checkScopes() error {
	var scopes []string
	for _, text := range c.config.Scopes {
		// The variable separates them by commas or by blanks.
		scopes = append(scopes, strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r <= ' ' })...)
	}
	c.config.Scopes = scopes
	return nil
}

func (c *Connector) checkNarrowing() error {
	c.config.Search = strings.TrimSpace(c.config.Search)
	var statuses []string
	for _, given := range c.config.Statuses {
		status := strings.ToUpper(strings.ReplaceAll(strings.TrimSpace(given), "-", "_"))
		if !slices.Contains(Statuses(), status) {
			hint := suggest.Hint(given, Statuses(), "there are "+strings.Join(Statuses(), ", "))
			return fault.New(fault.Usage, hint, "--okta-status: %q is no status of Okta's", given)
		}
		if !slices.Contains(statuses, status) {
			statuses = append(statuses, status)
		}
	}
	c.config.Statuses = statuses
	for _, name := range c.config.Groups {
		if strings.TrimSpace(name) == "" {
			return fault.New(fault.Usage, "", "--okta-groups: a name is empty")
		}
	}
	return nil
}

func (c *Connector) checkPace() error {
	c.config.RateShare = cmp.Or(c.config.RateShare, 50)
	c.config.Parallel = cmp.Or(c.config.Parallel, 4)
	c.config.HTTP.Retries = cmp.Or(c.config.HTTP.Retries, 6)
	switch {
	case c.config.RateShare < 1 || c.config.RateShare > 100:
		return fault.New(fault.Usage, "", "--okta-rate-share: it is a percentage from 1 to 100")
	case c.config.Parallel < 1 || c.config.Parallel > maxParallel:
		return fault.New(fault.Usage, "", "--okta-parallel: it is a number from 1 to %d", maxParallel)
	}
	return nil
}
