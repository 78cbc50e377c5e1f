package coder

import (
	"slices"

	"cohort/internal/fault"
)

// Level is how much an account is used, compared with all that are: DX's
// words for it.
type Level string

// The levels, from the most to the least.
const (
	Heavy    Level = "Heavy"
	Moderate Level = "Moderate"
	Light    Level = "Light"
	Minimal  Level = "Minimal"
	// NoUse is also the level of people without an account.
	NoUse Level = "None"
)

// Levels are all levels, from the most to the least.
func Levels() []Level { return []Level{Heavy, Moderate, Light, Minimal, NoUse} }

// Thresholds are the seconds from which on an account is at a level: the 25th,
// 50th and 75th percentile of all accounts with any use in a window. A manifest
// keeps them, so that a later run can use them again ([ReadThresholds]).
type Thresholds struct {
	// Version is 1, the version of these fields' meaning.
	Version int `json:"version"`
	// Window is the [Window] they come from, by name and dates.
	Window   string `json:"window"`
	FirstDay string `json:"first_day"` // YYYY-MM-DD
	LastDay  string `json:"last_day"`  // YYYY-MM-DD
	Timezone string `json:"timezone"`  // a name of the IANA time zone database
	// ActiveUsers is how many accounts had any use.
	ActiveUsers int   `json:"active_users"`
	P25         int64 `json:"p25_seconds"`
	P50         int64 `json:"p50_seconds"`
	P75         int64 `json:"p75_seconds"`
}

const (
	thresholdsVersion = 1
	// fewest accounts with any use for which levels mean something: DX's own
	// limit.
	fewest = 8
)

// MeasureThresholds takes the percentiles of the users' own usage, which has
// to be there. Fewer than eight of them with any use are an error: among so
// few, a level would say more about the others than about anybody's use.
func MeasureThresholds(users []User, w Window) (Thresholds, error) {
	var seconds []int64
	for i := range users {
		if u := users[i].Usage; u != nil && u.Seconds > 0 {
			seconds = append(seconds, u.Seconds)
		}
	}
	if len(seconds) < fewest {
		return Thresholds{}, fault.New(fault.Other,
			"use --usage-thresholds with the manifest of an earlier run, or leave out coder_usage_level",
			"usage levels need at least %d accounts with use, and from %s to %s there are %d", fewest, w.FirstDay(), w.LastDay(), len(seconds))
	}
	slices.Sort(seconds)
	return Thresholds{
		Version:     thresholdsVersion,
		Window:      w.Name,
		FirstDay:    w.FirstDay(),
		LastDay:     w.LastDay(),
		Timezone:    w.Location.String(),
		ActiveUsers: len(seconds),
		P25:         percentile(seconds, 25),
		P50:         percentile(seconds, 50),
		P75:         percentile(seconds, 75),
	}, nil
}

// percentile is the nearest-rank percentile: the smallest of the values, which
// are sorted, that percent of them do not exceed.
func percentile(sorted []int64, percent int) int64 {
	rank := (percent*len(sorted) + 99) / 100 // from 1
	return sorted[rank-1]
}

// Level is the level of so many seconds.
func (t Thresholds) Level(seconds int64) Level {
	switch {
	case seconds <= 0:
		return NoUse
	case seconds >= t.P75:
		return Heavy
	case seconds >= t.P50:
		return Moderate
	case seconds >= t.P25:
		return Light
	default:
		return Minimal
	}
}

// SetLevels gives every user with known usage the level of it.
func (t Thresholds) SetLevels(users []User) {
	for i := range users {
		if u := users[i].Usage; u != nil {
			u.Level = t.Level(u.Seconds)
		}
	}
}

// Fit refuses thresholds of a window with another number of days, whose
// seconds do not compare. Where in time and in which zone the days lie makes
// no difference. The error is a [fault.Usage].
func (t Thresholds) Fit(w Window) error {
	if days, _ := windowLength(t.Window); days != w.Days() {
		return fault.New(fault.Usage, "use the same --usage, or thresholds of a window as long",
			"--usage-thresholds: they are of %d days, but --usage %s has %d", days, w.Name, w.Days())
	}
	return nil
}
