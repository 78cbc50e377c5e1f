package coder

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"cohort/internal/fault"
)

// UsageFigures are what a run's manifest says about usage, under the key
// "usage".
type UsageFigures struct {
	Window   string `json:"window"`    // 28d, 30d or dx
	FirstDay string `json:"first_day"` // YYYY-MM-DD
	LastDay  string `json:"last_day"`  // YYYY-MM-DD
	Timezone string `json:"timezone"`  // a name of the IANA time zone database
	// ActiveUsers is how many accounts had any use, and Seconds how much
	// together.
	ActiveUsers int   `json:"active_users"`
	Seconds     int64 `json:"seconds"`
	// UnlistedUsers is how many more had some, but are no longer listed:
	// deleted ones. They count nowhere else.
	UnlistedUsers int `json:"unlisted_users"`
	// Levels counts the accounts at each level; nil without Thresholds.
	Levels map[Level]int `json:"levels,omitempty"`
	// Thresholds are those by which the levels were given; nil where no levels
	// were asked for.
	Thresholds *Thresholds `json:"thresholds,omitempty"`
}

// ReadThresholds reads the thresholds that a run left in its manifest, from
// that manifest or from a file that holds nothing else but that object. What
// is missing, unknown or cannot be is an error, a [fault.Usage].
func ReadThresholds(r io.Reader) (Thresholds, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return Thresholds{}, fault.New(fault.Usage, "", "read the usage thresholds: %w", err)
	}
	var file struct {
		Usage *struct {
			Thresholds json.RawMessage `json:"thresholds"`
		} `json:"usage"`
		Sources json.RawMessage `json:"sources"` // every manifest has some
	}
	if err := json.Unmarshal(text, &file); err != nil {
		return Thresholds{}, notThresholds("it is not the manifest of a run: %w", err)
	}
	switch {
	case file.Usage != nil && file.Usage.Thresholds != nil:
		text = file.Usage.Thresholds
	case file.Usage != nil || file.Sources != nil:
		return Thresholds{}, notThresholds("it is the manifest of a run that gave no usage levels")
	}
	return parseThresholds(text)
}

// parseThresholds is strict: every field has to be there, and no other.
func parseThresholds(text []byte) (Thresholds, error) {
	var version struct {
		Version *int `json:"version"`
	}
	if err := json.Unmarshal(text, &version); err != nil {
		return Thresholds{}, notThresholds("%w", err)
	}
	if version.Version == nil {
		return Thresholds{}, notThresholds("it has none: there is no version")
	}
	if *version.Version != thresholdsVersion {
		return Thresholds{}, notThresholds("their version is %d, and this program knows version %d", *version.Version, thresholdsVersion)
	}
	// A field that is missing would silently be zero.
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(text, &fields); err != nil {
		return Thresholds{}, notThresholds("%w", err)
	}
	for _, name := range []string{"window", "first_day", "last_day", "timezone", "active_users", "p25_seconds", "p50_seconds", "p75_seconds"} {
		if value, found := fields[name]; !found || bytes.Equal(value, []byte("null")) {
			return Thresholds{}, notThresholds("there is no %s", name)
		}
	}
	var t Thresholds
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&t); err != nil {
		return Thresholds{}, notThresholds("%w", err)
	}
	return t, t.plausible()
}

func (t Thresholds) plausible() error {
	first, firstErr := time.Parse(time.DateOnly, t.FirstDay)
	last, lastErr := time.Parse(time.DateOnly, t.LastDay)
	days, known := windowLength(t.Window)
	switch {
	case !known:
		return notThresholds("their window is %q; known are 28d, 30d and dx", t.Window)
	case firstErr != nil || lastErr != nil || !first.AddDate(0, 0, days-1).Equal(last):
		return notThresholds("%q to %q are not the %d days of the window %s", t.FirstDay, t.LastDay, days, t.Window)
	case t.P25 <= 0 || t.P25 > t.P50 || t.P50 > t.P75:
		return notThresholds("the seconds %d, %d and %d do not rise from above 0", t.P25, t.P50, t.P75)
	case t.ActiveUsers < fewest:
		return notThresholds("they come from %d accounts with use, and levels need %d", t.ActiveUsers, fewest)
	}
	return nil
}

func notThresholds(format string, args ...any) error {
	return fault.New(fault.Usage, "give the --summary file of a run with coder_usage_level",
		"--usage-thresholds: %w", fmt.Errorf(format, args...))
}
