package main

import (
	"fmt"
	"strings"

	"cohort/coder"
	"cohort/join"
)

// topic is a part of the help beside the commands.
type topic struct {
	name  string
	about string // its line in a list
	text  string // above its flags
	notes string // below them
}

// topics are all topics, in the order in which they are listed.
func topics() []topic {
	return []topic{
		{"idp", "the identity provider: which people are read", idpText, ""},
		{"ldap", "LDAP and Active Directory", ldapText, ldapNotes},
		{"okta", "Okta", oktaText, oktaNotes},
		{"coder", "the Coder deployment", coderText, coderNotes},
		{"columns", "which columns and rows the table has", columnsText(), ""},
		{"matching", "how people and Coder users meet", matchingText, ""},
		{"usage", "how much Coder is used", usageText(), ""},
		{"output", "files, formats, the summary", outputText, ""},
		{"dx", "the table for DX", dxText, ""},
		{"guards", "what refuses a table that is not to be trusted", guardsText, ""},
		{"findings", "what an audit looks for", findingsText(), ""},
		{"config", "settings in the environment and in a file", configText, ""},
		{"exit-codes", "what the exit code says", exitCodesText(), ""},
	}
}

const idpText = `The identity provider (IdP) says who the people are. --idp URL names it, and its
scheme chooses how it is read:

  ldaps://host/base  ldap://host/base   LDAP, Active Directory: cohort help ldap
  ldapi://socket/base                   LDAP on this machine
  okta://acme.okta.com                  Okta: cohort help okta
  people.csv  .json  .jsonl  .ldif  -   a file, or standard input
  demo:  demo:okta                      the sample company

Several are one population: who shares an address with somebody of another
source, which nobody else there has, is one person, and the source named first
wins, field by field. What belongs to one of several is said in the settings
file: cohort help config.`

const ldapText = `A directory is named by an RFC 4516 URL: ldaps://host:port/base??scope?(filter).
ldap:// becomes encrypted by StartTLS, which is required except on loopback.
Without a host, DNS is asked for the servers of the base's domain.`

const ldapNotes = `Environment, beside COHORT_LDAP_… for each flag (cohort help config):
  COHORT_LDAP_PASSWORD       password of --ldap-bind-dn
  LDAPTLS_CACERT             as --ldap-ca-file
  LDAPTLS_CERT, LDAPTLS_KEY  as --ldap-cert-file and --ldap-key-file
  LDAPTLS_REQCERT            is not followed: certificates are always verified`

const oktaText = `An org is named by okta://acme.okta.com. Everybody is read, with every status.
Credentials are an API token, or a service app: client id, key, scopes.`

const oktaNotes = `Environment, beside COHORT_OKTA_… for each flag (cohort help config):
  OKTA_CLIENT_TOKEN         API token
  OKTA_CLIENT_CLIENTID      as --okta-client-id
  OKTA_CLIENT_PRIVATEKEY    the app's private key
  OKTA_CLIENT_PRIVATEKEYID  as --okta-private-key-id
  OKTA_CLIENT_SCOPES        as --okta-scopes`

const coderText = `The Coder users are those of a deployment (https://coder.example.com), of a file
that coder users list wrote (the table, or -o json; - is standard input), or of
the sample company (demo:). The token needs the role auditor, and where it has
scopes, user:read and template:*; one that would see only some of the users is
refused.`

const coderNotes = `Environment, beside COHORT_CODER_… for each flag (cohort help config):
  CODER_URL                 the deployment, where --coder names none
  CODER_SESSION_TOKEN       the token
  CODER_CONFIG_DIR          where coder login stored both
  CODER_USE_KEYRING         whether it stored them in the system's keyring
  CODER_CLIENT_TLS_CA_FILE  CAs to trust, in place of the system's
  CODER_CLIENT_TLS_CERT_FILE, CODER_CLIENT_TLS_KEY_FILE
                            a client certificate
  CODER_HEADER              headers for a gateway: NAME=VALUE, by commas
  CODER_HEADER_COMMAND      is not run: alone, it is an error`

