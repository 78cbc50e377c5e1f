package oktafault_test

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"cohort/fixtures"
	"cohort/internal/fault"
	"cohort/internal/oktafault"
)

// client reads an org as carefully as this package's outcomes demand, in the
// plainest way: one page after the other, no pace, and hardly a pause.
type client struct {
	org  *oktafault.Server
	http *http.Client
	app  *fixtures.App // nil with the API token
	auth string
}

func newClient(t *testing.T, org *oktafault.Server, app *fixtures.App) *client {
	t.Helper()
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(org.CA) {
		t.Fatal("the org's CA is no PEM")
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}
	t.Cleanup(transport.CloseIdleConnections)
	c := &client{org: org, app: app, auth: "SSWS " + org.Token, http: &http.Client{Transport: transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	if app != nil {
		c.auth = ""
	}
	return c
}

// person is what the client makes of a record: its parts as they came.
type person struct {
	ID        string
	Status    text `json:"status"`
	LastLogin text `json:"lastLogin"`
	Created   text `json:"created"`
	Profile   text `json:"profile"`
}

// text is JSON, not looked into.
type text string

func (t *text) UnmarshalJSON(data []byte) error {
	*t = text(data)
	return nil
}

// read gives everybody, by search where that is answered, else from the plain
// list and a filter.
func (c *client) read(ctx context.Context) (map[string]person, error) {
	people := map[string]person{}
	err := c.list(ctx, "/api/v1/users?limit=200&search="+url.QueryEscape("id pr"), people)
	if errors.Is(err, errNoSearch) {
		clear(people)
		for _, query := range []string{"", "&filter=" + url.QueryEscape(`status eq "DEPROVISIONED"`)} {
			if err = c.list(ctx, "/api/v1/users?limit=200"+query, people); err != nil {
				return nil, err
			}
		}
	}
	if err != nil {
		return nil, err
	}
	if len(people) == 0 {
		return nil, fault.New(fault.Credentials, "", "nobody")
	}
	return people, nil
}

var errNoSearch = errors.New("the org does not search")

func (c *client) list(ctx context.Context, path string, people map[string]person) error {
	target := c.org.Origin + path
	visited := map[string]bool{}
	for empty := 0; target != ""; {
		if visited[target] {
			return fault.New(fault.Source, "", "a cursor came back")
		}
		visited[target] = true
		page, err := c.page(ctx, target, people)
		if err != nil {
			return err
		}
		if empty++; len(page.people) > 0 {
			empty = 0
		}
		if empty > 3 {
			return fault.New(fault.Source, "", "nothing but empty pages")
		}
		for _, p := range page.people {
			people[p.ID] = p
		}
		target = page.next
	}
	return nil
}

type page struct {
	people []person
	next   string
}

// page asks until an answer is sound, a few times at most.
func (c *client) page(ctx context.Context, target string, known map[string]person) (page, error) {
	var doubts error
	renewed, confirmed := 0, false
	for range 6 {
		a, err := c.get(ctx, target)
		if err != nil {
			return page{}, err
		}
		switch {
		case a.status == http.StatusUnauthorized && c.app != nil && renewed < 2:
			renewed++
			c.auth = ""
			continue
		case a.status == http.StatusUnauthorized, a.status == http.StatusForbidden:
			return page{}, fault.New(fault.Credentials, "", "%d", a.status)
		case strings.Contains(target, "search=") && !strings.Contains(target, "after=") && (a.status == 400 || a.status >= 500 && doubts != nil):
			return page{}, errNoSearch
		case a.status == http.StatusTooManyRequests:
			doubts = errors.New("too many requests")
			wait(a.header)
			continue
		case a.status >= 500:
			doubts = fmt.Errorf("%d", a.status)
			continue
		case a.status != http.StatusOK:
			return page{}, fault.New(fault.Source, "", "%d", a.status)
		}
		p, err := sound(a, c.org.Origin)
		if err == nil && len(p.people) > 0 && allKnown(p.people, known) {
			err = errors.New("a page of people who were all there before")
		}
		if err == nil && len(p.people) >= 200 && p.next == "" && !confirmed {
			confirmed = true // a full last page, if it is so a second time
			err = errors.New("a full page without a next one")
		}
		if err == nil {
			return p, nil
		}
		doubts = err
	}
	return page{}, fault.New(fault.Source, "", "given up: %w", doubts)
}

func allKnown(people []person, known map[string]person) bool {
	for _, p := range people {
		if _, has := known[p.ID]; !has {
			return false
		}
	}
	return true
}

type reply struct {
	status int
	header http.Header
	body   []byte
}

// get asks a few times for an answer that comes to its end. Silence ends it.
func (c *client) get(ctx context.Context, target string) (reply, error) {
	if err := c.signIn(ctx); err != nil {
		return reply{}, err
	}
	var last error
	for range 4 {
		a, err := c.once(ctx, http.MethodGet, target, c.auth)
		if err == nil {
			return a, nil
		}
		last = err
		if errors.Is(err, context.DeadlineExceeded) {
			if strings.Contains(target, "search=") && !strings.Contains(target, "after=") {
				return reply{}, errNoSearch
			}
			break
		}
	}
	return reply{}, fault.New(fault.Source, "", "%w", last)
}

func (c *client) once(ctx context.Context, method, target, auth string) (reply, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, target, http.NoBody)
	if err != nil {
		return reply{}, err
	}
	req.Header.Set("Authorization", auth)
	req.Header.Set("Content-Type", `application/json; okta-response="omitCredentials,omitCredentialsLinks,omitTransitioningToStatus"`)
	resp, err := c.http.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	return reply{resp.StatusCode, resp.Header, body}, err
}

// wait waits for the reset by the server's own clock.
func wait(header http.Header) {
	date, err := http.ParseTime(header.Get("Date"))
	reset, resetErr := strconv.ParseInt(header.Get("X-Rate-Limit-Reset"), 10, 64)
	if err == nil && resetErr == nil {
		time.Sleep(min(max(time.Unix(reset, 0).Sub(date), 0), 3*time.Second))
	}
}

// sound reads a page whose list and links are whole.
func sound(a reply, origin string) (page, error) {
	var p page
	if err := json.Unmarshal(a.body, &p.people); err != nil {
		return page{}, err
	}
	if p.people == nil {
		return page{}, errors.New("null")
	}
	if slices.ContainsFunc(p.people, func(one person) bool { return one.ID == "" }) {
		return page{}, errors.New("a record that is none")
	}
	links := strings.Join(a.header.Values("Link"), ",")
	form := regexp.MustCompile(`^\s*<([^<>]*)>((?:\s*;\s*\w+=(?:"(?:\\.|[^"\\])*"|[^\s;,"]+))*)\s*(?:,|$)`)
	relation := regexp.MustCompile(`(?i);\s*rel="?(self|next)"?\s*(?:;|$)`)
	self := false
	for links != "" {
		m := form.FindStringSubmatch(links)
		if m == nil {
			return page{}, errors.New("a link that cannot be read")
		}
		links = links[len(m[0]):]
		switch r := relation.FindStringSubmatch(m[2]); {
		case r == nil:
		case r[1] == "self":
			self = true
		case !strings.HasPrefix(m[1], origin+"/api/v1/users?"):
			return page{}, errors.New("a link to elsewhere")
		default:
			p.next = m[1]
		}
	}
	if !self && len(p.people) > 0 {
		return page{}, errors.New("no link at all")
	}
	return p, nil
}

// signIn gets the app a token when it has none.
func (c *client) signIn(ctx context.Context) error {
	var last error
	for range 4 {
		if c.auth != "" {
			return nil
		}
		form := url.Values{
			"grant_type":            {"client_credentials"},
			"scope":                 {"okta.users.read"},
			"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
			"client_assertion":      {assertion(c.app.Key, c.app.ClientID, c.org.Origin+"/oauth2/v1/token")},
		}
		a, err := c.once(ctx, http.MethodPost, c.org.Origin+"/oauth2/v1/token?"+form.Encode(), "")
		if errors.Is(err, context.DeadlineExceeded) {
			return fault.New(fault.Source, "", "%w", err)
		}
		if err == nil && (a.status == 400 || a.status == 401) {
			return fault.New(fault.Credentials, "", "%s", a.body)
		}
		var token struct {
			Token string `json:"access_token"`
		}
		if err == nil && a.status == http.StatusOK {
			if err = json.Unmarshal(a.body, &token); err == nil {
				c.auth = "Bearer " + token.Token
			}
		}
		last = err
	}
	return fault.New(fault.Source, "", "no token: %w", last)
}

func assertion(key *rsa.PrivateKey, client, audience string) string {
	encode := base64.RawURLEncoding.EncodeToString
	text := encode([]byte(`{"alg":"RS256"}`)) + "." + encode(fmt.Appendf(nil, `{"iss":%q,"sub":%q,"aud":%q,"exp":%d}`,
		client, client, audience, time.Now().Add(time.Minute).Unix()))
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		return "" // which no org takes
	}
	return text + "." + encode(signature)
}
