package coder_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cohort/coder"
	"cohort/fixtures"
	"cohort/internal/fault"
)

// usageAPI is a server that answers for usage as it is handed in.
func usageAPI(t *testing.T, answer http.HandlerFunc) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v2/insights/user-activity", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		answer(w, r)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

// dailyReport is the good answer to a request, with these rows.
func dailyReport(r *http.Request, rows string) []byte {
	query := r.URL.Query()
	return fmt.Appendf(nil, `{"report":{"start_time":%q,"end_time":%q,"template_ids":[],"users":[%s]}}`,
		query.Get("start_time"), query.Get("end_time"), rows)
}

func TestUsageThatMayNotBeReadSaysWhoMay(t *testing.T) {
	const (
		hint = "the role auditor or template-admin and a token with the scopes user:read and template:* suffice"
		from = " on 2025-03-"
	)
	w := window(t, coder.Window28, "UTC", noon())
	for _, c := range []struct {
		name    string
		options fixtures.CoderOptions
		kind    fault.Kind
		says    []string
	}{
		{"a user-admin", fixtures.CoderOptions{Role: fixtures.RoleUserAdmin}, fault.Credentials, []string{from, "the token may not read it; " + hint}},
		{"a member", fixtures.CoderOptions{Role: fixtures.RoleMember}, fault.Credentials, []string{hint}},
		{"a token without the scope", fixtures.CoderOptions{Scopes: []string{"user:read"}}, fault.Credentials, []string{hint}},
		{"a token for one template", fixtures.CoderOptions{AllowList: []string{"user:*", "template:" + docker}}, fault.Credentials, []string{hint}},
		{"statistics switched off", fixtures.CoderOptions{Activity: fixtures.CoderActivity{Disabled: true}}, fault.Usage,
			[]string{"usage statistics are switched off there", "CODER_STATS_COLLECTION_USAGE_STATS_ENABLE", "leave out --usage"}},
		{"a clock that is a day behind", fixtures.CoderOptions{Activity: fixtures.CoderActivity{
			Now: func() time.Time { return noon().AddDate(0, 0, -1) }}}, fault.Other,
			[]string{" on 2025-03-28: the deployment holds that day for the future: this machine's clock says 20", ", the deployment's 20", "set the clock"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.options.Activity.Now == nil {
				c.options.Activity.Now = noon
			}
			d := deployment(t, accounts(), c.options)
			report, err := client(t, coder.Config{URL: d.URL, Token: d.Token, AllowEmpty: true}).Usage(t.Context(), w)
			if err == nil || report != nil || fault.KindOf(err) != c.kind {
				t.Fatalf("report %v, error %v; want no report and an error of kind %d", report, err, c.kind)
			}
			for _, says := range append(c.says, "read the usage of "+d.URL) {
				if !strings.Contains(err.Error(), says) {
					t.Errorf("error %v; want %q in it", err, says)
				}
			}
		})
	}
}

