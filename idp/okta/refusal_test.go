package okta

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"
)

func refusedBy(status int, challenge, body string) *refusal {
	resp := &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
	if challenge != "" {
		resp.Header.Set("WWW-Authenticate", challenge)
	}
	return refusalOf(resp)
}

func TestWhatARefusalSays(t *testing.T) {
	for _, test := range []struct {
		name            string
		status          int
		challenge, body string
		want            string
	}{
		{"Okta's own", 401, "", `{"errorCode":"E0000011","errorSummary":"Invalid token provided","errorCauses":[]}`,
			"401 Unauthorized: Invalid token provided (E0000011)"},
		{"with a cause", 400, "", `{"errorCode":"E0000031","errorSummary":"Invalid search criteria.","errorCauses":[{"errorSummary":"unknown property"}]}`,
			"400 Bad Request: Invalid search criteria: unknown property (E0000031)"},
		{"OAuth's", 400, "", `{"error":"invalid_scope","error_description":"One or more scopes are not configured."}`,
			"400 Bad Request: One or more scopes are not configured (invalid_scope)"},
		{"a challenge", 403, `Bearer realm="https://acme.okta.com", error="insufficient_scope", error_description="The access token lacks it.", resource="/api/v1/users"`, "",
			"403 Forbidden: The access token lacks it (insufficient_scope)"},
		{"a challenge without blanks", 401, `Bearer error="invalid_token",error_description="The token has expired."`, "",
			"401 Unauthorized: The token has expired (invalid_token)"},
		{"a page in HTML", 502, "", "<html><h1>Bad gateway</h1></html>", "502 Bad Gateway"},
		{"nothing", 500, "", "", "500 Internal Server Error"},
		{"several lines, and a terminal's codes", 500, "", `{"errorCode":"E1","errorSummary":"a\r\n\u001b[31mb\u0000 c"}`, "500 Internal Server Error: a [31mb c (E1)"},
		{"a novel", 500, "", `{"errorCode":"E1","errorSummary":"` + strings.Repeat("ü", 900) + `"}`, "500 Internal Server Error: " + strings.Repeat("ü", 200) + "… (E1)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := refusedBy(test.status, test.challenge, test.body).Error(); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func FuzzRefusal(f *testing.F) {
	f.Add(`Bearer error="invalid_token", error_description="x"`, `{"errorCode":"E1","errorSummary":"a","errorCauses":[{"errorSummary":"b"}]}`)
	f.Add(`Bearer error="`, `{"error":7}`)
	f.Fuzz(func(t *testing.T, challenge, body string) {
		said := refusedBy(401, challenge, body).Error()
		if strings.ContainsAny(said, "\n\r\x1b") || !utf8.ValidString(said) || utf8.RuneCountInString(said) > 500 {
			t.Errorf("it is no line of ours: %q", said)
		}
	})
}
