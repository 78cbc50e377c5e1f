package diff_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cohort/join"
	"cohort/join/diff"
)

// random is an export that is crowded enough for every case to be common: few
// keys in several spellings, few values, columns that come and go.
func random(r *rand.Rand) *diff.Export {
	values := map[string][]string{
		"email":             {"", "a@x", "A@X", " a@x ", "b@x", "ü@x", "Ü@x", "c@x", "d@x", "e@x"},
		"name":              {"", "Ada", "Ben"},
		"title":             {"", "T1", "T2"},
		"Team":              {"", "x", "y"},
		"coder_active":      {"", "true", "false"},
		"coder_usage_level": {"", "None", "light", "Heavy", "?"},
	}
	headers := []string{"email"}
	for _, header := range slices.Sorted(maps.Keys(values)) {
		if header != "email" && r.IntN(5) > 0 {
			headers = append(headers, header)
		}
	}
	r.Shuffle(len(headers), func(i, j int) { headers[i], headers[j] = headers[j], headers[i] })
	export := &diff.Export{Name: "random", Headers: slices.Clone(headers)}
	for range r.IntN(9) {
		row := make([]string, len(headers))
		for i, header := range headers {
			row[i] = values[header][r.IntN(len(values[header]))]
		}
		export.Rows = append(export.Rows, row)
	}
	if at := slices.Index(headers, "title"); at >= 0 && r.IntN(3) == 0 {
		export.Headers[at] = "Title"
	}
	return export
}

// changes are the rows of the CSV, sorted, without what they say of columns.
func changes(r *diff.Result) []string {
	var all []string
	row := func(change string, rows []diff.Row) {
		for _, row := range rows {
			all = append(all, fmt.Sprintf("%s\t%s", change, row.Key))
		}
	}
	cell := func(change string, cells []diff.Cell) {
		for _, c := range cells {
			all = append(all, fmt.Sprintf("%s\t%s\t%s\t%s\t%s", change, c.Key, strings.ToLower(c.Column), c.Old, c.New))
		}
	}
	row("joined", r.Joined)
	row("left", r.Left)
	row("added", r.Added)
	row("removed", r.Removed)
	cell("started", r.Started)
	cell("stopped", r.Stopped)
	cell("up", r.LevelUp)
	cell("down", r.LevelDown)
	cell("changed", r.Changed)
	slices.Sort(all)
	return all
}

// naive compares every row with every other, as the documentation says it.
func naive(before, after *diff.Export) []string {
	lower := func(headers []string) []string {
		var all []string
		for _, header := range headers {
			all = append(all, strings.ToLower(header))
		}
		return all
	}
	old, now := lower(before.Headers), lower(after.Headers)
	var common []string
	for _, header := range old {
		if slices.Contains(now, header) {
			common = append(common, header)
		}
	}
	slices.Sort(common)
	project := func(headers []string, rows [][]string) (all []map[string]string) {
		for _, row := range rows {
			cells := make(map[string]string)
			for _, name := range common {
				cells[name] = row[slices.Index(headers, name)]
			}
			all = append(all, cells)
		}
		return all
	}
	text := func(cells map[string]string) (s string) {
		for _, name := range common {
			s += cells[name] + "\x00"
		}
		return s
	}
	key := func(cells map[string]string) string { return join.ExactKey(cells["email"]) }
	likeness := func(a, b map[string]string) (n int) {
		for _, name := range common {
			if a[name] != "" && a[name] == b[name] {
				n++
				if name == "name" {
					n += len(common) - 1
				}
			}
		}
		return n
	}

	left, joined := project(old, before.Rows), project(now, after.Rows)
	// Equal rows first.
	for i := 0; i < len(left); i++ {
		j := slices.IndexFunc(joined, func(cells map[string]string) bool { return text(cells) == text(left[i]) })
		if j >= 0 {
			left, joined = slices.Delete(left, i, i+1), slices.Delete(joined, j, j+1)
			i--
		}
	}
	var all []string
	for {
		bestLeft, bestJoined := -1, -1
		best := func(i, j int) bool {
			if bestLeft < 0 {
				return true
			}
			mine, his := likeness(left[i], joined[j]), likeness(left[bestLeft], joined[bestJoined])
			if mine != his {
				return mine > his
			}
			a := []string{text(left[i]), text(joined[j])}
			b := []string{text(left[bestLeft]), text(joined[bestJoined])}
			slices.Sort(a)
			slices.Sort(b)
			return slices.Compare(a, b) < 0
		}
		for i := range left {
			for j := range joined {
				if key(left[i]) != "" && key(left[i]) == key(joined[j]) && best(i, j) {
					bestLeft, bestJoined = i, j
				}
			}
		}
		if bestLeft < 0 {
			break
		}
		was, is := left[bestLeft], joined[bestJoined]
		for _, name := range common {
			if was[name] != is[name] {
				all = append(all, fmt.Sprintf("%s\t%s\t%s\t%s\t%s", naiveKind(name, was[name], is[name]), key(is), name, was[name], is[name]))
			}
		}
		left, joined = slices.Delete(left, bestLeft, bestLeft+1), slices.Delete(joined, bestJoined, bestJoined+1)
	}
	for _, cells := range left {
		all = append(all, map[bool]string{true: "removed\t", false: "left\t" + key(cells)}[key(cells) == ""])
	}
	for _, cells := range joined {
		all = append(all, map[bool]string{true: "added\t", false: "joined\t" + key(cells)}[key(cells) == ""])
	}
	slices.Sort(all)
	return all
}

