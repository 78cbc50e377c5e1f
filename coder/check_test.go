package coder_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cohort/coder"
	"cohort/fixtures"
	"cohort/internal/probe"
)

// checked are the outcomes of a check's steps by their names.
func checked(t *testing.T, c *coder.Client, wanted bool) (outcomes map[string]probe.Outcome, steps map[string]probe.Step) {
	t.Helper()
	window, err := coder.ParseWindow(coder.Window28, time.UTC, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	outcomes, steps = map[string]probe.Outcome{}, map[string]probe.Step{}
	c.Check(t.Context(), window, wanted, func(s probe.Step) { outcomes[s.Name], steps[s.Name] = s.Outcome, s })
	return outcomes, steps
}

func TestEveryRequestThatFailsFailsItsStep(t *testing.T) {
	down := reply(http.StatusInternalServerError, mediaType, `{"message":"Internal error."}`)
	for path, step := range map[string]string{
		"GET /api/v2/buildinfo":                probe.Server,
		"GET /api/v2/users/me":                 probe.SignIn,
		"GET /api/v2/users/me/keys/AAAAAAAAAA": probe.SignIn,
		"POST /api/v2/authcheck":               probe.Rights,
		"GET /api/v2/users":                    probe.Users,
	} {
		t.Run(path, func(t *testing.T) {
			outcomes, _ := checked(t, client(t, coder.Config{URL: serve(t, routes{path: down})}), false)
			order := []string{probe.Name, probe.Connect, probe.TLS, probe.Server, probe.SignIn, probe.Rights, probe.Users, probe.Usage, probe.Duration}
			want := map[string]probe.Outcome{}
			outcome := probe.OK
			for _, name := range order {
				want[name] = outcome
				if name == step {
					want[name], outcome = probe.Fail, probe.Skipped
				}
			}
			delete(outcomes, probe.Clock)
			if diff := cmp.Diff(want, outcomes); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestUsageFailsACheckOnlyWhereItIsWanted(t *testing.T) {
	d := deployment(t, accounts(), fixtures.CoderOptions{Scopes: []string{"user:read"}})
	c := client(t, coder.Config{URL: d.URL, Token: d.Token})
	for wanted, want := range map[bool]probe.Outcome{false: probe.Warn, true: probe.Fail} {
		if outcomes, _ := checked(t, c, wanted); outcomes[probe.Usage] != want {
			t.Errorf("wanted %v: %s, want %s", wanted, outcomes[probe.Usage], want)
		}
	}
}

func TestATokenThatEndsSoonIsWorthAWord(t *testing.T) {
	for left, want := range map[time.Duration]probe.Outcome{24 * time.Hour: probe.Warn, 30 * 24 * time.Hour: probe.OK} {
		ends := time.Now().Add(left).UTC().Format(time.RFC3339)
		url := serve(t, routes{"GET /api/v2/users/me/keys/AAAAAAAAAA": reply(http.StatusOK, mediaType,
			`{"scopes":["coder:all"],"allow_list":["*:*"],"expires_at":"`+ends+`"}`)})
		if _, steps := checked(t, client(t, coder.Config{URL: url}), false); steps[probe.SignIn].Outcome != want {
			t.Errorf("%s: %+v, want %s", left, steps[probe.SignIn], want)
		}
	}
}
