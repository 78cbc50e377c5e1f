package join

import (
	"testing"
)

// FuzzOneOff compares with the textbook's table of distances.
func FuzzOneOff(f *testing.F) {
	for _, pair := range [][2]string{{"ab", "ba"}, {"a", ""}, {"", ""}, {"aab", "ab"}, {"abc", "cab"}, {"ü", "u"}, {"abcd", "abdc"}, {"aa", "bb"}} {
		f.Add(pair[0], pair[1])
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		if len(a) > 60 || len(b) > 60 {
			return
		}
		if got, want := isOneOff(a, b), distance([]rune(a), []rune(b)) == 1; got != want {
			t.Errorf("%q and %q: one off %v, want %v", a, b, got, want)
		}
	})
}

// distance is the number of insertions, deletions, substitutions and swaps of
// neighbours (optimal string alignment) that make b of a.
func distance(a, b []rune) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		for j := range d[i] {
			switch {
			case i == 0 || j == 0:
				d[i][j] = i + j
				continue
			case a[i-1] == b[j-1]:
				d[i][j] = d[i-1][j-1]
				continue
			}
			d[i][j] = 1 + min(d[i-1][j], d[i][j-1], d[i-1][j-1])
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}