func naiveKind(column, was, is string) string {
	switch column + " " + strings.ToLower(was+" "+is) {
	case "coder_active false true":
		return "started"
	case "coder_active true false":
		return "stopped"
	case "coder_usage_level none light", "coder_usage_level none heavy", "coder_usage_level light heavy":
		return "up"
	case "coder_usage_level light none", "coder_usage_level heavy none", "coder_usage_level heavy light":
		return "down"
	default:
		return "changed"
	}
}

// mirrored is what the changes are when the old export is the new one.
func mirrored(all []string) []string {
	swap := map[string]string{
		"joined": "left", "left": "joined", "added": "removed", "removed": "added",
		"started": "stopped", "stopped": "started", "up": "down", "down": "up", "changed": "changed",
	}
	var back []string
	for _, change := range all {
		parts := strings.Split(change, "\t") // and column and both values
		parts[0] = swap[parts[0]]
		if len(parts) == 5 {
			parts[3], parts[4] = parts[4], parts[3]
		}
		back = append(back, strings.Join(parts, "\t"))
	}
	slices.Sort(back)
	return back
}

func mustCompare(t *testing.T, before, after *diff.Export) *diff.Result {
	t.Helper()
	result, err := diff.Compare(before, after, diff.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// shuffled is the same export in another order of rows and columns.
func shuffled(r *rand.Rand, e *diff.Export) *diff.Export {
	order := r.Perm(len(e.Headers))
	pick := func(cells []string) (all []string) {
		for _, at := range order {
			all = append(all, cells[at])
		}
		return all
	}
	other := &diff.Export{Name: e.Name, Headers: pick(e.Headers)}
	for _, row := range r.Perm(len(e.Rows)) {
		other.Rows = append(other.Rows, pick(e.Rows[row]))
	}
	return other
}

func TestWhatHoldsForAllExports(t *testing.T) {
	seen := make(map[string]int)
	for seed := range uint64(2_000) {
		r := rand.New(rand.NewPCG(seed, 7))
		before, after := random(r), random(r)
		result := mustCompare(t, before, after)
		got := changes(result)
		for _, change := range got {
			kind, _, _ := strings.Cut(change, "\t")
			seen[kind]++
		}
		if diff := cmp.Diff(naive(before, after), got); diff != "" {
			t.Fatalf("seed %d: beside the naive comparison (-want +got):\n%s", seed, diff)
		}
		if diff := cmp.Diff(mirrored(got), changes(mustCompare(t, after, before))); diff != "" {
			t.Fatalf("seed %d: the other way round (-want +got):\n%s", seed, diff)
		}
		if diff := cmp.Diff(got, changes(mustCompare(t, shuffled(r, before), shuffled(r, after)))); diff != "" {
			t.Fatalf("seed %d: in another order (-want +got):\n%s", seed, diff)
		}
		if same := mustCompare(t, before, shuffled(r, before)); same.Differs() {
			t.Fatalf("seed %d: an export differs from itself: %v", seed, changes(same))
		}
		checkSums(t, seed, result)
	}
	if len(seen) != 9 {
		t.Errorf("not every kind of change was seen: %v", seen)
	}
}

// checkSums holds the counts to adding up.
func checkSums(t *testing.T, seed uint64, r *diff.Result) {
	t.Helper()
	c := r.Counts
	clear, unclear := 0, 0
	for _, cell := range r.Changed {
		if cell.Column != r.UseColumn {
			continue
		}
		switch {
		case cell.New == "true":
			clear++
		case cell.Old == "true":
			unclear++
		}
	}
	added := func(rows []diff.Row) (n int) {
		for _, row := range rows {
			if row.UsesCoder != nil && *row.UsesCoder {
				n++
			}
		}
		return n
	}
	byColumn := 0
	for _, column := range r.ByColumn {
		byColumn += column.Cells
	}
	for what, sums := range map[string][2]int{
		"old rows": {r.Old.Rows, c.Left + c.Removed + c.Changed + c.Same},
		"new rows": {r.New.Rows, c.Joined + c.Added + c.Changed + c.Same},
		"cells":    {c.Cells, byColumn},
		"users": {r.New.UsingCoder, r.Old.UsingCoder + c.Started - c.Stopped + clear - unclear +
			c.JoinedUsing - c.LeftUsing + added(r.Added) - added(r.Removed)},
	} {
		if sums[0] != sums[1] {
			t.Fatalf("seed %d: %s: %d, but %d by what happened to them", seed, what, sums[0], sums[1])
		}
	}
}
