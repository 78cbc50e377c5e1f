package coder_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	_ "time/tzdata" // no system's copy decides what these tests find

	"github.com/google/go-cmp/cmp"

	"cohort/coder"
	"cohort/fixtures"
	"cohort/internal/fault"
)

const (
	docker  = "c0de0000-0000-4000-8000-00000000000a"
	cluster = "c0de0000-0000-4000-8000-00000000000b"
)

// noon is when the tests run that need no other time.
func noon() time.Time { return time.Date(2025, 3, 29, 12, 0, 0, 0, time.UTC) }

func window(tb testing.TB, name, zone string, now time.Time) coder.Window {
	tb.Helper()
	location, err := coder.ParseLocation(zone)
	if err != nil {
		tb.Fatal(err)
	}
	w, err := coder.ParseWindow(name, location, now)
	if err != nil {
		tb.Fatal(err)
	}
	return w
}

// numbered are accounts with the numbers from first on.
func numbered(first, n int) []fixtures.User {
	var users []fixtures.User
	for i := first; i < first+n; i++ {
		users = append(users, fixtures.User{ID: fmt.Sprintf("00000000-0000-4000-8000-%012d", i), Username: fmt.Sprintf("user-%d", i),
			Email: fmt.Sprintf("user-%d@example.com", i), Status: "active", LoginType: "oidc"})
	}
	return users
}

// usageOf reads a deployment's users and their usage.
func usageOf(t *testing.T, d *fixtures.Deployment, w coder.Window) ([]coder.User, int) {
	t.Helper()
	c := client(t, coder.Config{URL: d.URL, Token: d.Token})
	users, err := c.Users(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	report, err := c.Usage(t.Context(), w)
	if err != nil {
		t.Fatal(err)
	}
	unlisted, err := report.Assign(users)
	if err != nil {
		t.Fatal(err)
	}
	return users, unlisted
}

// fromHalfHours adds up half hours by the date that a clock shows when they start.
func fromHalfHours(buckets []fixtures.Bucket, user string, w coder.Window) coder.Usage {
	minutes := make(map[time.Time]int)
	for _, b := range buckets {
		if b.User == user {
			minutes[b.Start] += b.Minutes
		}
	}
	var usage coder.Usage
	days := make(map[string]bool)
	for start, n := range minutes {
		date := start.In(w.Location).Format(time.DateOnly)
		if date < w.FirstDay() || date > w.LastDay() {
			continue
		}
		days[date] = true
		usage.Seconds += int64(60 * min(n, 30))
		usage.LastDay = max(usage.LastDay, date)
	}
	usage.Days = len(days)
	return usage
}

func TestUsageIsWhatTheHalfHoursAddUpTo(t *testing.T) {
	zones := []string{"UTC", "Europe/Berlin", "America/New_York", "America/Havana", "America/Santiago", "Africa/Cairo",
		"Asia/Kolkata", "Asia/Beirut", "Australia/Lord_Howe", "Pacific/Auckland", "Pacific/Kiritimati", "America/St_Johns"}
	for seed := range uint64(36) {
		r := rand.New(rand.NewPCG(seed, 1))
		zone := zones[seed%uint64(len(zones))]
		// By weeks, so that the changes of every clock come to lie in windows.
		now := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, r.IntN(7*52*7)).Add(time.Duration(r.IntN(86400)) * time.Second)
		name := []string{coder.Window28, coder.Window30, coder.WindowDX}[r.IntN(3)]
		t.Run(fmt.Sprintf("%s %s %s", zone, name, now.Format(time.RFC3339)), func(t *testing.T) {
			w := window(t, name, zone, now)
			living, deleted := numbered(1, 5), numbered(6, 2)
			type key struct {
				user, template string
				start          time.Time
			}
			seen := make(map[key]bool)
			var buckets []fixtures.Bucket
			for range 3000 {
				user := slices.Concat(living[1:], deleted)[r.IntN(6)]
				at := now.Truncate(24 * time.Hour).Add(-time.Duration(r.IntN(2*24*45)) * 30 * time.Minute)
				k := key{user.ID, []string{docker, cluster}[r.IntN(2)], at}
				if !seen[k] && !at.Add(30*time.Minute).After(now) {
					seen[k] = true
					buckets = append(buckets, fixtures.Bucket{User: k.user, Template: k.template, Start: at, Minutes: 1 + r.IntN(30)})
				}
			}
			d := deployment(t, living, fixtures.CoderOptions{Activity: fixtures.CoderActivity{
				Buckets: buckets, Deleted: deleted, Now: func() time.Time { return now }}})
			users, unlisted := usageOf(t, d, w)
			if unlisted != len(deleted) {
				t.Errorf("%d unlisted accounts with use; want %d", unlisted, len(deleted))
			}
			for _, u := range users {
				if diff := cmp.Diff(fromHalfHours(buckets, u.ID, w), *u.Usage); diff != "" {
					t.Errorf("%s (-want +got):\n%s", u.Username, diff)
				}
			}
		})
	}
}

