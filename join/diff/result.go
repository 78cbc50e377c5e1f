package diff

import "cohort/join"

// Result is what changed from one export to another. All lists are in the order
// of the keys.
type Result struct {
	Old     Side     `json:"old"`
	New     Side     `json:"new"`
	Key     []string `json:"key"`
	Columns Columns  `json:"columns"`
	// UseColumn says who uses Coder, LevelColumn how much; "" where no column
	// of both exports does.
	UseColumn   string `json:"use_column"`
	LevelColumn string `json:"level_column"`
	Counts      Counts `json:"counts"`
	// ByColumn counts the changed cells of each column that has any.
	ByColumn []ColumnCount `json:"changes_by_column"`

	Joined []Row `json:"joined"`
	Left   []Row `json:"left"`
	// Added and Removed have no key, so that they may be the same people.
	Added   []Row `json:"added_without_key"`
	Removed []Row `json:"removed_without_key"`

	// Each changed cell is in one of these.
	Started   []Cell `json:"started_using_coder"`
	Stopped   []Cell `json:"stopped_using_coder"`
	LevelUp   []Cell `json:"level_up"`
	LevelDown []Cell `json:"level_down"`
	Changed   []Cell `json:"changed"`
}

// Side is one of the exports.
type Side struct {
	Name   string      `json:"name"`
	Format join.Format `json:"format"`
	Rows   int         `json:"rows"`
	// UsingCoder counts the rows that the use column says yes of.
	UsingCoder int `json:"using_coder"`
	// WithoutKey counts the rows that can be matched only by being equal.
	WithoutKey int `json:"without_key"`
	// SharedKeys counts the keys that several rows have.
	SharedKeys int `json:"shared_keys"`
}

// Counts add up: the old rows are those that left, were removed, changed or are
// the same, the new ones those that joined, were added, changed or are the same.
type Counts struct {
	Joined int `json:"joined"`
	Left   int `json:"left"`
	// JoinedUsing and LeftUsing are those of them that the use column says yes
	// of.
	JoinedUsing int `json:"joined_using_coder"`
	LeftUsing   int `json:"left_using_coder"`
	Added       int `json:"added_without_key"`
	Removed     int `json:"removed_without_key"`
	Changed     int `json:"changed"`
	// OnlyVolatile counts the rows among the changed that changed in volatile
	// columns and no others.
	OnlyVolatile int `json:"changed_only_volatile"`
	Same         int `json:"same"`
	Cells        int `json:"changed_cells"`
	Started      int `json:"started_using_coder"`
	Stopped      int `json:"stopped_using_coder"`
	LevelUp      int `json:"level_up"`
	LevelDown    int `json:"level_down"`
	// Crowds counts the keys with so many changed rows that none were paired:
	// they count as joined and left.
	Crowds int `json:"crowded_keys"`
}

// ColumnCount counts the changed cells of a column.
type ColumnCount struct {
	Column string `json:"column"`
	Cells  int    `json:"cells"`
	// Volatile columns change for everybody who works at all.
	Volatile bool `json:"volatile"`
}

// Row is one that only one of the exports has.
type Row struct {
	Key string `json:"key"`
	// Name is what the row calls the person; of a row without a key or a name,
	// the first cell that says anything.
	Name string `json:"name"`
	// UsesCoder is nil where the row does not say.
	UsesCoder *bool `json:"uses_coder"`
}

// Cell is one that changed.
type Cell struct {
	Key    string `json:"key"`
	Name   string `json:"name"`
	Column string `json:"column"`
	Old    string `json:"old"`
	New    string `json:"new"`
}

// Differs says whether anything changed, be it only the columns.
func (r *Result) Differs() bool {
	c := r.Counts
	return c.Joined+c.Left+c.Added+c.Removed+c.Changed+len(r.Columns.OnlyOld)+len(r.Columns.OnlyNew)+len(r.Columns.Renamed) > 0
}
