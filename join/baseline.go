package join

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"cohort/internal/fault"
)

// ReadManifest reads a manifest that an earlier run wrote.
func ReadManifest(r io.Reader) (Manifest, error) {
	var m Manifest
	decoder := json.NewDecoder(r)
	if err := decoder.Decode(&m); err != nil {
		return m, fault.New(fault.Usage, "name a file that --summary wrote", "it is no manifest: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return m, fault.New(fault.Usage, "name a file that --summary wrote", "it is no manifest: something follows it")
	}
	has := func(role string) bool {
		return slices.ContainsFunc(m.Sources, func(s ManifestSource) bool { return s.Role == role })
	}
	if !has("idp") || !has("coder") || len(m.Columns) == 0 {
		return m, fault.New(fault.Usage, "name a file that --summary wrote", "it is no manifest: it names no sources or no columns")
	}
	records := 0
	for _, source := range m.Sources {
		if source.Role == "idp" {
			records += source.Records
		}
	}
	people, users := m.People, m.Users
	if people.Total+people.Merged != records ||
		people.Total != people.Matched+people.Unmatched+people.Ambiguous+people.WithoutAddress ||
		users.Total != users.Matched+users.Second+users.Unmatched+users.Ambiguous+users.WithoutAddress {
		return m, fault.New(fault.Usage, "name a file as --summary wrote it", "it is no manifest: its numbers do not add up")
	}
	return m, nil
}

// Drop is a number that fell since an earlier run.
type Drop struct {
	// What fell: "people", "Coder users", "people with a Coder user", or the
	// share of rows with a value in a column.
	What string
	// Was and Is are numbers, or shares from 0 to 1.
	Was, Is float64
	// IsShare says that Was and Is are shares.
	IsShare bool
}

// String is the drop as a clause: "people fell from 100 to 80".
func (d Drop) String() string {
	if d.IsShare {
		return fmt.Sprintf("%s fell from %.1f %% to %.1f %%", d.What, 100*d.Was, 100*d.Is)
	}
	return fmt.Sprintf("%s fell from %.0f to %.0f", d.What, d.Was, d.Is)
}

// roundingError is a difference, in percent, that only the arithmetic makes.
const roundingError = 1e-9

// Drops are the numbers of m that lie below those of the earlier run by more
// than so many percent of them. How well columns are filled is compared where
// both runs wrote the same rows of the join; comparable says whether they did.
func (m Manifest) Drops(earlier Manifest, percent float64) (drops []Drop, comparable bool) {
	fell := func(d Drop) {
		if 100*(d.Was-d.Is) > (percent+roundingError)*d.Was {
			drops = append(drops, d)
		}
	}
	fell(Drop{What: "people", Was: float64(earlier.People.Total), Is: float64(m.People.Total)})
	fell(Drop{What: "Coder users", Was: float64(earlier.Users.Total), Is: float64(m.Users.Total)})
	fell(Drop{What: "people with a Coder user", Was: float64(earlier.People.Matched), Is: float64(m.People.Matched)})
	for _, source := range m.Sources {
		at := slices.IndexFunc(earlier.Sources, func(s ManifestSource) bool { return s.Role == source.Role && s.Name == source.Name })
		// One source of each role is in the figures above.
		if at >= 0 && source.Role == "idp" && len(m.Sources) > 2 {
			fell(Drop{What: "people of " + source.Name, Was: float64(earlier.Sources[at].Records), Is: float64(source.Records)})
		}
	}
	comparable = m.Join == earlier.Join && slices.Equal(m.Where, earlier.Where)
	if !comparable {
		return drops, false
	}
	for _, column := range m.Columns {
		at := slices.IndexFunc(earlier.Columns, func(c ManifestColumn) bool { return c.Header == column.Header })
		if at >= 0 {
			fell(Drop{What: "the fill of " + column.Header, Was: earlier.Columns[at].Rate, Is: column.Rate, IsShare: true})
		}
	}
	return drops, true
}

// MatchedPercent is how much of the Coder users with an address belongs to a
// person; 100 where there are none.
func (f Figures) MatchedPercent() float64 {
	of := f.Users.Total - f.Users.WithoutAddress
	if of == 0 {
		return 100
	}
	return 100 * float64(f.Users.Matched+f.Users.Second) / float64(of)
}

// IsBelow says whether a percentage is less than another, beyond what the
// arithmetic makes of it.
func IsBelow(percent, least float64) bool { return percent < least-roundingError }