func TestUsageOfADeletedAccountIsNeverTheNextOnes(t *testing.T) {
	activity, err := fixtures.Activity(noon())
	if err != nil {
		t.Fatal(err)
	}
	activity.Now = noon
	company, err := fixtures.Users()
	if err != nil {
		t.Fatal(err)
	}
	w := window(t, coder.Window28, "UTC", noon())
	users, unlisted := usageOf(t, deployment(t, company, fixtures.CoderOptions{Activity: activity}), w)
	if unlisted != len(activity.Deleted) {
		t.Errorf("%d unlisted accounts with use; want %d", unlisted, len(activity.Deleted))
	}
	taken := 0
	for _, u := range users {
		for _, gone := range activity.Deleted {
			if u.Username != gone.Username {
				continue
			}
			taken++
			// Twenty minutes each Monday, where the deleted account had 12 hours a day.
			want := coder.Usage{Days: 4, Seconds: 4 * 40 * 60, LastDay: "2025-03-24"}
			if diff := cmp.Diff(want, *u.Usage); diff != "" {
				t.Errorf("%s (-want +got):\n%s", u.Username, diff)
			}
		}
	}
	if taken == 0 {
		t.Error("nobody has the name of a deleted account")
	}
}

func TestTheSampleCompanyShowsEveryLevel(t *testing.T) {
	company, err := fixtures.Users()
	if err != nil {
		t.Fatal(err)
	}
	for i := range 7 {
		now := noon().AddDate(0, 0, i)
		activity, err := fixtures.Activity(now)
		if err != nil {
			t.Fatal(err)
		}
		activity.Now = func() time.Time { return now }
		d := deployment(t, company, fixtures.CoderOptions{Activity: activity})
		for _, name := range []string{coder.Window28, coder.Window30, coder.WindowDX} {
			w := window(t, name, "UTC", now)
			users, _ := usageOf(t, d, w)
			thresholds, err := coder.MeasureThresholds(users, w)
			if err != nil {
				t.Fatal(err)
			}
			thresholds.SetLevels(users)
			count := make(map[coder.Level]int)
			for _, u := range users {
				count[u.Usage.Level]++
			}
			for _, level := range coder.Levels() {
				if count[level] < 2 {
					t.Errorf("%s on %s: %d users are %s", name, now.Format(time.DateOnly), count[level], level)
				}
			}
			if name != coder.Window30 {
				want := map[coder.Level]int{coder.Heavy: 8, coder.Moderate: 7, coder.Light: 7, coder.Minimal: 7, coder.NoUse: 15}
				if diff := cmp.Diff(want, count); diff != "" {
					t.Errorf("%s on %s (-want +got):\n%s", name, now.Format(time.DateOnly), diff)
				}
			}
		}
	}
}

