package sambatest_test

import (
	"encoding/hex"
	"slices"
	"strings"
	"testing"
	"time"

	"cohort/internal/sambatest"
)

func TestCompanyIsTheSameEveryTime(t *testing.T) {
	first, second := sambatest.Company(50), sambatest.Company(50)
	if first != second {
		t.Error("two calls gave different companies")
	}
}

func TestPeopleOfALargerCompanyBeginWithThoseOfASmaller(t *testing.T) {
	small, large := sambatest.People(20), sambatest.People(200)
	for i := range small {
		if small[i].DN() != large[i].DN() || small[i].Manager != large[i].Manager {
			t.Errorf("person %d is %s in one and %s in the other", i, small[i].DN(), large[i].DN())
		}
	}
}

func TestManagersAreThereBeforeTheirPeople(t *testing.T) {
	seen := map[string]bool{"": true}
	for _, person := range sambatest.People(200) {
		if !seen[person.Manager] {
			t.Errorf("%s has the manager %s, who comes later or never", person.DN(), person.Manager)
		}
		seen[person.DN()] = true
	}
}

func TestFileTimeCountsFrom1601(t *testing.T) {
	tests := []struct {
		name string
		time time.Time
		want int64
	}{
		{"its beginning", time.Date(1601, 1, 1, 0, 0, 0, 0, time.UTC), 0},
		{"Unix's beginning", time.Unix(0, 0), 116444736000000000},
		{"half a second later", time.Unix(0, 5e8), 116444736005000000},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := sambatest.FileTime(test.time); got != test.want {
				t.Errorf("got %d, want %d", got, test.want)
			}
		})
	}
}

// bytesOf is a GUID as Active Directory stores it: the first three parts are
// little-endian ([MS-DTYP], section 2.3.4.2).
func bytesOf(id string) string {
	b, err := hex.DecodeString(strings.ReplaceAll(id, "-", ""))
	if err != nil || len(b) != 16 {
		return "not a GUID: " + id
	}
	slices.Reverse(b[0:4])
	slices.Reverse(b[4:6])
	slices.Reverse(b[6:8])
	return string(b)
}
