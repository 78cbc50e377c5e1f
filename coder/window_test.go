package coder

import (
	"fmt"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // no system's copy decides what these tests find

	"github.com/google/go-cmp/cmp"

	"cohort/internal/fault"
)

func location(t *testing.T, name string) *time.Location {
	t.Helper()
	l, err := ParseLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestWindowsHoldWholeDaysBeforeToday(t *testing.T) {
	for _, c := range []struct {
		name, zone, now string
		first, last     string
		days            int
	}{
		{"28d", "UTC", "2025-03-29T00:00:00Z", "2025-03-01", "2025-03-28", 28},
		{"28d", "UTC", "2025-03-29T23:59:59Z", "2025-03-01", "2025-03-28", 28},
		{"30d", "UTC", "2025-03-29T12:00:00Z", "2025-02-27", "2025-03-28", 30},
		{"28d", "", "2024-03-01T12:00:00Z", "2024-02-02", "2024-02-29", 28},
		{"30d", "UTC", "2025-01-10T12:00:00Z", "2024-12-11", "2025-01-09", 30},
		// Today is another day elsewhere.
		{"28d", "Asia/Tokyo", "2025-03-28T15:00:00Z", "2025-03-01", "2025-03-28", 28},
		{"28d", "Asia/Tokyo", "2025-03-28T14:59:59Z", "2025-02-28", "2025-03-27", 28},
		{"28d", "America/Los_Angeles", "2025-01-01T07:59:59Z", "2024-12-03", "2024-12-30", 28},
		{"28d", "America/Los_Angeles", "2025-01-01T08:00:00Z", "2024-12-04", "2024-12-31", 28},
		// 2025-03-03 is a Monday.
		{"dx", "UTC", "2025-03-02T23:59:59Z", "2025-01-27", "2025-02-23", 28},
		{"dx", "UTC", "2025-03-03T00:00:00Z", "2025-02-03", "2025-03-02", 28},
		{"dx", "UTC", "2025-03-04T00:00:00Z", "2025-02-03", "2025-03-02", 28},
		{"dx", "UTC", "2025-03-05T00:00:00Z", "2025-02-03", "2025-03-02", 28},
		{"dx", "UTC", "2025-03-06T00:00:00Z", "2025-02-03", "2025-03-02", 28},
		{"dx", "UTC", "2025-03-07T00:00:00Z", "2025-02-03", "2025-03-02", 28},
		{"dx", "UTC", "2025-03-08T00:00:00Z", "2025-02-03", "2025-03-02", 28},
		{"dx", "UTC", "2025-03-09T23:59:59Z", "2025-02-03", "2025-03-02", 28},
		{"dx", "UTC", "2025-03-10T00:00:00Z", "2025-02-10", "2025-03-09", 28},
		{"dx", "Pacific/Auckland", "2025-03-09T11:00:00Z", "2025-02-10", "2025-03-09", 28},
		{"dx", "Europe/Berlin", "2026-01-01T12:00:00Z", "2025-12-01", "2025-12-28", 28},
		// Zones that count in half hours, also where a clock is moved by one.
		{"28d", "Asia/Kolkata", "2025-03-29T12:00:00Z", "2025-03-01", "2025-03-28", 28},
		{"28d", "Australia/Lord_Howe", "2025-04-20T12:00:00Z", "2025-03-23", "2025-04-19", 28},
	} {
		t.Run(c.name+" "+c.zone+" "+c.now, func(t *testing.T) {
			now, err := time.Parse(time.RFC3339, c.now)
			if err != nil {
				t.Fatal(err)
			}
			w, err := ParseWindow(c.name, location(t, c.zone), now)
			if err != nil {
				t.Fatal(err)
			}
			if w.FirstDay() != c.first || w.LastDay() != c.last || w.Days() != c.days {
				t.Errorf("%d days from %s to %s; want %d from %s to %s", w.Days(), w.FirstDay(), w.LastDay(), c.days, c.first, c.last)
			}
			if c.name == "dx" && (w.days[0].start.Weekday() != time.Monday || w.days[27].start.Weekday() != time.Sunday) {
				t.Errorf("it is not from Monday to Sunday")
			}
		})
	}
}

func TestDaysAreWholeWhereClocksChange(t *testing.T) {
	for _, c := range []struct {
		name, zone, day string
		want            string // the day's length, and its start as Coder is asked
	}{
		{"put forward at two", "Europe/Berlin", "2025-03-30", "23h0m0s 2025-03-30T00:00:00+01:00"},
		{"the day after", "Europe/Berlin", "2025-03-31", "24h0m0s 2025-03-31T00:00:00+02:00"},
		{"put back at three", "Europe/Berlin", "2025-10-26", "25h0m0s 2025-10-26T00:00:00+02:00"},
		{"the day after that", "Europe/Berlin", "2025-10-27", "24h0m0s 2025-10-27T00:00:00+01:00"},
		{"put forward by half an hour", "Australia/Lord_Howe", "2025-10-05", "23h30m0s 2025-10-05T00:00:00+10:30"},
		{"put back by half an hour", "Australia/Lord_Howe", "2025-04-06", "24h30m0s 2025-04-06T00:00:00+11:00"},
		{"put forward from midnight: no clock shows it", "Africa/Cairo", "2025-04-25", "23h0m0s 2025-04-25T00:00:00+02:00"},
		{"the day before that", "Africa/Cairo", "2025-04-24", "24h0m0s 2025-04-24T00:00:00+02:00"},
		{"put back from midnight, into the day before", "Africa/Cairo", "2025-10-30", "25h0m0s 2025-10-30T00:00:00+03:00"},
		{"the day that begins late", "Africa/Cairo", "2025-10-31", "24h0m0s 2025-10-31T00:00:00+02:00"},
		{"put back from one to midnight: twice midnight", "America/Havana", "2025-11-02", "25h0m0s 2025-11-02T00:00:00-04:00"},
		{"put forward from midnight in the west", "America/Havana", "2025-03-09", "23h0m0s 2025-03-09T00:00:00-05:00"},
		{"put forward from eleven to midnight", "America/Nuuk", "2025-03-29", "23h0m0s 2025-03-29T00:00:00-02:00"},
		{"the day after eleven", "America/Nuuk", "2025-03-30", "24h0m0s 2025-03-30T00:00:00-01:00"},
		{"furthest east", "Pacific/Kiritimati", "2025-01-01", "24h0m0s 2025-01-01T00:00:00+14:00"},
		{"furthest west", "Etc/GMT+12", "2025-01-01", "24h0m0s 2025-01-01T00:00:00-12:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			date, err := time.Parse(time.DateOnly, c.day)
			if err != nil {
				t.Fatal(err)
			}
			w, err := ParseWindow("28d", location(t, c.zone), date.AddDate(0, 0, 10))
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range w.days {
				if d.String() == c.day {
					if got := d.length().String() + " " + d.start.Format(time.RFC3339); got != c.want {
						t.Errorf("got %s; want %s", got, c.want)
					}
					return
				}
			}
			t.Errorf("the window from %s to %s lacks it", w.FirstDay(), w.LastDay())
		})
	}
}

