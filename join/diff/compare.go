package diff

import "cohort/idp"

// Options say how two exports are compared.
type Options struct {
	// Key are the columns that say together which row is whose; none stands for
	// email. In those with "mail" in their name, addresses are compared as the
	// join compares them ([join.ExactKey]).
	Key []string
	// Ignore are columns that are not compared.
	Ignore []string
}

// Compare finds what changed. Rows are matched by their keys. Of several rows
// with one key, equal ones are matched first, then those that are most alike;
// rows without a key are matched only where they are equal. Errors are of the
// kind [fault.Usage].
func Compare(before, after *Export, options Options) (*Result, error) {
	c := comparison{Result: Result{Key: options.Key}}
	if len(c.Key) == 0 {
		c.Key = []string{string(idp.Email)}
	}
	var err error
	if c.pairs, c.Columns, err = compareColumns(before, after, options.Ignore); err != nil {
		return nil, err
	}
	older, err := sortByKey(before, c.Key)
	if err != nil {
		return nil, err
	}
	newer, err := sortByKey(after, c.Key)
	if err != nil {
		return nil, err
	}
	c.prepare(before, after)
	c.Old, c.New = c.older.describe(older), c.newer.describe(newer)
	c.walk(older, newer)
	c.finish()
	return &c.Result, nil
}

// comparison is a result that grows.
type comparison struct {
	Result
	pairs        []column
	use, level   int   // among pairs, or -1
	cells        []int // changed, by pair
	match        matcher
	older, newer reader
}

func (c *comparison) prepare(before, after *Export) {
	c.use, c.level = useColumn(c.pairs), levelColumn(c.pairs)
	c.cells = make([]int, len(c.pairs))
	c.match = newMatcher(c.pairs)
	c.older, c.newer = newReader(before), newReader(after)
	if c.use >= 0 {
		c.UseColumn = c.pairs[c.use].name
		c.older.use, c.newer.use = c.pairs[c.use].old, c.pairs[c.use].new
	}
	if c.level >= 0 {
		c.LevelColumn = c.pairs[c.level].name
	}
}

// walk goes over both exports key by key.
func (c *comparison) walk(older, newer []keyed) {
	// Rows without a key come first.
	before, older := cutGroup(older, "")
	after, newer := cutGroup(newer, "")
	left, joined, same := c.match.cancel(before, after)
	c.Counts.Same += same
	c.Removed, c.Added = c.older.rows(left), c.newer.rows(joined)

	for len(older) > 0 || len(newer) > 0 {
		var key string
		switch {
		case len(older) == 0:
			key = newer[0].key
		case len(newer) == 0:
			key = older[0].key
		default:
			key = min(older[0].key, newer[0].key)
		}
		before, older = cutGroup(older, key)
		after, newer = cutGroup(newer, key)
		if len(before) == 1 && len(after) == 1 {
			c.compare(before[0], after[0])
			continue
		}
		left, joined, same := c.match.cancel(before, after)
		c.Counts.Same += same
		var pairs [][2]content
		if isCrowd(left, joined) {
			c.Counts.Crowds++
		} else {
			pairs, left, joined = c.match.pairUp(left, joined)
		}
		for _, pair := range pairs {
			c.compare(pair[0].row, pair[1].row)
		}
		c.Left = append(c.Left, c.older.rows(left)...)
		c.Joined = append(c.Joined, c.newer.rows(joined)...)
	}
}

// compare notes the cells that changed in one row.
func (c *comparison) compare(before, after keyed) {
	changed, lasting := false, false
	for i, column := range c.pairs {
		was, is := before.cells[column.old], after.cells[column.new]
		if was == is {
			continue
		}
		changed, lasting = true, lasting || !column.volatile
		c.cells[i]++
		to := &c.Changed
		switch i {
		case c.use:
			switch {
			case useOf(was) == no && useOf(is) == yes:
				to = &c.Started
			case useOf(was) == yes && useOf(is) == no:
				to = &c.Stopped
			}
		case c.level:
			switch from, now := levelOf(was), levelOf(is); {
			case from < 0 || now < 0:
			case from < now:
				to = &c.LevelUp
			case from > now:
				to = &c.LevelDown
			}
		}
		name := c.newer.name(after)
		if name == "" {
			name = c.older.name(before)
		}
		*to = append(*to, Cell{shownKey(after.key), name, column.name, was, is})
	}
	switch {
	case !changed:
		c.Counts.Same++
	case lasting:
		c.Counts.Changed++
	default:
		c.Counts.Changed++
		c.Counts.OnlyVolatile++
	}
}

// finish counts.
func (c *comparison) finish() {
	// An empty list is a list in JSON, too.
	for _, rows := range []*[]Row{&c.Joined, &c.Left, &c.Added, &c.Removed} {
		*rows = append([]Row{}, *rows...)
	}
	for _, cells := range []*[]Cell{&c.Started, &c.Stopped, &c.LevelUp, &c.LevelDown, &c.Changed} {
		*cells = append([]Cell{}, *cells...)
		c.Counts.Cells += len(*cells)
	}
	c.Counts.Joined, c.Counts.JoinedUsing = len(c.Joined), countUsing(c.Joined)
	c.Counts.Left, c.Counts.LeftUsing = len(c.Left), countUsing(c.Left)
	c.Counts.Added, c.Counts.Removed = len(c.Added), len(c.Removed)
	c.Counts.Started, c.Counts.Stopped = len(c.Started), len(c.Stopped)
	c.Counts.LevelUp, c.Counts.LevelDown = len(c.LevelUp), len(c.LevelDown)
	c.ByColumn = []ColumnCount{}
	for i, n := range c.cells {
		if column := c.pairs[i]; n > 0 {
			c.ByColumn = append(c.ByColumn, ColumnCount{column.name, n, column.volatile})
		}
	}
}

func countUsing(rows []Row) int {
	n := 0
	for _, row := range rows {
		if row.UsesCoder != nil && *row.UsesCoder {
			n++
		}
	}
	return n
}
