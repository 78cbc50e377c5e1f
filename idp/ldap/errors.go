package ldap

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"syscall"

	ldap "github.com/go-ldap/ldap/v3"

	"cohort/idp/ldap/internal/wire"
	"cohort/internal/fault"
)

// lastServerCode is the largest result code that a server gives in earnest;
// go-ldap keeps those from 200 on for its own errors.
const lastServerCode = 199

// unwrapResult finds go-ldap's error in a chain.
func unwrapResult(err error) (*ldap.Error, bool) {
	return errors.AsType[*ldap.Error](err)
}

// resultOf is what the server answered, if err is an answer at all.
func resultOf(err error) (*ldap.Error, bool) {
	result, ok := unwrapResult(err)
	if !ok || result.ResultCode > lastServerCode {
		return nil, false
	}
	return result, true
}

// isResult says whether a search ended with one of these results.
func isResult(err error, codes ...int) bool {
	result, ok := errors.AsType[*wire.ResultError](err)
	return ok && slices.Contains(codes, result.Code)
}

// answered is [answer] for an error of go-ldap.
func answered(err error) string {
	result, ok := resultOf(err)
	if !ok {
		return plain(err)
	}
	return answer(int(result.ResultCode), result.Err.Error())
}

// answer puts a server's result into words: "the server answered invalid
// credentials (49): data 52e".
func answer(code int, said string) string {
	name := strings.ToLower(ldap.LDAPResultCodeMap[uint16(code)])
	if name == "" {
		name = "a result unknown here"
	}
	text := fmt.Sprintf("the server answered %s (%d)", name, code)
	// A server may end its words with NUL or line feeds.
	if said = strings.Trim(said, "\x00\r\n\t ."); said != "" {
		text += ": " + atMost(longestWords, strings.Join(strings.Fields(said), " "))
	}
	return text
}

// longestWords is how much is repeated of what a server says: its messages may
// be of megabytes.
const longestWords = 300

// atMost is the beginning of a text that has more characters.
func atMost(most int, text string) string {
	if short := []rune(text); len(short) > most {
		return string(short[:most]) + "…"
	}
	return text
}

// ended is the error of a context that is done, or nil.
func ended(ctx context.Context, doing string) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}

// failure turns what went wrong on a connection into what the user can act on.
// doing says what was tried.
func (s *session) failure(ctx context.Context, doing string, err error) error {
	if ended := ended(ctx, doing); ended != nil {
		return ended
	}
	if result, ok := errors.AsType[*wire.ResultError](err); ok {
		kind, hint := s.advise(result)
		said := answer(result.Code, result.Message)
		if len(result.Referrals) > 0 {
			said += " to " + atMost(longestWords, strings.Join(result.Referrals, ", "))
		}
		return fault.New(kind, hint, "%s: %s", doing, said)
	}
	if notice, ok := errors.AsType[*wire.DisconnectionError](err); ok {
		return fault.New(fault.Source, "the server's log says why", "%s: the server ended the connection: %s", doing,
			answer(notice.Code, notice.Message))
	}
	lost, ok := errors.AsType[*wire.LostError](err)
	switch {
	case !ok:
		return fault.New(fault.Source, "", "%s: %w", doing, err)
	case errors.Is(lost.Err, os.ErrDeadlineExceeded):
		return fault.New(fault.Source, "is the server overloaded, or its search without an index",
			"%s: the server said nothing for %s", doing, s.silence)
	case errors.Is(lost.Err, io.EOF), errors.Is(lost.Err, syscall.ECONNRESET), errors.Is(lost.Err, syscall.EPIPE):
		return fault.New(fault.Source, "the server's log says why", "%s: the server closed the connection", doing)
	default:
		return fault.New(fault.Source, "", "%s: the connection failed: %w", doing, lost.Err)
	}
}

// advise says whose move a result is (RFC 4511, appendix A), and which one.
func (s *session) advise(result *wire.ResultError) (fault.Kind, string) {
	const limits = "the rest is missing; ask the server's administrator to raise the limit for this account: "
	switch result.Code {
	case ldap.LDAPResultSizeLimitExceeded:
		return fault.Source, limits + "sizelimit (OpenLDAP), MaxPageSize (Active Directory), nsslapd-sizelimit (389 DS)"
	case ldap.LDAPResultTimeLimitExceeded:
		return fault.Source, limits + "timelimit (OpenLDAP), MaxQueryDuration (Active Directory), nsslapd-timelimit (389 DS)"
	case ldap.LDAPResultAdminLimitExceeded:
		return fault.Source, limits + "limits (OpenLDAP), MaxResultSetSize (Active Directory), nsslapd-lookthroughlimit (389 DS)"
	case ldap.LDAPResultNoSuchObject:
		if s.anonymous {
			return fault.Usage, "check the base in --idp or --ldap-base; some servers hide the base from who has not signed in: --ldap-bind-dn"
		}
		return fault.Usage, "check the base in --idp or --ldap-base"
	case ldap.LDAPResultInvalidDNSyntax:
		return fault.Usage, "check the base in --idp or --ldap-base"
	case ldap.LDAPResultReferral:
		return fault.Source, "another server holds this base: name that one in --idp"
	case ldap.LDAPResultInvalidCredentials:
		if s.external {
			return fault.Credentials, "the server knows no account for the certificate or the socket; sign in with --ldap-bind-dn and a password"
		}
		return fault.Credentials, badCredentialsHint(result.Message)
	case ldap.LDAPResultAuthMethodNotSupported:
		return fault.Credentials, waysIn
	case ldap.LDAPResultStrongAuthRequired, ldap.LDAPResultConfidentialityRequired:
		if s.encrypted {
			return fault.Credentials, waysIn
		}
		return fault.Credentials, "the server wants encryption: ldaps://, or --ldap-starttls require"
	case ldap.LDAPResultInappropriateAuthentication, ldap.LDAPResultInsufficientAccessRights:
		return fault.Credentials, s.accountHint()
	case ldap.LDAPResultOperationsError, ldap.LDAPResultUnwillingToPerform:
		// Active Directory answers so to searches of anonymous clients.
		if s.anonymous {
			return fault.Credentials, s.accountHint()
		}
	}
	return fault.Source, ""
}

// waysIn is for servers that want another way to sign in than the one taken.
const waysIn = "the ways in are --ldap-bind-dn with a password, over TLS, and a client certificate (--ldap-cert-file, --ldap-key-file); " +
	"GSSAPI (Kerberos), NTLM and DIGEST-MD5 are not supported"

func (s *session) accountHint() string {
	if s.external {
		return "whom the certificate or the socket shows may not do this; sign in with --ldap-bind-dn and a password"
	}
	if s.anonymous {
		return "sign in with --ldap-bind-dn and a password"
	}
	return "the account of --ldap-bind-dn may not do this"
}

// badCredentialsHint reads what Active Directory hides in its words: the
// Windows error after "data" (learn.microsoft.com, "system error codes").
func badCredentialsHint(said string) string {
	_, code, _ := strings.Cut(said, "data ")
	code, _, _ = strings.Cut(code, ",")
	switch strings.ToLower(strings.TrimSpace(code)) {
	case "525":
		return "the account of --ldap-bind-dn does not exist"
	case "530", "531":
		return "the account may not sign in at this time or from this machine"
	case "532":
		return "the account's password has expired"
	case "533":
		return "the account is disabled"
	case "701":
		return "the account has expired"
	case "773":
		return "the account must change its password first"
	case "775":
		return "the account is locked after wrong passwords"
	default:
		return "check --ldap-bind-dn and the password (--ldap-password-file, COHORT_LDAP_PASSWORD)"
	}
}
