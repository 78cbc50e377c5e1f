// Package suggest answers a slip of the pen with what was probably meant.
package suggest

import "strings"

// Nearest is the candidate that a person probably meant by name, or "" where
// none is near. Upper case, hyphens and underscores do not count.
func Nearest(name string, candidates []string) string {
	plain := strings.NewReplacer("-", "", "_", "")
	bare := plain.Replace(strings.ToLower(name))
	best, bestDistance := "", max(1, len(bare)/3)+1
	for _, candidate := range candidates {
		if d := editDistance(bare, plain.Replace(strings.ToLower(candidate))); d < bestDistance {
			best, bestDistance = candidate, d
		}
	}
	return best
}

// Hint is what to say of a name that is unknown: it asks whether the nearest
// candidate was meant, or is otherwise where none is near.
func Hint(name string, candidates []string, otherwise string) string {
	if near := Nearest(name, candidates); near != "" {
		return "did you mean " + near + "?"
	}
	return otherwise
}

// editDistance counts insertions, deletions, replacements and swaps of
// neighbouring bytes (optimal string alignment).
func editDistance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
