package coder

import (
	"sort"
	"time"

	"cohort/internal/fault"
)

// Window is a span of whole civil days in one time zone, none of them today.
type Window struct {
	// Name is 28d, 30d or dx.
	Name     string
	Location *time.Location
	days     []day
}

// The windows that usage can be read for.
const (
	// Window28 is the 28 days before today.
	Window28 = "28d"
	// Window30 is the 30 days before today.
	Window30 = "30d"
	// WindowDX is the last four full weeks, from Monday to Sunday: the span of
	// DX's own usage levels.
	WindowDX = "dx"
)

// day is a civil day. Its bounds are instants, each spelled at the offset at
// which the clock shows 00:00:00 there: the only spelling that Coder takes. As
// a rule that is the zone's own offset; where a clock is put forward over
// midnight, it is the one until then.
type day struct{ start, end time.Time }

// String is the date, as YYYY-MM-DD.
func (d day) String() string { return d.start.Format(time.DateOnly) }

// length is 23 to 25 hours where a clock is put forward or back.
func (d day) length() time.Duration { return d.end.Sub(d.start) }

// ParseLocation finds a time zone by its name in the IANA time zone database,
// such as Europe/Berlin; the empty name is UTC. The errors are [fault.Usage].
func ParseLocation(name string) (*time.Location, error) {
	const hint = "give a name of the IANA time zone database, such as Europe/Berlin"
	if name == "Local" {
		return nil, fault.New(fault.Usage, hint, "--timezone: that is another zone on another machine")
	}
	location, err := time.LoadLocation(name)
	if err != nil {
		return nil, fault.New(fault.Usage, hint, "--timezone: no time zone is called so")
	}
	return location, nil
}

// ParseWindow finds the days of a window by its name, [Window28], [Window30]
// or [WindowDX], as seen at the moment now. It refuses what it does not know,
// and time zones for whose days Coder has no numbers, with a [fault.Usage].
//
// Coder adds up the use of workspaces every five minutes, so that in the first
// minutes of a day the last half hour of the day before may still grow.
func ParseWindow(name string, location *time.Location, now time.Time) (Window, error) {
	length, known := windowLength(name)
	if !known {
		return Window{}, fault.New(fault.Usage, "allowed are 28d, 30d and dx", "--usage: no such window")
	}
	year, month, date := now.In(location).Date()
	end := time.Date(year, month, date, 0, 0, 0, 0, time.UTC)
	if name == WindowDX {
		sinceMonday := (end.Weekday() + 6) % 7
		end = end.AddDate(0, 0, -int(sinceMonday))
	}
	w := Window{Name: name, Location: location, days: make([]day, length)}
	start := midnight(end.AddDate(0, 0, -length), location)
	for i := range w.days {
		next := midnight(end.AddDate(0, 0, i+1-length), location)
		w.days[i] = day{start, next}
		start = next
	}
	return w, w.countable()
}

// windowLength is the number of days of a window of this name.
func windowLength(name string) (days int, known bool) {
	switch name {
	case Window28, WindowDX:
		return 28, true
	case Window30:
		return 30, true
	default:
		return 0, false
	}
}

// midnight is when a civil day begins in a zone: the first instant of that
// date, whether or not a clock there ever shows 00:00. The day is given as its
// midnight in UTC.
func midnight(date time.Time, location *time.Location) time.Time {
	const reach = 24 * time.Hour // no zone is further from UTC
	first := date.Add(-reach)
	seconds := sort.Search(int(2*reach/time.Second), func(i int) bool {
		year, month, day := first.Add(time.Duration(i) * time.Second).In(location).Date()
		return !time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Before(date)
	})
	instant := first.Add(time.Duration(seconds) * time.Second)
	return instant.In(time.FixedZone("", int(date.Sub(instant)/time.Second)))
}

// bucket is the grain of Coder's statistics: the half hours of UTC.
const bucket = 30 * time.Minute

// countable refuses days that do not consist of whole buckets, since Coder
// gives only those that lie within a day: the half hour over midnight would
// belong to no day.
func (w Window) countable() error {
	for _, d := range w.days {
		if d.length() <= 0 {
			return fault.New(fault.Usage, "choose another --timezone", "--timezone: there was no %s in %s", d, w.Location)
		}
		for _, bound := range []time.Time{d.start, d.end} {
			if !bound.Truncate(bucket).Equal(bound) {
				return fault.New(fault.Usage, "choose a --timezone that is whole or half hours from UTC",
					"--timezone: Coder counts by the half hours of UTC, and a day of %s begins at %s UTC: "+
						"the half hour over its midnight would belong to no day", w.Location, bound.UTC().Format("15:04"))
			}
		}
	}
	return nil
}

// FirstDay is the date of the window's first day, as YYYY-MM-DD.
func (w Window) FirstDay() string { return w.days[0].String() }

// LastDay is the date of the window's last day, as YYYY-MM-DD.
func (w Window) LastDay() string { return w.days[len(w.days)-1].String() }

// Days is the number of days.
func (w Window) Days() int { return len(w.days) }
