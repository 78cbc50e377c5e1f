package coder

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"cohort/internal/fault"
)

func march(t *testing.T, name string) Window {
	t.Helper()
	w, err := ParseWindow(name, time.UTC, time.Date(2025, 3, 29, 12, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// using are accounts with so many seconds of use.
func using(seconds ...int64) []User {
	users := make([]User, len(seconds))
	for i, s := range seconds {
		users[i].Usage = &Usage{Seconds: s}
	}
	return users
}

func TestLevelsByNearestRank(t *testing.T) {
	for _, c := range []struct {
		name          string
		seconds       []int64
		p25, p50, p75 int64
		levels        string // the initials, in the order of the seconds; - is None
	}{
		{"eight, the fewest", []int64{10, 20, 30, 40, 50, 60, 70, 80}, 20, 40, 60, "MiLLMoMoHHH"},
		{"in any order", []int64{80, 10, 70, 20, 60, 30, 50, 40}, 20, 40, 60, "HMiHLHLMoMo"},
		{"nine: a rank is rounded up", []int64{10, 20, 30, 40, 50, 60, 70, 80, 90}, 30, 50, 70, "MiMiLLMoMoHHH"},
		{"ten", []int64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 3, 5, 8, "MiMiLLMoMoMoHHH"},
		{"twelve", []int64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, 3, 6, 9, "MiMiLLLMoMoMoHHHH"},
		{"who does nothing does not count", []int64{0, 10, 0, 20, 30, 40, 50, 60, 70, 80, 0}, 20, 40, 60, "-Mi-LLMoMoHHH-"},
		{"all equal", []int64{5, 5, 5, 5, 5, 5, 5, 5}, 5, 5, 5, "HHHHHHHH"},
		{"a tie at the top", []int64{1, 2, 3, 9, 9, 9, 9, 9}, 2, 9, 9, "MiLLHHHHH"},
		{"a tie at the bottom", []int64{1, 1, 1, 1, 1, 6, 7, 8}, 1, 1, 6, "MoMoMoMoMoHHH"},
		{"a tie in the middle", []int64{1, 2, 4, 4, 4, 4, 7, 8}, 2, 4, 4, "MiLHHHHHH"},
	} {
		t.Run(c.name, func(t *testing.T) {
			users := using(c.seconds...)
			w := march(t, Window28)
			got, err := MeasureThresholds(users, w)
			if err != nil {
				t.Fatal(err)
			}
			active := 0
			for _, s := range c.seconds {
				active += int(min(s, 1))
			}
			want := Thresholds{Version: 1, Window: "28d", FirstDay: "2025-03-01", LastDay: "2025-03-28", Timezone: "UTC",
				ActiveUsers: active, P25: c.p25, P50: c.p50, P75: c.p75}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("thresholds (-want +got):\n%s", diff)
			}
			got.SetLevels(users)
			levels := ""
			for _, u := range users {
				levels += map[Level]string{Heavy: "H", Moderate: "Mo", Light: "L", Minimal: "Mi", NoUse: "-"}[u.Usage.Level]
			}
			if levels != c.levels {
				t.Errorf("levels %s; want %s", levels, c.levels)
			}
		})
	}
}

// The nearest-rank percentile is the smallest value that at least that share
// of all values does not exceed.
func TestPercentilesAreWhatTheirDefinitionSays(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		seconds := make([]int64, 8+r.IntN(60))
		for i := range seconds {
			seconds[i] = 1 + r.Int64N(40)
		}
		got, err := MeasureThresholds(using(seconds...), march(t, WindowDX))
		if err != nil {
			t.Fatal(err)
		}
		for percent, value := range map[int]int64{25: got.P25, 50: got.P50, 75: got.P75} {
			share := func(limit int64) int {
				n := 0
				for _, s := range seconds {
					if s <= limit {
						n++
					}
				}
				return n
			}
			if !slices.Contains(seconds, value) || 100*share(value) < percent*len(seconds) || 100*share(value-1) >= percent*len(seconds) {
				t.Fatalf("the percentile %d of %v is not %d", percent, seconds, value)
			}
		}
	}
}

func TestFewerThanEightWithUseGetNoLevels(t *testing.T) {
	_, err := MeasureThresholds(append(using(1, 2, 3, 4, 5, 6, 7, 0, 0), User{}), march(t, Window28))
	want := "usage levels need at least 8 accounts with use, and from 2025-03-01 to 2025-03-28 there are 7; " +
		"use --usage-thresholds with the manifest of an earlier run, or leave out coder_usage_level"
	if fault.KindOf(err) != fault.Other || fmt.Sprint(err) != want {
		t.Errorf("error %v; want %s", err, want)
	}
}

func TestUsersWhoseUsageWasNotReadGetNoLevel(t *testing.T) {
	users := append(using(0), User{})
	Thresholds{P25: 1, P50: 2, P75: 3}.SetLevels(users)
	if users[0].Usage.Level != NoUse || users[1].Usage != nil {
		t.Errorf("levels %v and %v; want None and nothing", users[0].Usage, users[1].Usage)
	}
}

const frozen = `{"version":1,"window":"28d","first_day":"2025-03-01","last_day":"2025-03-28","timezone":"Europe/Berlin",` +
	`"active_users":29,"p25_seconds":3600,"p50_seconds":36000,"p75_seconds":144000}`

func TestThresholdsComeBackFromAManifest(t *testing.T) {
	want := Thresholds{Version: 1, Window: "28d", FirstDay: "2025-03-01", LastDay: "2025-03-28", Timezone: "Europe/Berlin",
		ActiveUsers: 29, P25: 3600, P50: 36000, P75: 144000}
	written, err := json.Marshal(map[string]any{
		"version": "1.4.0", "sources": []string{},
		"usage": UsageFigures{Window: "dx", ActiveUsers: 31, Levels: map[Level]int{Heavy: 8}, Thresholds: &want},
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string]string{"a manifest": string(written), "the object alone": frozen + "\n"} {
		got, err := ReadThresholds(strings.NewReader(file))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestFilesWithoutSoundThresholdsAreRefused(t *testing.T) {
	without := func(name string) string {
		var fields map[string]any
		if err := json.Unmarshal([]byte(frozen), &fields); err != nil {
			t.Fatal(err)
		}
		delete(fields, name)
		text, err := json.Marshal(fields)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	for _, c := range []struct{ name, file, says string }{
		{"nothing", "", "it is not the manifest of a run"},
		{"no JSON", "email,name\n", "it is not the manifest of a run"},
		{"a list", "[]", "it is not the manifest of a run"},
		{"two objects", frozen + frozen, "it is not the manifest of a run"},
		{"another object", `{"a":1}`, "there is no version"},
		{"a manifest without usage", `{"version":"1.4.0","sources":[]}`, "a run that gave no usage levels"},
		{"a manifest without levels", `{"version":"1.4.0","sources":[],"usage":{"window":"28d"}}`, "a run that gave no usage levels"},
		{"a manifest with null", `{"version":"1.4.0","sources":[],"usage":{"thresholds":null}}`, "usage levels"},
		{"a newer version", strings.Replace(frozen, `"version":1`, `"version":2`, 1), "their version is 2, and this program knows version 1"},
		{"a version in words", strings.Replace(frozen, `"version":1`, `"version":"1.4.0"`, 1), `their version is "1.4.0"`},
		{"no version", without("version"), "there is no version"},
		{"no window", without("window"), "there is no window"},
		{"no first day", without("first_day"), "there is no first_day"},
		{"no time zone", without("timezone"), "there is no timezone"},
		{"no number of accounts", without("active_users"), "there is no active_users"},
		{"no p25", without("p25_seconds"), "there is no p25_seconds"},
		{"null for p75", strings.Replace(frozen, "144000", "null", 1), "there is no p75_seconds"},
		{"something more", strings.Replace(frozen, `"window"`, `"p90_seconds":1,"window"`, 1), "p90_seconds"},
		{"a text for a number", strings.Replace(frozen, "144000", `"144000"`, 1), "p75_seconds"},
		{"parts of a second", strings.Replace(frozen, "144000", "144000.5", 1), "p75_seconds"},
		{"a window that is none", strings.Replace(frozen, "28d", "7d", 1), `their window is "7d"`},
		{"days that are none", strings.Replace(frozen, "2025-03-28", "2025-03-32", 1), "are not the 28 days of the window 28d"},
		{"days of another window", strings.Replace(frozen, "28d", "30d", 1), "are not the 30 days of the window 30d"},
		{"falling", strings.Replace(frozen, "36000", "200000", 1), "3600, 200000 and 144000 do not rise"},
		{"falling at the start", strings.Replace(frozen, "3600,", "36001,", 1), "do not rise"},
		{"nothing at all", strings.Replace(frozen, "3600,", "0,", 1), "do not rise from above 0"},
		{"too few accounts", strings.Replace(frozen, "29", "7", 1), "they come from 7 accounts"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := ReadThresholds(strings.NewReader(c.file))
			if fault.KindOf(err) != fault.Usage || !strings.Contains(fmt.Sprint(err), c.says) {
				t.Errorf("got %v, error %v; want one of usage with %q", got, err, c.says)
			}
		})
	}
	broken := errors.New("the disk is broken")
	if _, err := ReadThresholds(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("error %v; want that of the file", err)
	}
}

func TestThresholdsFitWindowsOfTheSameLength(t *testing.T) {
	for _, c := range []struct {
		theirs, ours string
		fit          bool
	}{
		{Window28, Window28, true}, {Window28, WindowDX, true}, {WindowDX, Window28, true}, {Window30, Window30, true},
		{Window28, Window30, false}, {Window30, WindowDX, false},
	} {
		err := Thresholds{Window: c.theirs}.Fit(march(t, c.ours))
		if c.fit && err != nil || !c.fit && (fault.KindOf(err) != fault.Usage || !strings.Contains(err.Error(), "--usage "+c.ours)) {
			t.Errorf("%s for %s: error %v; want fit %t", c.theirs, c.ours, err, c.fit)
		}
	}
}

func TestTheFiguresOfUsageAddUp(t *testing.T) {
	users := using(0, 10, 20, 30, 40, 50, 60, 70, 80)
	w := march(t, WindowDX)
	thresholds, err := MeasureThresholds(users, w)
	if err != nil {
		t.Fatal(err)
	}
	want := UsageFigures{Window: "dx", FirstDay: "2025-02-24", LastDay: "2025-03-23", Timezone: "UTC", ActiveUsers: 8, Seconds: 360,
		UnlistedUsers: 2, Levels: map[Level]int{Heavy: 3, Moderate: 2, Light: 2, Minimal: 1, NoUse: 1}, Thresholds: &thresholds}
	if diff := cmp.Diff(want, NewUsageFigures(users, w, 2, &thresholds)); diff != "" {
		t.Errorf("with levels (-want +got):\n%s", diff)
	}
	want.Levels, want.Thresholds = nil, nil
	if diff := cmp.Diff(want, NewUsageFigures(users, w, 2, nil)); diff != "" {
		t.Errorf("without levels (-want +got):\n%s", diff)
	}
}

func FuzzThresholds(f *testing.F) {
	f.Add([]byte(frozen))
	f.Add([]byte(`{"sources":[],"usage":{"thresholds":` + frozen + `}}`))
	f.Fuzz(func(t *testing.T, file []byte) {
		got, err := ReadThresholds(strings.NewReader(string(file)))
		if err != nil {
			if fault.KindOf(err) != fault.Usage || got != (Thresholds{}) {
				t.Errorf("got %v, error %v; want nothing and one of usage", got, err)
			}
			return
		}
		text, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := ReadThresholds(strings.NewReader(string(text))); err != nil || again != got {
			t.Errorf("%s came back as %v, error %v", text, again, err)
		}
	})
}
