package diff

import (
	"slices"
	"strings"

	"cohort/internal/fault"
	"cohort/internal/suggest"
)

// Columns says which columns of both exports were compared.
type Columns struct {
	// Compared are in the order of the new export, by its names.
	Compared []string `json:"compared"`
	// OnlyOld and OnlyNew have no partner: of their cells nothing is told.
	OnlyOld []string `json:"only_old"`
	OnlyNew []string `json:"only_new"`
	// Renamed are compared, since their names differ in nothing but case.
	Renamed []Renamed `json:"renamed"`
	// Ignored were left out because the options say so.
	Ignored []string `json:"ignored"`
}

// Renamed is what one column is called in either export.
type Renamed struct {
	Old string `json:"old"`
	New string `json:"new"`
}

// column is one that both exports have, and where it stands in their rows.
type column struct {
	name     string // the new one
	old, new int
	volatile bool
}

// compareColumns pairs the columns of both exports.
func compareColumns(before, after *Export, ignore []string) ([]column, Columns, error) {
	told := Columns{Compared: []string{}, OnlyOld: []string{}, OnlyNew: []string{}, Renamed: []Renamed{}, Ignored: []string{}}
	ignored := func(name string) bool {
		return slices.ContainsFunc(ignore, func(i string) bool { return strings.EqualFold(i, name) })
	}
	all := slices.Concat(after.Headers, before.Headers)
	for _, name := range ignore {
		if !slices.ContainsFunc(all, func(header string) bool { return strings.EqualFold(header, name) }) {
			return nil, told, fault.New(fault.Usage, didYouMean(name, all), "--ignore: neither export has a column %q", name)
		}
	}
	partner := partners(before.Headers, after.Headers)
	var pairs []column
	for at, name := range after.Headers {
		old := partner[at]
		switch {
		case ignored(name):
			told.Ignored = append(told.Ignored, name)
		case old < 0:
			told.OnlyNew = append(told.OnlyNew, name)
		default:
			pairs = append(pairs, column{name, old, at, isVolatile(name)})
			told.Compared = append(told.Compared, name)
			if was := before.Headers[old]; was != name {
				told.Renamed = append(told.Renamed, Renamed{was, name})
			}
		}
	}
	for at, name := range before.Headers {
		switch {
		case slices.Contains(partner, at):
		case ignored(name):
			told.Ignored = append(told.Ignored, name)
		default:
			told.OnlyOld = append(told.OnlyOld, name)
		}
	}
	return pairs, told, nil
}

// partners gives for each new header the place of its old one, or -1: the one
// of the same name, else the only one whose name differs in nothing but case.
func partners(before, after []string) []int {
	partner := make([]int, len(after))
	for i, name := range after {
		partner[i] = slices.Index(before, name)
	}
	for i, name := range after {
		if partner[i] >= 0 {
			continue
		}
		var old []int
		for j, was := range before {
			if strings.EqualFold(was, name) && !slices.Contains(after, was) {
				old = append(old, j)
			}
		}
		rivals := 0
		for _, other := range after {
			if strings.EqualFold(other, name) && !slices.Contains(before, other) {
				rivals++
			}
		}
		if len(old) == 1 && rivals == 1 {
			partner[i] = old[0]
		}
	}
	return partner
}

// find is the place of a column: by its name exactly, else in any case, else
// -1.
func find(headers []string, name string) int {
	if at := slices.Index(headers, name); at >= 0 {
		return at
	}
	return slices.IndexFunc(headers, func(header string) bool { return strings.EqualFold(header, name) })
}

// findFirst is the first pair that has one of the names, or -1.
func findFirst(pairs []column, names ...string) int {
	for _, name := range names {
		at := slices.IndexFunc(pairs, func(c column) bool { return strings.EqualFold(c.name, name) })
		if at >= 0 {
			return at
		}
	}
	return -1
}

func didYouMean(name string, headers []string) string {
	const most = 20
	shown := headers
	if len(headers) > most {
		shown = append(slices.Clone(headers[:most]), "...")
	}
	return suggest.Hint(name, headers, "the columns are "+strings.Join(shown, ", ")+".")
}

// useColumn is the column that says who uses Coder, or -1. An account that is
// suspended or dormant is not used, so that coder_active says more than
// coder_user.
func useColumn(pairs []column) int {
	return findFirst(pairs, "coder_active", "coder_user", "attribute:Coder")
}

// levelColumn is the column of usage levels, or -1.
func levelColumn(pairs []column) int {
	return findFirst(pairs, "coder_usage_level", "attribute:Coder usage level")
}

// use is what a cell says about whether somebody uses Coder.
type use int

const (
	unknown use = iota
	no
	yes
)

func useOf(cell string) use {
	switch strings.ToLower(cell) {
	case "true", "yes":
		return yes
	case "false", "no":
		return no
	default:
		return unknown
	}
}

// levelOf is the rank of a usage level as DX has them, or -1 of what is none:
// where a level is not known, nobody has gone up or down.
func levelOf(cell string) int {
	return slices.Index([]string{"none", "minimal", "light", "moderate", "heavy"}, strings.ToLower(cell))
}

// isVolatile says whether a column changes for everybody who works at all.
func isVolatile(name string) bool {
	return slices.Contains([]string{
		"coder_last_seen_at", "coder_last_active_day", "coder_active_days", "coder_active_seconds",
	}, strings.ToLower(name))
}

// identifies says whether a column tells people apart who share an address.
func identifies(name string) bool {
	return slices.Contains([]string{
		"idp_id", "employee_id", "username", "name", "coder_id", "coder_username",
	}, strings.ToLower(name))
}

// isAddress says whether a column holds e-mail addresses, whose keys are those
// of the join.
func isAddress(name string) bool { return strings.Contains(strings.ToLower(name), "mail") }