// One day in 28 is not as it should be.
func TestUsageIsWholeOrAnError(t *testing.T) {
	const row = `{"user_id":"` + docker + `","seconds":60}`
	for _, c := range []struct {
		name, body string
		says       string
		kind       fault.Kind
	}{
		{"another day", `{"report":{"start_time":"2025-03-13T00:00:00Z","end_time":"2025-03-14T00:00:00Z","users":[]}}`,
			"the answer is about 2025-03-13T00:00:00Z to 2025-03-14T00:00:00Z", fault.Source},
		{"two days", `{"report":{"start_time":START,"end_time":"2025-03-17T00:00:00Z","users":[]}}`, "the answer is about", fault.Source},
		{"no users", `{"report":{"start_time":START,"end_time":END}}`, "it is not a report of usage", fault.Source},
		{"null for users", `{"report":{"start_time":START,"end_time":END,"users":null}}`, "'n' where '[' should be", fault.Source},
		{"no start", `{"report":{"end_time":END,"users":[]}}`, "it is not a report of usage", fault.Source},
		{"nothing", `{}`, "it is not a report of usage", fault.Source},
		{"null", `null`, "'n' where '{' should be", fault.Source},
		{"a list", `[]`, "'[' where '{' should be", fault.Source},
		{"users twice", `{"report":{"start_time":START,"end_time":END,"users":[` + row + `],"users":[]}}`, "twice", fault.Source},
		{"a user twice", `{"report":{"start_time":START,"end_time":END,"users":[` + row + `,` + row + `]}}`,
			"user " + docker + " is reported twice", fault.Source},
		{"a user without an id", `{"report":{"start_time":START,"end_time":END,"users":[{"seconds":1}]}}`, "no id, no seconds", fault.Source},
		{"a user with the empty id", `{"report":{"start_time":START,"end_time":END,"users":[{"user_id":"00000000-0000-0000-0000-000000000000","seconds":1}]}}`,
			"no id, no seconds", fault.Source},
		{"a user with another id", `{"report":{"start_time":START,"end_time":END,"users":[{"user_id":"ada","seconds":1}]}}`, "invalid UUID", fault.Source},
		{"a user without seconds", `{"report":{"start_time":START,"end_time":END,"users":[{"user_id":"` + docker + `"}]}}`, "no id, no seconds", fault.Source},
		{"less than nothing", `{"report":{"start_time":START,"end_time":END,"users":[{"user_id":"` + docker + `","seconds":-60}]}}`, "less than none", fault.Source},
		{"parts of a second", `{"report":{"start_time":START,"end_time":END,"users":[{"user_id":"` + docker + `","seconds":1.5}]}}`, "not a whole number", fault.Source},
		{"more than a day", `{"report":{"start_time":START,"end_time":END,"users":[{"user_id":"` + docker + `","seconds":86401}]}}`,
			"has 86401 seconds, and the day has 86400", fault.Source},
		{"an end in the middle", `{"report":{"start_time":START,"end_time":END,"users":[` + row, "the answer ended early", fault.Source},
		{"an end before the end", `{"report":{"start_time":START,"end_time":END,"users":[` + row + `]}`, "the answer ended early", fault.Source},
		{"an empty answer", ``, "the answer ended early", fault.Source},
		{"something after it", `{"report":{"start_time":START,"end_time":END,"users":[]}} {}`, "'{' where its end should be", fault.Source},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := usageAPI(t, func(w http.ResponseWriter, r *http.Request) {
				query := r.URL.Query()
				if !strings.HasPrefix(query.Get("start_time"), "2025-03-15") {
					_, _ = w.Write(dailyReport(r, row))
					return
				}
				quoted := func(name string) string { return fmt.Sprintf("%q", query.Get(name)) }
				_, _ = fmt.Fprint(w, strings.NewReplacer("START", quoted("start_time"), "END", quoted("end_time")).Replace(c.body))
			})
			report, err := client(t, coder.Config{URL: server}).Usage(t.Context(), window(t, coder.Window28, "UTC", noon()))
			if report != nil || fault.KindOf(err) != c.kind || !strings.Contains(fmt.Sprint(err), c.says) ||
				!strings.Contains(fmt.Sprint(err), "read the usage of "+server+" on 2025-03-15: ") {
				t.Errorf("report %v, error %v; want an error of kind %d with %q", report, err, c.kind, c.says)
			}
		})
	}
}

func TestOtherAnswersAreExplained(t *testing.T) {
	answer := func(status int, message, detail string, mistakes ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			var validations []map[string]string
			for _, mistake := range mistakes {
				validations = append(validations, map[string]string{"field": "x", "detail": mistake})
			}
			_ = json.NewEncoder(w).Encode(map[string]any{"message": message, "detail": detail, "validations": validations})
		}
	}
	for _, c := range []struct {
		name   string
		answer http.HandlerFunc
		kind   fault.Kind
		says   string
	}{
		{"an old deployment", answer(404, "Route not found.", ""), fault.Usage, "it is too old to give any"},
		{"another 404", answer(404, "Nothing here.", ""), fault.Usage, "404 Not Found: Nothing here"},
		{"rules that are not ours", answer(400, "Bad.", "", "it must\nbe blue.", "it must be round."), fault.Other,
			"400 Bad Request: it must be blue; it must be round"},
		{"another 400", answer(400, "Bad.", ""), fault.Other, "400 Bad Request: Bad"},
		{"signed out", answer(401, "You are signed out.", ""), fault.Credentials, "401 Unauthorized"},
		{"a broken database", answer(500, "Internal error fetching user activity.", ""), fault.Source, "500 Internal Server Error: Internal error"},
		{"a sign-in page", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Type", "text/html") }, fault.Usage, "not a Coder API"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := client(t, coder.Config{URL: usageAPI(t, c.answer)}).Usage(t.Context(), window(t, coder.Window28, "UTC", noon()))
			if fault.KindOf(err) != c.kind || !strings.Contains(fmt.Sprint(err), c.says) {
				t.Errorf("error %v; want one of kind %d with %q", err, c.kind, c.says)
			}
		})
	}
}

func TestAPassingFailureOfADayIsTriedAgain(t *testing.T) {
	var mu sync.Mutex
	tries := make(map[string]int)
	server := usageAPI(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		start := r.URL.Query().Get("start_time")
		if tries[start]++; tries[start] == 1 {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		_, _ = w.Write(dailyReport(r, `{"user_id":"`+docker+`","seconds":60}`))
	})
	report, err := client(t, coder.Config{URL: server}).Usage(t.Context(), window(t, coder.Window30, "UTC", noon()))
	if err != nil {
		t.Fatal(err)
	}
	users := []coder.User{{ID: docker}}
	if _, err := report.Assign(users); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&coder.Usage{Days: 30, Seconds: 1800, LastDay: "2025-03-28"}, users[0].Usage); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestCancellingEndsAReadOfUsage(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	server := usageAPI(t, func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})
	_, err := client(t, coder.Config{URL: server}).Usage(ctx, window(t, coder.Window28, "UTC", noon()))
	if !errors.Is(err, context.Canceled) || fault.KindOf(err) != fault.Other {
		t.Errorf("error %v; want the cancellation, which is no fault of the source", err)
	}
}
