package join

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"cohort/internal/fault"
)

// ReadManifest reads a manifest that an earlier run wrote.
func ReadManifest(r io.Reader) (Manifest, error) {
	var m Manifest
	if err := json.NewDecoder(r).Decode(&m); err != nil {
		return m, fault.New(fault.Usage, "name a file that --summary wrote", "it is no manifest: %w", err)
	}
	if len(m.Sources) == 0 || len(m.Columns) == 0 {
		return m, fault.New(fault.Usage, "name a file that --summary wrote", "it is no manifest: it names no sources or no columns")
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

// Drops are the numbers of m that lie below those of the earlier run by more
// than a share of them, which is from 0 to 1. How well columns are filled is
// compared where both runs wrote the same rows of the join; comparable says
// whether they did.
func (m Manifest) Drops(earlier Manifest, share float64) (drops []Drop, comparable bool) {
	fell := func(d Drop) {
		if d.Is < d.Was*(1-share) {
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

// MatchedShare is the share of the Coder users with an address who belong to a
// person, from 0 to 1; 1 where there are none.
func (f Figures) MatchedShare() float64 {
	of := f.Users.Total - f.Users.WithoutAddress
	if of == 0 {
		return 1
	}
	return float64(f.Users.Matched+f.Users.Second) / float64(of)
}
