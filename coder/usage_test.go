package coder_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
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
