package diff

import (
	"cmp"
	"slices"
	"strings"

	"cohort/internal/fault"
	"cohort/join"
)

// keyed is a row and the key that it is matched by, "" where it has none.
type keyed struct {
	key   string
	cells []string
}

// keySeparator stands between the parts of a key of several columns.
const keySeparator = "\x00"

// sortByKey gives the rows of an export in the order of their keys. Of several
// key columns one is enough for a row to have a key.
func sortByKey(e *Export, columns []string) ([]keyed, error) {
	places := make([]int, len(columns))
	for i, name := range columns {
		if places[i] = find(e.Headers, name); places[i] < 0 {
			return nil, fault.New(fault.Usage, didYouMean(name, e.Headers)+" --key names the column to match by",
				"%s has no column %q", e.Name, name)
		}
	}
	rows := make([]keyed, len(e.Rows))
	parts := make([]string, len(columns))
	for i, cells := range e.Rows {
		rows[i].cells = cells
		hasKey := false
		for part, name := range columns {
			parts[part] = cells[places[part]]
			if isAddress(name) {
				parts[part] = join.ExactKey(parts[part])
			}
			isNothing := parts[part] == "" || isAttribute(name) && parts[part] == nothingInDX
			hasKey = hasKey || !isNothing
		}
		if hasKey {
			rows[i].key = strings.Join(parts, keySeparator)
		}
	}
	slices.SortStableFunc(rows, func(a, b keyed) int { return cmp.Compare(a.key, b.key) })
	return rows, nil
}

// cutGroup takes the rows of the first key off the front, where that key is key.
func cutGroup(rows []keyed, key string) (group, rest []keyed) {
	n := 0
	for n < len(rows) && rows[n].key == key {
		n++
	}
	return rows[:n], rows[n:]
}

// content is a row's compared cells, in the order of the columns' names, so
// that the order of the columns in the exports makes no difference.
type content struct {
	cells []string
	row   keyed
	// rank is the same for equal contents of both exports.
	rank int
}

// matcher finds which rows belong together that share a key, or have none. What
// it finds is the same whichever export is the older.
type matcher struct{ columns []column }

func newMatcher(columns []column) matcher {
	columns = slices.Clone(columns)
	slices.SortFunc(columns, func(a, b column) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a.name), strings.ToLower(b.name)), cmp.Compare(a.name, b.name))
	})
	return matcher{columns}
}

// cancel takes away what both have, row for row, and counts it.
func (m matcher) cancel(before, after []keyed) (left, joined []content, same int) {
	older := m.contents(before, func(c column) int { return c.old })
	newer := m.contents(after, func(c column) int { return c.new })
	for rank := 0; len(older) > 0 || len(newer) > 0; rank++ {
		order := 0 // as it is where one of them is empty
		switch {
		case len(newer) == 0:
			order = -1
		case len(older) == 0:
			order = 1
		default:
			order = slices.Compare(older[0].cells, newer[0].cells)
		}
		switch {
		case order == 0:
			older, newer = older[1:], newer[1:]
			same++
		case order < 0:
			older[0].rank = rank
			left, older = append(left, older[0]), older[1:]
		default:
			newer[0].rank = rank
			joined, newer = append(joined, newer[0]), newer[1:]
		}
	}
	return left, joined, same
}

// contents are the compared cells of rows, in order.
func (m matcher) contents(rows []keyed, place func(column) int) []content {
	all := make([]content, len(rows))
	for i, row := range rows {
		cells := make([]string, len(m.columns))
		for j, c := range m.columns {
			cells[j] = row.cells[place(c)]
		}
		all[i] = content{cells: cells, row: row}
	}
	slices.SortStableFunc(all, func(a, b content) int { return slices.Compare(a.cells, b.cells) })
	return all
}

// mostPairs is how many ways of pairing the rows of one key are weighed. Where
// there are more, the key says too little about who is who.
const mostPairs = 10_000

// isCrowd says whether rows of one key are too many to be paired.
func isCrowd(left, joined []content) bool { return len(left)*len(joined) > mostPairs }

// pairUp pairs the rows that are most alike, the most alike first. What is left
// over on either side has no partner.
func (m matcher) pairUp(left, joined []content) (pairs [][2]content, restLeft, restJoined []content) {
	type way struct{ alike, old, new int }
	ways := make([]way, 0, len(left)*len(joined))
	for i := range left {
		for j := range joined {
			ways = append(ways, way{m.likeness(left[i].cells, joined[j].cells), i, j})
		}
	}
	slices.SortFunc(ways, func(a, b way) int {
		aOld, aNew, bOld, bNew := left[a.old].rank, joined[a.new].rank, left[b.old].rank, joined[b.new].rank
		return cmp.Or(cmp.Compare(b.alike, a.alike),
			cmp.Compare(min(aOld, aNew), min(bOld, bNew)), cmp.Compare(max(aOld, aNew), max(bOld, bNew)))
	})
	takenLeft, takenJoined := make([]bool, len(left)), make([]bool, len(joined))
	for _, w := range ways {
		if !takenLeft[w.old] && !takenJoined[w.new] {
			takenLeft[w.old], takenJoined[w.new] = true, true
			pairs = append(pairs, [2]content{left[w.old], joined[w.new]})
		}
	}
	return pairs, without(left, takenLeft), without(joined, takenJoined)
}

// likeness counts the cells that are equal and not empty. One that tells people
// apart counts more than all others.
func (m matcher) likeness(older, newer []string) int {
	alike := 0
	for i, cell := range older {
		switch {
		case cell == "" || cell != newer[i]:
		case identifies(m.columns[i].name):
			alike += len(m.columns)
		default:
			alike++
		}
	}
	return alike
}

func without(all []content, taken []bool) []content {
	var rest []content
	for i, c := range all {
		if !taken[i] {
			rest = append(rest, c)
		}
	}
	return rest
}
