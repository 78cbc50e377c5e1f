package coder

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/coder/coder/v2/codersdk"

	"cohort/internal/fault"
	"cohort/internal/intent"
	"cohort/internal/transport"
)

// Paths that codersdk asks for.
const (
	authCheckPath = "/api/v2/authcheck"
	usersPath     = "/api/v2/users"
	ownerPath     = "/api/v2/users/me"
)

// errPlanOnly is what a client answers that has no credentials.
var errPlanOnly = errors.New("only a plan was asked for")

// planOnly is a client that can do nothing but plan.
func planOnly(u *url.URL, c Config) *Client {
	client := &http.Client{Transport: refusing{}}
	return &Client{
		name: transport.Origin(u), headers: slices.Sorted(maps.Keys(c.HTTP.Headers)), certificate: c.HTTP.CertFile != "",
		http: client, sdk: codersdk.New(u, codersdk.WithHTTPClient(client)),
	}
}

type refusing struct{}

func (refusing) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, fault.New(fault.Usage, "", "%w", errPlanOnly)
}

// Plan says what [Client.Users] is going to do, and [Client.Usage] where a
// window is given. It takes no token and no network.
func (c *Client) Plan(usage *Window) intent.Read {
	u, _ := url.Parse(c.name) // it was made of one
	host := u.Host
	if u.Port() == "" {
		host += map[string]string{"https": ":443", "http": ":80"}[u.Scheme]
	}
	read := intent.Read{
		Source: c.name, Hosts: []string{host},
		Protection: "TLS, with the server's certificate verified",
		Account:    "whose token it is (CODER_SESSION_TOKEN, --coder-token-file or coder login); it goes to this host only",
		Calls: []intent.Call{
			{Method: http.MethodPost, Target: authCheckPath, Purpose: "whether the token may read all users"},
			{Method: http.MethodGet, Target: usersPath, Parameters: []string{"q="}, Purpose: "all users"},
			{Method: http.MethodGet, Target: ownerPath, Purpose: "whose token it is, to look for him in the list"},
		},
		Rights: []string{rights + "; nothing is changed in the deployment"},
		Remarks: []string{
			"Coder sends all that its API has of a user (name, e-mail, roles, status and more); only what the columns and the matching take is kept",
			"calls that fail on the way are repeated, four times at most",
		},
	}
	if u.Scheme == "http" {
		read.Protection = "none"
	}
	read.AddProxy(transport.ProxyOf(c.name))
	if usage != nil {
		read.Calls = append(read.Calls, intent.Call{
			Method: http.MethodGet, Target: usagePath, Parameters: []string{"start_time={day}", "end_time={day after}"},
			Times:   fmt.Sprintf("%d times, for each day from %s to %s", usage.Days(), usage.FirstDay(), usage.LastDay()),
			Purpose: "seconds of use by user",
		})
	}
	if len(c.headers) > 0 {
		read.Remarks = append(read.Remarks, "each call has the headers "+strings.Join(c.headers, ", ")+" of CODER_HEADER")
	}
	if c.certificate {
		read.Remarks = append(read.Remarks, "the client certificate of CODER_CLIENT_TLS_CERT_FILE is shown; its key does not leave this machine")
	}
	return read
}