func columnsText() string {
	var person, account, match []string
	for _, name := range join.Fields() {
		switch {
		case strings.HasPrefix(name, "coder_"):
			account = append(account, name)
		case strings.HasPrefix(name, "match"):
			match = append(match, name)
		default:
			person = append(person, name)
		}
	}
	return `A column is a field, Header=field, or an attribute of the identity provider
(attr:NAME where a field has its name). The fields are

` + columns([][]string{
		{"  of the person", strings.Join(person, ", ")},
		{"  of Coder", strings.Join(account, ", ")},
		{"  of the match", strings.Join(match, ", ")},
	}) + `
Those about use (days, seconds, level) need --usage. --join left has a row for
each person; right for each account; inner and full as in SQL; left-anti has
people without an account, right-anti accounts without a person. By default the
columns are

` + columns([][]string{{" ", strings.Join(join.DefaultColumns(), ", ")}})
}

const matchingText = `People and Coder users meet by address. Each rung decides only for whom the
rungs before it left open:

  email       the primary address, trimmed and in lower case
  alias       further addresses of the person
  login       logins that look like an address
  normalized  all of these in Unicode NFC, the domain in ASCII
  domain      these, with --domain-alias

Of several people with one address, the only one who is not disabled has it;
else it is ambiguous, and nobody has the account. cohort explain ADDRESS tells
it for one address.`

func usageText() string {
	var levels []string
	for _, level := range coder.Levels() {
		levels = append(levels, string(level))
	}
	return `With --usage, the table can say how much people use Coder: on how many days,
for how long, and as a level: ` + enumerated(levels, "or") + `.
Heavy begins at the 75th percentile of the seconds of those who use it at all,
Moderate at the 50th, Light at the 25th. dx means the last four full weeks, from
Monday to Sunday, as DX counts them.`
}

const outputText = `The table goes to standard output, or into a file, which is replaced only when
both sides were read to their end. All else goes to standard error. Progress
shows on a terminal only.`

const dxText = `--format dx writes what DX takes as an upload of users: one row an e-mail, and a
column attribute:<Name> for each attribute; by default attribute:Coder with Yes
or No, and with --usage the usage level. Left out are disabled people, who is
ambiguous, and who has no e-mail or shares it: --review FILE lists them.

  cohort export --demo --format dx -o dx.csv --review review.csv
  cohort export --demo --format dx --columns email,Coder=coder_active,title`

const guardsText = `Complete or nothing: a read that ended early is an error, and so is an answer
that is most likely not the whole one. These make it stricter, or less so.`

func findingsText() string {
	var rows [][]string
	for _, kind := range join.FindingKinds() {
		rows = append(rows, []string{"  " + string(kind), kind.About()})
	}
	return `cohort audit looks for

` + columns(rows) + `
Findings about owners and administrators are a degree graver. Suspended accounts
and service accounts are for information only. The exit code is 3 when a finding
of --fail-on is shown that is more than information.

--accepted names a CSV file with what somebody has looked at, until a day or for
good:

  key,reason,until
  orphan:build-bot,runs the nightly build (Platform),2026-12-31
  second-account:qmoreau,moves in May,`
}

const configText = `Every flag (but init --force and version --json) is also a variable, COHORT_ and
its name, and, but for --config, a key of a YAML file: --ldap-base is
COHORT_LDAP_BASE and ldap_base. A flag replaces the variable, which replaces the
file. Lists are replaced as a whole; in a variable they have one item a line.
One file serves all commands; in it, and in variables, --output and --format are
for export alone.

  # ~/.config/cohort/config.yaml
  idp:
    - url: ldaps://ldap.example.com/dc=example,dc=com
      bind_dn: cn=reader,dc=example,dc=com
      password_file: /run/secrets/ldap
    - url: okta://acme.okta.com
      token_file: /run/secrets/okta
  coder: https://coder.example.com
  columns: [email, name, department, coder_user]

Secrets are in the environment or in files of their own, never in flags. The
file is never looked for in the working directory. Several deployments are
several files: cohort export --config prod.yaml. docs/config.example.yaml has
every key.`

func exitCodesText() string {
	var b strings.Builder
	for _, one := range exitCodes() {
		fmt.Fprintf(&b, "  %3d  %s\n", one.code, one.meaning)
	}
	return "The exit code is\n\n" + b.String() + `
On any other than 0 and 3 the output file is as it was before. A reader that
closes the pipe early (| head) is no failure.`
}
