package okta

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	"cohort/internal/fault"
	"cohort/internal/transport"
)

// failure says what an error means for the user: doing is what was tried. No
// type of the SDK's goes on, and no URL with its query.
func (s *session) failure(ctx context.Context, doing string, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("%s: %w", doing, ctx.Err())
	}
	if known, ok := errors.AsType[*fault.Error](err); ok {
		return known
	}
	if unsigned, ok := errors.AsType[*signInError](err); ok {
		return s.failure(ctx, "sign in to "+s.connector.host(), unsigned.cause)
	}
	if refused, ok := errors.AsType[*refusal](err); ok {
		return s.refused(doing, refused)
	}
	if redirect, ok := errors.AsType[*transport.RedirectError](err); ok {
		return fault.New(fault.Usage, "if the org is there, give that host as --idp", "%s: %w", doing, redirect)
	}
	if other, ok := errors.AsType[*notJSONError](err); ok {
		return fault.New(fault.Source, "is --idp the address of an Okta org, and is there no sign-in page on the way to it?",
			"%s: this is not an Okta API: %w", doing, other)
	}
	const look = "try again, and look at what stands between this machine and Okta"
	if unfit, ok := errors.AsType[*unfitError](err); ok {
		return fault.New(fault.Source, look, "%s: %w", doing, unfit)
	}
	if endless, ok := errors.AsType[*transport.EndlessError](err); ok {
		return fault.New(fault.Source, look, "%s: %w", doing, endless)
	}
	cause := err
	// http.Client's error repeats the whole URL.
	if request, ok := errors.AsType[*url.Error](err); ok {
		cause = request.Err
	}
	return fault.New(fault.Source, s.advice(cause), "%s: %s", doing, transport.OneLine(cause.Error(), 300))
}

// refused is about answers that are no success.
func (s *session) refused(doing string, r *refusal) error {
	kind, hint := fault.Source, "try again later"
	isApp := s.connector.signer != nil
	switch {
	case r.path == tokenPath && r.status < 500 && r.status != http.StatusTooManyRequests:
		kind, hint = fault.Credentials, signInHint(r.code)
	case r.status == http.StatusUnauthorized && isApp:
		kind, hint = fault.Credentials, "check the service app of OKTA_CLIENT_CLIENTID"
	case r.status == http.StatusUnauthorized:
		kind, hint = fault.Credentials, "set OKTA_CLIENT_TOKEN to a new API token: one ends when it is not used for 30 days, or when its administrator leaves"
	case r.status == http.StatusForbidden:
		kind, hint = fault.Credentials, missingRight(r, isApp)
	case r.status == http.StatusTooManyRequests:
		hint = "others use up the org's rate limit; try again later"
	case r.code == "E0000031" && s.connector.config.Search != "":
		kind, hint = fault.Usage, "check --okta-search against Okta's own search language"
	case r.status == http.StatusNotFound || r.status == http.StatusMethodNotAllowed:
		kind, hint = fault.Usage, "is --idp the address of an Okta org?"
	case r.status == http.StatusBadRequest:
		hint = "try again"
	}
	return fault.New(kind, hint, "%s: %w", doing, r)
}

// missingRight names what lets the credentials read what they were refused.
func missingRight(r *refusal, isApp bool) string {
	scope, what := "okta.users.read", "all users"
	if strings.HasPrefix(r.path, groupsPath) {
		scope, what = "okta.groups.read", "all groups and their members"
	}
	switch {
	case r.code == "insufficient_scope":
		return "grant the service app the scope " + scope + ", and name it in OKTA_CLIENT_SCOPES where that is set"
	case isApp:
		return "the service app needs the scope " + scope + " and a role that may view " + what + ", such as Read-Only Administrator"
	default:
		return "the administrator who made the API token needs a role that may view " + what + ", such as Read-Only Administrator"
	}
}

func signInHint(code string) string {
	switch code {
	case "invalid_scope", "access_denied":
		return "grant the service app okta.users.read, for groups okta.groups.read too, or name those that it has in OKTA_CLIENT_SCOPES"
	case "invalid_dpop_proof", "use_dpop_nonce":
		return "switch off the app's \"Require Demonstrating Proof of Possession (DPoP)\""
	default:
		return "check OKTA_CLIENT_CLIENTID, OKTA_CLIENT_PRIVATEKEY, OKTA_CLIENT_PRIVATEKEYID and this machine's clock"
	}
}

// advice is what to do about a connection that was not made, or was lost.
func (s *session) advice(err error) string {
	peer := transport.Peer{Name: s.connector.host(), Flag: "--idp", CASetting: "--okta-ca-file"}
	return cmp.Or(peer.Advice(err), "try again")
}

func isTimeout(err error) bool {
	if _, silent := errors.AsType[*transport.SilenceError](err); silent {
		return true
	}
	if _, endless := errors.AsType[*transport.EndlessError](err); endless {
		return true
	}
	var network net.Error
	return errors.As(err, &network) && network.Timeout()
}
