package coder

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/coder/coder/v2/codersdk"

	"cohort/internal/fault"
	"cohort/internal/transport"
)

// failure says what an error of codersdk means for the user: doing is what was
// tried. No type and no text of codersdk goes on, but for the message that the
// deployment itself sent.
func (c *Client) failure(ctx context.Context, doing string, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("%s: %w", doing, ctx.Err())
	}
	if answered, ok := codersdk.AsError(err); ok {
		return c.refusal(doing, answered)
	}
	if cut, ok := errors.AsType[*transport.CutError](err); ok {
		return unreadable(doing, cut.Cause)
	}
	// http.Client wraps what happens up to the end of an answer; everything else
	// is about what it says.
	var request *url.Error
	if errors.As(err, &request) {
		return c.unreached(doing, request.Err)
	}
	return unreadable(doing, err)
}

// notJSON begins what codersdk says of an answer with a status and without the
// deployment's own words.
const notJSON = "unexpected non-JSON response"

// refusal is about answers with another status than 200.
func (c *Client) refusal(doing string, answered *codersdk.Error) error {
	status := answered.StatusCode()
	came := fmt.Sprintf("%d %s", status, http.StatusText(status))
	if message := oneLine(answered.Message); message != "" {
		came += ": " + message
	}
	kind, hint := fault.Other, ""
	switch {
	case status == http.StatusUnauthorized:
		kind, hint = fault.Credentials, "coder login "+c.name+", or set CODER_SESSION_TOKEN"
	case status == http.StatusForbidden:
		kind, hint = fault.Credentials, "the token, or a proxy before the deployment, does not allow it"
	case status == http.StatusNotFound || status == http.StatusMethodNotAllowed:
		kind, hint = fault.Usage, "is --coder the address of a Coder deployment?"
	case status == http.StatusTooManyRequests:
		kind, hint = fault.Source, "its rate limit is used up, try again in a minute"
	case status == http.StatusBadRequest && strings.HasPrefix(c.name, "http://") && strings.HasPrefix(answered.Message, notJSON):
		kind, hint = fault.Usage, "if the deployment is at https://, give that as --coder"
	case status >= 500 || status == http.StatusProxyAuthRequired:
		kind, hint = fault.Source, "try again later"
	}
	return fault.New(kind, hint, "%s: %s", doing, came)
}

// unreached is about requests without an answer of Coder's.
func (c *Client) unreached(doing string, err error) error {
	if redirect, ok := errors.AsType[*transport.RedirectError](err); ok {
		return fault.New(fault.Usage, "if Coder is there, give that address as --coder", "%s: %w", doing, redirect)
	}
	if other, ok := errors.AsType[*notJSONError](err); ok {
		return fault.New(fault.Usage, "is --coder the address of a Coder deployment, without a sign-in page before it?",
			"%s: this is not a Coder API: %w", doing, other)
	}
	// The type of the alert (RFC 8446, section 6.2) has no name outside of
	// crypto/tls.
	if alert, ok := errors.AsType[*net.OpError](err); ok && alert.Op == "remote error" && strings.Contains(alert.Err.Error(), "certificate") {
		return fault.New(fault.Credentials,
			"the server wants a client certificate of an authority that it trusts: set CODER_CLIENT_TLS_CERT_FILE and CODER_CLIENT_TLS_KEY_FILE",
			"%s: %w", doing, err)
	}
	if endless, ok := errors.AsType[*transport.EndlessError](err); ok {
		return fault.New(fault.Source, "try again, and look at what stands between this machine and Coder", "%s: %w", doing, endless)
	}
	return fault.New(fault.Source, c.advice(err), "%s: %w", doing, err)
}

// advice is what to do about a connection that was not made.
func (c *Client) advice(err error) string {
	if errors.Is(err, io.EOF) {
		return "the server closes the connection without a word: is --coder the address of a Coder deployment, and its port the right one?"
	}
	return transport.Peer{Name: c.name, Flag: "--coder", CASetting: "CODER_CLIENT_TLS_CA_FILE"}.Advice(err)
}

// unreadable is about answers that break off or are no list of users.
func unreadable(doing string, err error) error {
	var (
		syntax   *json.SyntaxError
		mismatch *json.UnmarshalTypeError
		network  net.Error
		silent   *transport.SilenceError
	)
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return fault.New(fault.Source, "try again", "%s: the answer ended early", doing)
	case errors.As(err, &network), errors.As(err, &silent):
		return fault.New(fault.Source, "try again", "%s: the answer broke off: %w", doing, err)
	case errors.As(err, &mismatch):
		// Its own text, and all but the end of its path, are about Go's types.
		what := "it"
		if field := mismatch.Field[strings.LastIndex(mismatch.Field, ".")+1:]; field != "" {
			what = strconv.Quote(field)
		}
		return fault.New(fault.Source, "is the deployment much older or newer than this program?",
			"%s: the answer cannot be read: %s is a JSON %s", doing, what, mismatch.Value)
	case errors.As(err, &syntax):
		return fault.New(fault.Source, "try again, and look at what stands between this machine and Coder",
			"%s: the answer is not JSON: %w", doing, err)
	}
	return fault.New(fault.Source, "", "%s: the answer cannot be read: %w", doing, err)
}

// mostSaid is how many characters of a server's sentence are repeated.
const mostSaid = 200

// oneLine makes a server's sentence fit for ours.
func oneLine(said string) string { return transport.OneLine(said, mostSaid) }
