package profile

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"cohort/idp"
)

func person(attributes ...idp.Attribute) idp.Person { return idp.Person{ID: "1", All: attributes} }

func text(name, value string) idp.Attribute {
	return idp.Attribute{Name: name, Value: idp.TextOf(value)}
}

func list(name string, values ...string) idp.Attribute {
	return idp.Attribute{Name: name, Value: idp.ListOf(values...)}
}

func profileOf(people ...idp.Person) *Profile {
	p := New(true)
	for _, one := range people {
		p.Add(one)
	}
	return p
}

// TestFiguresAreThoseOfANaiveCount compares with a count that keeps everything.
func TestFiguresAreThoseOfANaiveCount(t *testing.T) {
	for seed := range uint64(40) {
		random := rand.New(rand.NewPCG(seed, 1))
		var people []idp.Person
		for range random.IntN(60) {
			var p idp.Person
			for a := range random.IntN(6) {
				items := make([]string, random.IntN(4))
				for i := range items {
					items[i] = strings.Repeat(" ", random.IntN(2)) + fmt.Sprint(random.IntN(1+a*5))
				}
				p.All = append(p.All, list(fmt.Sprintf("a%d", a), append(items, " ")...))
			}
			people = append(people, p)
		}

		values := map[string]map[string]bool{}
		want := map[string]Attribute{}
		for _, p := range people {
			for _, a := range p.All {
				texts := a.Value.Texts()
				if len(texts) == 0 {
					continue
				}
				if values[a.Name] == nil {
					values[a.Name] = map[string]bool{}
				}
				for _, value := range texts {
					values[a.Name][value] = true
				}
				w := want[a.Name]
				w.Name, w.Filled, w.Most, w.Values = a.Name, w.Filled+1, max(w.Most, len(texts)), len(values[a.Name])
				if len(texts) > 1 {
					w.Several++
				}
				want[a.Name] = w
			}
		}

		got := profileOf(people...).Attributes()
		backwards := slices.Clone(people)
		slices.Reverse(backwards)
		if diff := cmp.Diff(got, profileOf(backwards...).Attributes(), cmp.AllowUnexported(Attribute{})); diff != "" {
			t.Errorf("seed %d: the order of people makes a difference (-forwards +backwards):\n%s", seed, diff)
		}
		byName := map[string]Attribute{}
		for _, a := range got {
			if !values[a.Name][a.Example] {
				t.Errorf("seed %d: the example %q is no value of %s", seed, a.Example, a.Name)
			}
			byName[a.Name] = a
		}
		ignored := cmpopts.IgnoreFields(Attribute{}, "Example")
		if diff := cmp.Diff(want, byName, ignored, cmpopts.IgnoreUnexported(Attribute{}), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("seed %d: figures (-naive +got):\n%s", seed, diff)
		}
	}
}

func TestAttributesAreSortedByTheirUse(t *testing.T) {
	var people []idp.Person
	for i := range 100 {
		p := person(
			text("id", fmt.Sprint(i)),
			text("o", "Example"),
			list("objectClass", "person", "top"),
			text("many", fmt.Sprint(i/4)),
			text("few", fmt.Sprint(i%4)),
			list("groups", fmt.Sprint("g", i%10), fmt.Sprint("h", i%7)),
			list("mail", fmt.Sprint(i, "@x"), fmt.Sprint(i, "@y")),
		)
		if i < 30 {
			p.All = append(p.All, text("flag", "yes"))
		}
		if i < 60 {
			p.All = append(p.All, text("half", fmt.Sprint(i%4)))
		}
		if i < 4 {
			p.All = append(p.All, text("rare", "x"))
		}
		people = append(people, p)
	}
	var got []string
	for _, a := range profileOf(people...).Attributes() {
		got = append(got, string(a.Use())+" "+a.Name)
	}
	want := []string{
		"cohort few", "cohort groups", "cohort half", "cohort many", "cohort flag",
		"identifier id", "identifier mail",
		"constant o", "constant objectClass",
		"rare rare",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

func TestValuesAreCountedUpToACap(t *testing.T) {
	p := New(true)
	for i := range MostValues + 1 {
		p.Add(person(text("exactly", fmt.Sprint(i%MostValues)), text("more", fmt.Sprint(i))))
	}
	for _, a := range p.Attributes() {
		if a.Values != MostValues || a.HasMore != (a.Name == "more") || a.Use() != Identifier {
			t.Errorf("%s has %d values and more: %t, and is a %s", a.Name, a.Values, a.HasMore, a.Use())
		}
	}
	if kept := p.columns["more"].values; kept != nil {
		t.Errorf("%d values of what has too many are kept", len(kept))
	}
}

func TestAttributesAreCountedUpToACap(t *testing.T) {
	p := New(true)
	for i := range MostAttributes {
		p.Add(person(text(fmt.Sprint("a", i), "x")))
	}
	if p.HasMore() || len(p.Attributes()) != MostAttributes {
		t.Fatalf("%d attributes, more: %t", len(p.Attributes()), p.HasMore())
	}
	p.Add(person(text("another", "x"), text("a0", "y")))
	if !p.HasMore() || len(p.Attributes()) != MostAttributes || p.People() != MostAttributes+1 {
		t.Errorf("%d attributes of %d people, more: %t", len(p.Attributes()), p.People(), p.HasMore())
	}
}

func TestNothingIsKeptWithoutExamples(t *testing.T) {
	p := New(false)
	p.Add(person(text("title", "Engineer")))
	if got := p.Attributes()[0]; got.Example != "" || got.Values != 1 || got.Withheld != "" {
		t.Errorf("got %+v", got)
	}
}

func TestLongExamplesEndWithinACharacterNever(t *testing.T) {
	long := strings.Repeat("ä ", 300)
	got := profileOf(person(text("description", "x"+long))).Attributes()[0].Example
	if len(got) > longestExample+len("…") || !strings.HasPrefix("x"+long, strings.TrimSuffix(got, "…")) || !strings.HasSuffix(got, "…") {
		t.Errorf("the example is %q", got)
	}
}
