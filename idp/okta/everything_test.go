package okta

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cohort/idp"
)

func TestAllAttributesAreTheProfileAndWhatStandsBesideIt(t *testing.T) {
	raw := `{
		"id": "00u1", "status": "ACTIVE", "created": "2026-01-01T00:00:00.000Z", "lastLogin": null, "title": "beside the profile",
		"type": {"id": "oty1", "more": {"deep": true}},
		"profile": {"login": "ada@example.com", "email": "ada@example.com", "Title": "Analyst", "skills": ["Go", null], "device": {"os": "linux"},
			"none": "", "status": "on leave", "twice": "first", "twice": "second", "big": 9124292845052625961},
		"credentials": {"recovery_question": {"question": "Who?"}},
		"_links": {"self": {"href": "https://acme.okta.com"}}, "_embedded": {"x": 1}
	}`
	r, err := recordOf(json.RawMessage(raw))
	if err != nil {
		t.Fatal(err)
	}
	p := mappingOf(idp.Request{All: true}, membership{}).person(r)
	want := []idp.Attribute{
		{Name: "login", Value: idp.TextOf("ada@example.com"), Feeds: []idp.Field{idp.Logins, idp.Username}},
		{Name: "email", Value: idp.TextOf("ada@example.com"), Feeds: []idp.Field{idp.Email}},
		{Name: "Title", Value: idp.TextOf("Analyst")},
		{Name: "skills", Value: idp.ListOf("Go")},
		{Name: "device", Value: idp.TextOf(`{"os":"linux"}`)},
		{Name: "profile.status", Value: idp.TextOf("on leave")},
		{Name: "twice", Value: idp.TextOf("second")},
		{Name: "big", Value: idp.NumberOf("9124292845052625961")},
		{Name: "id", Value: idp.TextOf("00u1"), Feeds: []idp.Field{idp.ID}},
		{Name: "status", Value: idp.TextOf("ACTIVE"), Feeds: []idp.Field{idp.StatusName, idp.StatusRaw}},
		{Name: "created", Value: idp.TextOf("2026-01-01T00:00:00.000Z")},
		{Name: "type.id", Value: idp.TextOf("oty1")},
		{Name: "type.more.deep", Value: idp.BooleanOf(true)},
	}
	if diff := cmp.Diff(want, p.All); diff != "" {
		t.Errorf("attributes (-want +got):\n%s", diff)
	}
}

// TestEveryAttributeThatIsAskedForFeedsSomething holds the table of fields to
// what an org is asked for.
func TestEveryAttributeThatIsAskedForFeedsSomething(t *testing.T) {
	fed := feeds()
	fields, _ := projectionOf(idp.Request{Fields: idp.MappedFields()})
	for _, name := range fields.profile {
		if len(fed[name]) == 0 {
			t.Errorf("%s is asked for, and feeds nothing", name)
		}
	}
}