func TestUsageIsAskedForOnceADay(t *testing.T) {
	var mu sync.Mutex
	var asked []url.Values
	c := client(t, coder.Config{URL: usageAPI(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		asked = append(asked, r.URL.Query())
		mu.Unlock()
		_, _ = w.Write(dailyReport(r, `{"user_id":"`+docker+`","seconds":60}`))
	})})
	// A clock is put forward on the Sunday.
	if _, err := c.Usage(t.Context(), window(t, coder.WindowDX, "Europe/Berlin", time.Date(2025, 4, 1, 0, 0, 0, 0, time.UTC))); err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(asked, func(a, b url.Values) int { return strings.Compare(a.Get("start_time"), b.Get("start_time")) })
	var want []url.Values
	for day := range 28 {
		date := time.Date(2025, 3, 3+day, 0, 0, 0, 0, time.UTC)
		start, end := "+01:00", "+01:00"
		if date.Day() >= 30 {
			end = "+02:00"
		}
		if date.Day() >= 31 {
			start = "+02:00"
		}
		want = append(want, url.Values{
			"start_time": {date.Format("2006-01-02T00:00:00") + start},
			"end_time":   {date.AddDate(0, 0, 1).Format("2006-01-02T00:00:00") + end},
		})
	}
	if diff := cmp.Diff(want, asked); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

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

func TestTheLeastRightsSuffice(t *testing.T) {
	activity := fixtures.CoderActivity{Now: noon, Buckets: []fixtures.Bucket{
		{User: accounts()[0].ID, Template: docker, Start: noon().AddDate(0, 0, -1), Minutes: 1}}}
	for _, role := range []string{fixtures.RoleOwner, fixtures.RoleAuditor, fixtures.RoleTemplateAdmin} {
		d := deployment(t, accounts(), fixtures.CoderOptions{Role: role, Scopes: []string{"user:read", "template:*"}, Activity: activity})
		users, _ := usageOf(t, d, window(t, coder.Window28, "UTC", noon()))
		if diff := cmp.Diff(&coder.Usage{Days: 1, Seconds: 60, LastDay: "2025-03-28"}, users[0].Usage); diff != "" {
			t.Errorf("%s (-want +got):\n%s", role, diff)
		}
	}
}

func TestNoUseAtAllIsAnErrorUnlessAllowed(t *testing.T) {
	d := deployment(t, accounts(), fixtures.CoderOptions{})
	w := window(t, coder.Window28, "UTC", time.Now())
	_, err := client(t, coder.Config{URL: d.URL, Token: d.Token}).Usage(t.Context(), w)
	if fault.KindOf(err) != fault.Source || !strings.Contains(err.Error(), "nobody used a workspace from "+w.FirstDay()) ||
		!strings.Contains(err.Error(), "--allow-empty") {
		t.Errorf("error %v; want one of the source about nobody's use", err)
	}
	report, err := client(t, coder.Config{URL: d.URL, Token: d.Token, AllowEmpty: true}).Usage(t.Context(), w)
	if err != nil {
		t.Fatal(err)
	}
	users := accountsRead()
	if unlisted, err := report.Assign(users); err != nil || unlisted != 0 {
		t.Errorf("%d unlisted, error %v", unlisted, err)
	}
	for _, u := range users {
		if diff := cmp.Diff(&coder.Usage{}, u.Usage); diff != "" {
			t.Errorf("%s (-want +got):\n%s", u.Username, diff)
		}
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

func TestUsageIsNotGivenToUsersWithoutAnID(t *testing.T) {
	d := deployment(t, accounts(), fixtures.CoderOptions{})
	report, err := client(t, coder.Config{URL: d.URL, Token: d.Token, AllowEmpty: true}).
		Usage(t.Context(), window(t, coder.Window28, "UTC", time.Now()))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := report.Assign([]coder.User{{Username: "ada"}}); err == nil || !strings.Contains(err.Error(), `"ada"`) {
		t.Errorf("error %v; want one that names the user", err)
	}
}
