package coder_test

import (
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"cohort/coder"
	"cohort/fixtures"
)

const token = "AAAAAAAAAA-aaaaaaaaaaaaaaaaaaaaaa"

// client is one whose retries take no time worth noticing.
func client(tb testing.TB, c coder.Config) *coder.Client {
	tb.Helper()
	if c.Token == "" {
		c.Token = token
	}
	c.HTTP.BaseDelay = time.Microsecond
	made, err := coder.New(c)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(made.Close)
	return made
}

func deployment(tb testing.TB, users []fixtures.User, o fixtures.CoderOptions) *fixtures.Deployment {
	tb.Helper()
	d, err := fixtures.ServeCoder(users, o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := d.Close(); err != nil {
			tb.Error(err)
		}
	})
	return d
}

func accounts() []fixtures.User {
	created := time.Date(2024, 2, 29, 9, 0, 0, 0, time.FixedZone("", 3600))
	return []fixtures.User{
		{Case: "ours", ID: "00000000-0000-4000-8000-000000000001", Username: "ada", Name: "Ada Løve", Email: "Ada@Example.com",
			CreatedAt: created, LastSeenAt: created.Add(time.Hour), Status: "active", LoginType: "oidc",
			Roles: []fixtures.Role{{Name: "owner", DisplayName: "Owner"}, {Name: "member", DisplayName: "Member"}}},
		{ID: "00000000-0000-4000-8000-000000000002", Username: "bot", CreatedAt: created, Status: "dormant",
			LoginType: "none", IsServiceAccount: true, Roles: []fixtures.Role{}},
		{ID: "00000000-0000-4000-8000-000000000003", Username: "cyd", Email: "cyd@example.com", CreatedAt: created,
			Status: "suspended", LoginType: "password"},
	}
}

func accountsRead() []coder.User {
	created := time.Date(2024, 2, 29, 8, 0, 0, 0, time.UTC)
	return []coder.User{
		{ID: "00000000-0000-4000-8000-000000000001", Username: "ada", Name: "Ada Løve", Email: "Ada@Example.com",
			CreatedAt: created, LastSeenAt: created.Add(time.Hour), Status: coder.StatusActive, LoginType: "oidc",
			Roles: []string{"owner"}},
		{ID: "00000000-0000-4000-8000-000000000002", Username: "bot", CreatedAt: created, Status: coder.StatusDormant,
			LoginType: "none", ServiceAccount: true},
		{ID: "00000000-0000-4000-8000-000000000003", Username: "cyd", Email: "cyd@example.com", CreatedAt: created,
			Status: coder.StatusSuspended, LoginType: "password"},
	}
}

// routes are handlers by patterns of [http.ServeMux].
type routes map[string]http.HandlerFunc

// serve is a deployment whose token may read everybody and belongs to ada, the
// first of the accounts, but for what is handed in.
func serve(tb testing.TB, special routes) (url string) {
	tb.Helper()
	all := routes{
		"POST /api/v2/authcheck": reply(http.StatusOK, mediaType, `{"read all users":true,"read its owner":true}`),
		"GET /api/v2/users/me":   reply(http.StatusOK, mediaType, adaOnly),
		"GET /api/v2/buildinfo":  reply(http.StatusOK, mediaType, `{"version":"v2.36.1"}`),
		"GET /api/v2/users":      reply(http.StatusOK, mediaType, twoUsers),
	}
	maps.Copy(all, special)
	mux := http.NewServeMux()
	for pattern, handler := range all {
		mux.HandleFunc(pattern, handler)
	}
	server := httptest.NewServer(mux)
	tb.Cleanup(server.Close)
	return server.URL
}

// api is [serve] with another list.
func api(tb testing.TB, list http.HandlerFunc) (url string) {
	tb.Helper()
	return serve(tb, routes{"GET /api/v2/users": list})
}

const (
	mediaType = "application/json; charset=utf-8"
	adaOnly   = `{"id":"00000000-0000-4000-8000-000000000001","username":"ada","roles":[{"name":"auditor"}]}`
	cydOnly   = `{"id":"00000000-0000-4000-8000-000000000003","username":"cyd"}`
	twoUsers  = `{"users":[` + adaOnly + `,` + cydOnly + `],"count":2}`
)

func reply(status int, mediaType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Content-Type"] = []string{mediaType}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}
