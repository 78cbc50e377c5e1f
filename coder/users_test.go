package coder_test

import (
	"crypto/tls"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cohort/coder"
	"cohort/fixtures"
	"cohort/internal/fault"
	"cohort/internal/transport"
)

func TestEveryUserIsRead(t *testing.T) {
	for _, role := range []string{fixtures.RoleOwner, fixtures.RoleAuditor, fixtures.RoleUserAdmin, fixtures.RoleTemplateAdmin} {
		t.Run(role, func(t *testing.T) {
			given, want := accounts(), accountsRead()
			given[0].Roles[0].Name, want[0].Roles[0] = role, role
			d := deployment(t, given, fixtures.CoderOptions{Role: role})
			c := client(t, coder.Config{URL: d.URL + "/", Token: d.Token})
			users, err := c.Users(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, users); diff != "" {
				t.Errorf("users (-want +got):\n%s", diff)
			}
			if c.Name() != d.URL {
				t.Errorf("Name() = %q; want %q", c.Name(), d.URL)
			}
		})
	}
}

func TestUsersAreReadOverTLS(t *testing.T) {
	// httptest brings a certificate for 127.0.0.1.
	certified := httptest.NewUnstartedServer(nil)
	certified.StartTLS()
	certified.Close()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certified.Certificate().Raw})
	if err := os.WriteFile(ca, block, 0o600); err != nil {
		t.Fatal(err)
	}
	d := deployment(t, accounts(), fixtures.CoderOptions{TLS: &tls.Config{Certificates: certified.TLS.Certificates}})
	users, err := client(t, coder.Config{URL: d.URL, Token: d.Token, HTTP: transport.Config{CAFile: ca}}).Users(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(accountsRead(), users); diff != "" {
		t.Errorf("users (-want +got):\n%s", diff)
	}
}

func TestListsOfOtherReleasesAreRead(t *testing.T) {
	cyd := coder.User{ID: "00000000-0000-4000-8000-000000000003", Username: "cyd"}
	for _, c := range []struct {
		name, user string
		want       coder.User
	}{
		{
			"an old one, with fields missing",
			`"email":"ada@example.com","created_at":"2022-01-01T00:00:00Z","status":"active","roles":null`,
			coder.User{Email: "ada@example.com", CreatedAt: time.Date(2022, 1, 1, 0, 0, 0, 0, time.UTC), Status: "active"},
		},
		{
			"one that lists the role that all have",
			`"status":"active","roles":[{"name":"member","display_name":"Member"},{"name":"user-admin"}],"login_type":""`,
			coder.User{Status: "active", Roles: []string{"user-admin"}},
		},
		{
			"a new one, with unknown fields, statuses, roles and kinds of login",
			`"email":"ada@example.com","created_at":"2032-01-01T00:00:00Z","last_seen_at":"0001-01-01T00:53:28+00:53",
				"status":"resting","login_type":"passkey","roles":[{"name":"pilot","rank":1}],"planet":{"name":"Mars"}`,
			coder.User{Email: "ada@example.com", CreatedAt: time.Date(2032, 1, 1, 0, 0, 0, 0, time.UTC),
				Status: "resting", LoginType: "passkey", Roles: []string{"pilot"}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			ada := `{"id":"00000000-0000-4000-8000-000000000001","username":"ada",` + c.user + `}`
			c.want.ID, c.want.Username = "00000000-0000-4000-8000-000000000001", "ada"
			url := serve(t, routes{
				"GET /api/v2/users": reply(http.StatusOK, mediaType, `{"next":null,"users":[`+ada+`,`+cydOnly+`],"count":2}`),
				// The token's owner is read from the same release.
				"GET /api/v2/users/me": reply(http.StatusOK, mediaType, ada),
			})
			users, err := client(t, coder.Config{URL: url}).Users(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]coder.User{c.want, cyd}, users); diff != "" {
				t.Errorf("users (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNobodyIsAnErrorUnlessAllowed(t *testing.T) {
	d := deployment(t, nil, fixtures.CoderOptions{})
	if users, err := client(t, coder.Config{URL: d.URL, Token: d.Token}).Users(t.Context()); fault.KindOf(err) != fault.Source {
		t.Errorf("%d users, error %v; want an error of the source", len(users), err)
	}
	users, err := client(t, coder.Config{URL: d.URL, Token: d.Token, AllowEmpty: true}).Users(t.Context())
	if err != nil || len(users) != 0 {
		t.Errorf("allowed: %d users, error %v", len(users), err)
	}
}

func BenchmarkUsers(b *testing.B) {
	const n = 10_000
	users := make([]map[string]any, n)
	for i := range users {
		users[i] = map[string]any{
			"id": fmt.Sprintf("00000000-0000-4000-8000-%012d", i+1), "username": fmt.Sprintf("user-%d", i),
			"name": "Some Body", "email": fmt.Sprintf("user-%d@example.com", i), "status": "active", "login_type": "oidc",
			"avatar_url": "https://avatars.example.com/u/1", "created_at": "2024-02-29T08:00:00.123456Z",
			"updated_at": "2024-02-29T08:00:00.123456Z", "last_seen_at": "2025-02-28T08:00:00.123456Z", "theme_preference": "",
			"organization_ids": []string{"00000000-0000-4000-8000-000000000000"}, "roles": []any{}, "has_ai_seat": false,
		}
	}
	body, err := json.Marshal(map[string]any{"users": users, "count": n})
	if err != nil {
		b.Fatal(err)
	}
	url := api(b, reply(http.StatusOK, mediaType, string(body)))
	c := client(b, coder.Config{URL: url})
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if got, err := c.Users(b.Context()); err != nil || len(got) != n {
			b.Fatalf("%d users, error %v", len(got), err)
		}
	}
}
