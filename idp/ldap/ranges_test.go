package ldap

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"cohort/idp"
	"cohort/internal/fault"
)

func TestRangedAttributesAreReadToTheirEnd(t *testing.T) {
	m := mappingOf(idp.Request{Attributes: []string{"member", "title"}}, origin{})
	e := entryOf("member;range=0-1: a", "member;range=0-1: b", "title: t", "other;range=0-1: x")
	m.load(e)
	for _, step := range []struct {
		missing []cut
		answer  *entry
	}{
		{[]cut{{"member", 2}}, entryOf("Member;Range=2-3: c", "Member;Range=2-3: d")},
		{[]cut{{"member", 4}}, entryOf("member;range=4-*: e")},
	} {
		if diff := cmp.Diff(step.missing, m.cuts(), cmp.AllowUnexported(cut{})); diff != "" {
			t.Errorf("what is missing (-want +got):\n%s", diff)
		}
		if err := m.extend(step.answer); err != nil {
			t.Fatal(err)
		}
	}
	if left := m.cuts(); len(left) > 0 {
		t.Errorf("%v is missing", left)
	}
	want := []idp.Value{idp.ListOf("a", "b", "c", "d", "e"), idp.TextOf("t")}
	if diff := cmp.Diff(want, m.build(e).Attributes); diff != "" {
		t.Errorf("attributes (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"a", "b"}, e.Attributes[0].Values); diff != "" {
		t.Errorf("the entry has changed (-want +got):\n%s", diff)
	}
	// The next entry begins anew.
	m.load(entryOf("member: z"))
	if left := m.cuts(); len(left) > 0 {
		t.Errorf("%v is missing of the next entry", left)
	}
}

func TestCutsAreAskedForByTheirNames(t *testing.T) {
	tests := []struct {
		attribute string
		want      []string
	}{
		{"member;range=0-1499", []string{"member;range=1500-*"}},
		{"member;lang-en;RANGE=0-1499", []string{"member;lang-en;range=1500-*"}},
		{"member;range=0-1499;lang-en", []string{"member;lang-en;range=1500-*"}},
		{"member;range=1500-2999", []string{"member;range=0-*"}},
		{"member;range=1500-*", []string{"member;range=0-*"}},
		{"member;range=0-*", nil},
		{"member;lang-en", nil},
		{"member;range=", nil},
		{"member;range=x-y", nil},
		{"member;range=-1-5", nil},
		{"range=0-1", nil},
		{"manager;range=0-1", nil}, // which nobody wants
	}
	for _, test := range tests {
		t.Run(test.attribute, func(t *testing.T) {
			m := mappingOf(idp.Request{Attributes: []string{"member"}}, origin{})
			m.load(entryOf(test.attribute + ": cn=a"))
			var got []string
			for _, c := range m.cuts() {
				got = append(got, c.attribute())
			}
			if diff := cmp.Diff(test.want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("asked for (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCutValuesAreNeverAShorterList(t *testing.T) {
	cutEntry := entryOf("member;range=0-1: a", "member;range=0-1: b")
	request := idp.Request{Attributes: []string{"member"}}
	t.Run("not extended", func(t *testing.T) {
		_, err := mappingOf(request, origin{}).person(cutEntry)
		if fault.KindOf(err) != fault.Source || !strings.Contains(err.Error(), "member") {
			t.Errorf("got %v, want an error that names the attribute", err)
		}
	})
	t.Run("not wanted", func(t *testing.T) {
		if _, err := mappingOf(idp.Request{}, origin{}).person(cutEntry); err != nil {
			t.Errorf("got %v", err)
		}
	})
	for _, answer := range []string{"", "member: c", "title: t", "member;range=0-1: a", "member;range=3-*: d", "member;range=2-1: c"} {
		t.Run(fmt.Sprintf("the answer %q", answer), func(t *testing.T) {
			m := mappingOf(request, origin{})
			m.load(cutEntry)
			err := m.extend(entryOf(answer))
			if fault.KindOf(err) != fault.Source || len(m.cuts()) == 0 {
				t.Errorf("got %v and %v missing, want an error", err, m.cuts())
			}
		})
	}
}
