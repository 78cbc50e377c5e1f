package coder

import (
	"bytes"
	"encoding/json"
	"io"
	"strconv"
	"time"

	"cohort/internal/fault"
)

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
	case file.Usage != nil && isThere(file.Usage.Thresholds):
		text = file.Usage.Thresholds
	case file.Usage != nil || file.Sources != nil:
		return Thresholds{}, notThresholds("it is the manifest of a run that gave no usage levels")
	}
	return parseThresholds(text)
}

// parseThresholds is strict: every field has to be there, and no other.
func parseThresholds(text []byte) (Thresholds, error) {
	// A field that is missing would silently be zero.
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(text, &fields); err != nil {
		return Thresholds{}, notThresholds("%w", err)
	}
	if !isThere(fields["version"]) {
		return Thresholds{}, notThresholds("it has none: there is no version")
	}
	if version := string(fields["version"]); version != strconv.Itoa(thresholdsVersion) {
		return Thresholds{}, notThresholds("their version is %s, and this program knows version %d", version, thresholdsVersion)
	}
	for _, name := range []string{"window", "first_day", "last_day", "timezone", "active_users", "p25_seconds", "p50_seconds", "p75_seconds"} {
		if !isThere(fields[name]) {
			return Thresholds{}, notThresholds("there is no %s", name)
		}
	}
	var t Thresholds
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&t); err != nil {
		return Thresholds{}, notThresholds("%w", err)
	}
	if err := t.plausible(); err != nil {
		return Thresholds{}, err
	}
	return t, nil
}

func isThere(value json.RawMessage) bool { return len(value) > 0 && string(value) != "null" }

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
		format, args...)
}
