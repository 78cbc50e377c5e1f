package ldap_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cohort/idp"
	"cohort/internal/fault"
)

// ranged answers as Active Directory does for a list of five, two at a time.
// last is what it calls the last part.
func ranged(last string) func(w *wire, _ int, asked query) {
	values := []string{"v0", "v1", "v2", "v3", "v4"}
	const dn = "cn=ada,dc=example,dc=com"
	parts := 0
	return func(w *wire, _ int, asked query) {
		start := 0
		if asked.base == dn {
			parts++
			start = 2 * parts
		}
		end, name := start+2, fmt.Sprintf("member;range=%d-%d", start, start+1)
		if end >= len(values) {
			end, name = len(values), fmt.Sprintf(last, start)
		}
		w.entry(asked.id, dn, map[string][]string{"entryUUID": {"1"}, "member": {}, name: values[start:end]})
		if asked.paged {
			w.last(asked.id)
			return
		}
		w.done(asked.id, 0)
	}
}

func TestLongListsAreReadToTheirEnd(t *testing.T) {
	people, err := collect(t.Context(), t, connect(t, serve(t, script{page: ranged("member;range=%d-*")})), idp.Request{Attributes: []string{"member"}})
	if err != nil || len(people) != 1 {
		t.Fatalf("%d people and the error %v, want one", len(people), err)
	}
	if diff := cmp.Diff("v0 v1 v2 v3 v4", strings.Join(people[0].Attributes[0].Items, " ")); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}
}

func TestALongListWithoutItsEndIsAnError(t *testing.T) {
	_, err := collect(t.Context(), t, connect(t, serve(t, script{page: ranged("other;range=%d-*")})), idp.Request{Attributes: []string{"member"}})
	wantFailure(t, err, fault.Source, "did not give the values of member of cn=ada,dc=example,dc=com from the 5. on")
}
