package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTheSummaryFitsTheTerminal(t *testing.T) {
	lines := []summaryLine{
		{"people", 123_456, "ldaps://ldap.köln.example, as far as the server tells"},
		{"  without", 7, ""},
		{"rows written", 65, "/a/path/that/is/longer/than/the/terminal/is/wide.csv, csv"},
		{"manifest", uncounted, "経営企画部.json"},
	}
	for _, test := range []struct {
		name  string
		width int
		want  string
	}{
		{"no terminal", 0, `
people        123,456  ldaps://ldap.köln.example, as far as the server tells
  without           7
rows written       65  /a/path/that/is/longer/than/the/terminal/is/wide.csv, csv
manifest               経営企画部.json
`},
		{"room beside the counts", 52, `
people        123,456  ldaps://ldap.köln.example, as
                       far as the server tells
  without           7
rows written       65  /a/path/that/is/longer/than/the/terminal/is/wide.csv,
                       csv
manifest               経営企画部.json
`},
		{"room below them", 34, `
people        123,456
    ldaps://ldap.köln.example, as
    far as the server tells
  without           7
rows written       65
    /a/path/that/is/longer/than/the/terminal/is/wide.csv,
    csv
manifest
    経営企画部.json
`},
	} {
		t.Run(test.name, func(t *testing.T) {
			var said strings.Builder
			writeSummary(&said, lines, test.width)
			if diff := cmp.Diff(test.want[1:], said.String()); diff != "" {
				t.Errorf("said (-want +got):\n%s", diff)
			}
		})
	}
}
