package coder_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cohort/coder"
	"cohort/fixtures"
)

func TestEachDayOfUsageIsToldOnce(t *testing.T) {
	d, err := fixtures.ServeCoder(numbered(1, 2), fixtures.CoderOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	var told, want []string
	for day := range 28 {
		want = append(want, fmt.Sprintf("%d of 28", day+1))
	}
	c := client(t, coder.Config{URL: d.URL, Token: d.Token, AllowEmpty: true, Progress: func(come, days int) {
		told = append(told, fmt.Sprintf("%d of %d", come, days))
	}})
	if _, err := c.Usage(t.Context(), window(t, "28d", "UTC", noon())); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
}
