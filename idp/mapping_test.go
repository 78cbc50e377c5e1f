package idp_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cohort/idp"
	"cohort/internal/fault"
)

func TestParseMapping(t *testing.T) {
	got, err := idp.ParseMapping([]string{"title=jobTitle", " Email = Work Mail ", "idp_id=a=b", "title=jobTitle"})
	want := idp.Mapping{idp.Title: "jobTitle", idp.Email: "Work Mail", idp.ID: "a=b"}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("error %v, mapping (-want +got):\n%s", err, diff)
	}
	for spec, says := range map[string]string{
		"title":               `--map: "title" names no field and attribute; write field=attribute`,
		"=x":                  "names no field",
		"title=":              "names no field",
		"titel=x":             `there is no field "titel"; did you mean title?`,
		"idp_source=x":        `there is no field "idp_source"`,
		"xxxxxxxxxxxx=y":      "allowed are email, idp_id, idp_status, aliases, logins, name,",
		"title=x\ntitle=y":    "title has two attributes, x and y",
		"coder_user=whatever": `there is no field "coder_user"`,
	} {
		if _, err := idp.ParseMapping(strings.Split(spec, "\n")); fault.KindOf(err) != fault.Usage || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: got error %v, want one of usage with %q", spec, err, says)
		}
	}
}

func TestMappableFieldsAreAllButTheSource(t *testing.T) {
	for _, field := range append(idp.MappedFields(), idp.Email, idp.ID, idp.StatusName) {
		if !slices.Contains(idp.MappableFields(), field) {
			t.Errorf("%s cannot be mapped", field)
		}
	}
}
