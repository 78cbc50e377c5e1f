package join

import "strings"

// DXFigures counts the rows that were made ready, and those left out by why.
type DXFigures struct {
	Rows           int `json:"rows"`
	WithoutAddress int `json:"without_address"`
	Ambiguous      int `json:"ambiguous"`
	Disabled       int `json:"disabled"`
	// Duplicate rows share an e-mail with another row.
	Duplicate int `json:"duplicate_email"`
	// Unknown rows are of people whom DX does not know.
	Unknown int `json:"unknown_to_dx"`
	// NotWritten counts the people whom DX knows and gets no row for: their
	// attributes stay as they are.
	NotWritten int `json:"dx_users_without_a_row"`
}

// LeftOut says how many people got no row, and why: "3 disabled, 1 ambiguous".
// count writes a number.
func (f DXFigures) LeftOut(count func(int) string) string {
	var left []string
	for _, one := range []struct {
		n   int
		why string
	}{
		{f.Disabled, "disabled"},
		{f.WithoutAddress, "without an e-mail"},
		{f.Ambiguous, "ambiguous"},
		{f.Duplicate, "with an e-mail that others have"},
		{f.Unknown, "unknown to DX"},
	} {
		if one.n > 0 {
			left = append(left, count(one.n)+" "+one.why)
		}
	}
	return strings.Join(left, ", ")
}