// Every instant of ten years belongs to the day whose date a clock shows, so
// far as the zone is one that Coder has numbers for.
func TestDaysAgreeWithTheClock(t *testing.T) {
	for _, zone := range []string{"UTC", "Europe/Berlin", "Africa/Cairo", "America/Havana", "America/Santiago", "Asia/Beirut",
		"Asia/Kolkata", "Australia/Lord_Howe", "America/St_Johns", "Pacific/Auckland", "America/Scoresbysund", "Africa/Casablanca"} {
		t.Run(zone, func(t *testing.T) {
			where := location(t, zone)
			for now := time.Date(2018, 1, 1, 12, 0, 0, 0, time.UTC); now.Year() < 2028; now = now.AddDate(0, 0, 28) {
				w, err := ParseWindow("28d", where, now)
				if err != nil {
					t.Fatal(err)
				}
				last := w.days[0].start
				for _, d := range w.days {
					if !d.start.Equal(last) || d.start.Format(time.TimeOnly) != "00:00:00" || d.end.Format(time.TimeOnly) != "00:00:00" {
						t.Fatalf("%s to %s does not follow on %s at midnight", d.start, d.end, last)
					}
					for at := d.start; at.Before(d.end); at = at.Add(bucket) {
						if shown := at.In(where).Format(time.DateOnly); shown != d.String() {
							t.Fatalf("at %s the clock shows %s; want %s", at, shown, d)
						}
					}
					last = d.end
				}
				if today := now.In(where).Format(time.DateOnly); last.In(where).Format(time.DateOnly) != today {
					t.Fatalf("the window ends at %s; want the start of %s", last, today)
				}
			}
		})
	}
}

func TestWindowsAndZonesThatAreRefused(t *testing.T) {
	for _, c := range []struct{ name, zone, now, says string }{
		{"", "UTC", "2025-03-29", `no such window; allowed are 28d, 30d and dx`},
		{"7d", "UTC", "2025-03-29", `no such window`},
		{"DX", "UTC", "2025-03-29", `no such window`},
		{"28d", "Europe/Berln", "2025-03-29", `no time zone is called so`},
		{"28d", "+02:00", "2025-03-29", "such as Europe/Berlin"},
		{"28d", "../etc/passwd", "2025-03-29", "such as Europe/Berlin"},
		{"28d", "Local", "2025-03-29", "another zone on another machine"},
		{"28d", "Asia/Kathmandu", "2025-03-29", "a day of Asia/Kathmandu begins at 18:15 UTC: the half hour over its midnight would belong to no day"},
		{"dx", "Pacific/Chatham", "2025-03-29", "begins at 10:15 UTC"},
		{"30d", "Australia/Eucla", "2025-03-29", "begins at 15:15 UTC"},
		// A whole day was left out to change sides of the date line.
		{"28d", "Pacific/Apia", "2012-01-10", "there was no 2011-12-30 in Pacific/Apia"},
		// Only the last days of the window lie where Nepal is 5:45 from UTC.
		{"28d", "Asia/Kathmandu", "1986-01-10", "begins at 18:15 UTC"},
	} {
		t.Run(c.name+" "+c.zone, func(t *testing.T) {
			where, err := ParseLocation(c.zone)
			if err == nil {
				var now time.Time
				if now, err = time.Parse(time.DateOnly, c.now); err != nil {
					t.Fatal(err)
				}
				_, err = ParseWindow(c.name, where, now)
			}
			if fault.KindOf(err) != fault.Usage || !strings.Contains(fmt.Sprint(err), c.says) {
				t.Errorf("error %v; want one of usage with %q", err, c.says)
			}
		})
	}
}

func TestTheSameMomentGivesTheSameDaysOnEveryMachine(t *testing.T) {
	now := time.Date(2025, 3, 29, 1, 0, 0, 0, time.UTC)
	var got []string
	for _, machine := range []string{"UTC", "Asia/Tokyo", "America/Los_Angeles"} {
		w, err := ParseWindow("28d", location(t, "Europe/Berlin"), now.In(location(t, machine)))
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, w.FirstDay()+" "+w.LastDay())
	}
	const want = "2025-03-01 2025-03-28"
	if diff := cmp.Diff([]string{want, want, want}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
