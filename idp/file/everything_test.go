package file_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cohort/idp"
)

func TestAllColumnsAreGivenWithWhatTheyFeed(t *testing.T) {
	const text = "Work Email,Team,Manager,Manager ID,,Shoe Size\nada@example.com,Core,bob@example.com,17,x,\n"
	mapping := idp.Mapping{idp.Department: "team"}
	people := read(t, idp.Mapped(open(t, "people.csv", text), mapping), idp.Request{All: true})
	want := []idp.Attribute{
		{Name: "Work Email", Value: idp.TextOf("ada@example.com"), Feeds: []idp.Field{idp.Email}},
		{Name: "Team", Value: idp.TextOf("Core"), Feeds: []idp.Field{idp.Department}},
		{Name: "Manager", Value: idp.TextOf("bob@example.com"), Feeds: []idp.Field{idp.ManagerEmail}},
		{Name: "Manager ID", Value: idp.TextOf("17"), Feeds: []idp.Field{idp.ManagerEmail}},
	}
	if diff := cmp.Diff(want, people[0].All); diff != "" {
		t.Errorf("attributes (-want +got):\n%s", diff)
	}
}

func TestAllKeysAreGivenByTheirPath(t *testing.T) {
	const text = `{"email": "a@x", " email": "a@x", "name": {"givenName": "Ada", "none": null}, "phones": [{"type": "home"}, {"type": "work"}], "n": 1.50}`
	people := read(t, open(t, "people.jsonl", text), idp.Request{All: true})
	want := []idp.Attribute{
		{Name: "email", Value: idp.TextOf("a@x"), Feeds: []idp.Field{idp.Email}},
		{Name: "name.givenName", Value: idp.TextOf("Ada"), Feeds: []idp.Field{idp.GivenName}},
		{Name: "phones.type", Value: idp.ListOf("home", "work")},
		{Name: "n", Value: idp.NumberOf("1.50")},
	}
	if diff := cmp.Diff(want, people[0].All); diff != "" {
		t.Errorf("attributes (-want +got):\n%s", diff)
	}
}

// Keys that are data are bounded, and told of.
func TestTooManyKeysAreToldOf(t *testing.T) {
	var record strings.Builder
	record.WriteString(`{"email": "a@x"`)
	const keys = 10_050
	for i := range keys {
		fmt.Fprintf(&record, `, "k%d": 1`, i)
	}
	record.WriteString("}")
	var notices []string
	people := read(t, open(t, "people.jsonl", record.String()), idp.Request{All: true, Notify: func(n string) { notices = append(notices, n) }})
	if len(people[0].All) >= keys || len(notices) != 1 || !strings.Contains(notices[0], "more than") {
		t.Errorf("%d attributes, and the notices %q", len(people[0].All), notices)
	}
}

// People without keys in common have few each of the very many.
func TestAPersonTakesNoMemoryForTheKeysOfOthers(t *testing.T) {
	var lines strings.Builder
	const all, most = 5000, 64 << 20 // bytes
	for i := range all {
		fmt.Fprintf(&lines, `{"email": "p%d@corp.example", "k%d": "x"}`+"\n", i, i)
	}
	connector := open(t, "people.jsonl", lines.String())
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	people := read(t, connector, idp.Request{All: true})
	runtime.ReadMemStats(&after)
	if last := people[len(people)-1]; len(people) != all || len(last.All) != 2 {
		t.Errorf("%d people, the last with %v", len(people), last.All)
	}
	if took := after.TotalAlloc - before.TotalAlloc; took > most {
		t.Errorf("%d MB were allocated, want %d MB at most", took>>20, most>>20)
	}
}
