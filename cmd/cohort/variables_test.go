package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMisspeltVariablesAreTold(t *testing.T) {
	got := misspelt(testRoot(), []string{
		"COHORT_LADP_BASE=ou=people", "COHORT_COLUMN=email", "COHORT_LDAP_PASSWORDS=secret",
		// These are ours, say nothing, or are somebody else's.
		"COHORT_LDAP_BASE=ou=people", "COHORT_CONFIG=x", "COHORT_LDAP_PASSWORD=x", "COHORT_COLUMNZ=",
		"COHORT_DEPLOYED_BY_TERRAFORM=1", "XCOHORT_COLUMN=email",
	})
	want := []string{
		"COHORT_COLUMN is no setting, and has no effect; did you mean COHORT_COLUMNS?",
		"COHORT_LADP_BASE is no setting, and has no effect; did you mean COHORT_LDAP_BASE?",
		"COHORT_LDAP_PASSWORDS is no setting, and has no effect; did you mean COHORT_LDAP_PASSWORD?",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
}
