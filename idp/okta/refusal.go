package okta

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/okta/okta-sdk-golang/v2/okta"

	"cohort/internal/transport"
)

// refusal is an answer that is no success, in what the org says of it.
type refusal struct {
	status  int
	code    string // Okta's errorCode, or OAuth's error
	summary string // in one line
	path    string
}

// refusalOf reads Okta's own form of errors, OAuth's, and the challenge that
// comes without a body (RFC 6750, section 3).
func refusalOf(resp *http.Response) *refusal {
	r := &refusal{status: resp.StatusCode}
	if resp.Request != nil {
		r.path = resp.Request.URL.Path
	}
	var told okta.Error
	// What is not in that form says nothing.
	_ = json.NewDecoder(io.LimitReader(resp.Body, 1<<20)).Decode(&told)
	r.code, r.summary = told.ErrorCode, told.ErrorSummary
	if r.code == "" {
		r.code, r.summary = told.ErrorMessage, told.ErrorDescription
	}
	for _, cause := range told.ErrorCauses {
		if summary, _ := cause["errorSummary"].(string); summary != "" {
			r.summary = strings.TrimSuffix(r.summary, ".") + ": " + summary
			break
		}
	}
	if challenge := resp.Header.Get("WWW-Authenticate"); r.code == "" && challenge != "" {
		r.code, r.summary = parameterOf(challenge, "error"), parameterOf(challenge, "error_description")
	}
	r.code, r.summary = transport.OneLine(r.code, 60), transport.OneLine(r.summary, 200)
	return r
}

// Error is one line.
func (r *refusal) Error() string {
	text := fmt.Sprintf("%d %s", r.status, http.StatusText(r.status))
	if r.summary != "" {
		text += ": " + r.summary
	}
	if r.code != "" {
		text += " (" + r.code + ")"
	}
	return text
}

// parameterOf is a quoted parameter of a challenge.
func parameterOf(challenge, name string) string {
	for _, separator := range []string{" ", ","} {
		if _, after, found := strings.Cut(challenge, separator+name+`="`); found {
			value, _, _ := strings.Cut(after, `"`)
			return value
		}
	}
	return ""
}
