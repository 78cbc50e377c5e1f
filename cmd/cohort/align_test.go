package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAlignedColumns(t *testing.T) {
	rows := [][]string{{"田中", "x", "one two three four"}, {"a", "", "two"}, {}, {"b"}}
	for _, test := range []struct {
		name  string
		rows  [][]string
		width int
		want  string
	}{
		{"no terminal", rows, 0, "田中  x  one two three four\na        two\n\nb"},
		{"all fits", rows, 27, "田中  x  one two three four\na        two\n\nb"},
		{"the last cell goes on below its row where there is little room", rows, 26, "田中  x\n      one two three four\na        two\n\nb"},
		{"and is broken there too", rows, 20, "田中  x\n      one two three\n      four\na        two\n\nb"},
		{
			"it goes on below itself where there is room",
			[][]string{{"a", "one two three four five six seven eight nine ten eleven twelve"}}, 54,
			"a  one two three four five six seven eight nine ten\n   eleven twelve",
		},
		{
			"a word alone stays near its column",
			[][]string{{"person", "c0de0000-0000"}, {"a-longer-person", "x"}}, 22,
			"person\n         c0de0000-0000\na-longer-person  x",
		},
		{"words are never broken", [][]string{{"a longer-than-the-line b"}}, 10, "a\nlonger-than-the-line\nb"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, strings.Join(align(test.rows, test.width), "\n")); diff != "" {
				t.Errorf("lines (-want +got):\n%s", diff)
			}
		})
	}
}
