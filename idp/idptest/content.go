package idptest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"cohort/idp"
)

func saysWhatItReads(_ context.Context, _ Suite, c idp.Connector) error {
	source := c.Source()
	if source.Name == "" {
		return errors.New("the source has no name")
	}
	if again := c.Source(); again != source {
		return fmt.Errorf("the source is %v, and then %v", source, again)
	}
	return nil
}

func streamsEverybodyOnce(ctx context.Context, s Suite, c idp.Connector) error {
	people, err := readAll(ctx, c, idp.Request{})
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for i, p := range people {
		if p.ID == "" {
			return fmt.Errorf("person %d has no ID", i+1)
		}
		if seen[p.ID] {
			return fmt.Errorf("the ID %q came twice", p.ID)
		}
		seen[p.ID] = true
	}
	if len(people) != s.People {
		return fmt.Errorf("%d people came, want %d", len(people), s.People)
	}
	for _, id := range s.IDs {
		if !seen[id] {
			return fmt.Errorf("nobody came with the ID %q", id)
		}
	}
	return nil
}

// everything asks for all that a connector may be asked for.
func (s Suite) everything() idp.Request {
	return idp.Request{Fields: idp.MappedFields(), Attributes: s.Attributes}
}

func givesValuesInParallel(ctx context.Context, s Suite, c idp.Connector) error {
	forward := s.everything()
	backward := idp.Request{
		Fields: reversed(forward.Fields),
		// The same name twice is two values.
		Attributes: append(reversed(forward.Attributes), forward.Attributes...),
	}
	people, err := readAll(ctx, c, forward)
	if err != nil {
		return err
	}
	again, err := readAll(ctx, c, backward)
	if err != nil {
		return err
	}
	byID := index(again)
	filled := make([]bool, len(forward.Attributes))
	for _, p := range people {
		other, ok := byID[p.ID]
		if !ok {
			return fmt.Errorf("%q came in the first read only", p.ID)
		}
		if diff := cmp.Diff(p.Fields, reversed(other.Fields)); diff != "" {
			return fmt.Errorf("the fields of %q change with their order in the request (-first +second):\n%s", p.ID, diff)
		}
		want := append(reversed(p.Attributes), p.Attributes...)
		if diff := cmp.Diff(want, other.Attributes); diff != "" {
			return fmt.Errorf("the attributes of %q change with their order in the request (-first +second):\n%s", p.ID, diff)
		}
		for i, value := range p.Attributes {
			filled[i] = filled[i] || value.Kind != idp.Absent
		}
	}
	if i := slices.Index(filled, false); i >= 0 {
		return fmt.Errorf("nobody has a value of the attribute %q", forward.Attributes[i])
	}
	return nil
}

func knowsAttributesInAnyCase(ctx context.Context, s Suite, c idp.Connector) error {
	people, err := readAll(ctx, c, idp.Request{Attributes: s.Attributes})
	if err != nil {
		return err
	}
	var swapped []string
	for _, name := range s.Attributes {
		swapped = append(swapped, strings.Map(swapCase, name))
	}
	again, err := readAll(ctx, c, idp.Request{Attributes: swapped})
	if err != nil {
		return err
	}
	return samePeople(people, again)
}

func leavesUnknownAbsent(ctx context.Context, _ Suite, c idp.Connector) error {
	people, err := readAll(ctx, c, idp.Request{Attributes: []string{"nobodyHasThisAttribute"}})
	if err != nil {
		return err
	}
	for _, p := range people {
		if p.Attributes[0].Kind != idp.Absent {
			return fmt.Errorf("%q has an attribute that nobody has: %v", p.ID, p.Attributes[0])
		}
	}
	return nil
}

func fillsOnlyWhatWasAsked(ctx context.Context, _ Suite, c idp.Connector) error {
	people, err := readAll(ctx, c, idp.Request{Fields: []idp.Field{idp.Name}})
	if err != nil {
		return err
	}
	for _, p := range people {
		if p.Ref != "" || p.Manager != "" {
			return fmt.Errorf("%q has Ref %q and Manager %q, which nobody asked for", p.ID, p.Ref, p.Manager)
		}
		if len(p.All) > 0 {
			return fmt.Errorf("%q has all attributes, which nobody asked for", p.ID)
		}
	}
	if people, err = readAll(ctx, c, idp.Request{Fields: []idp.Field{idp.ManagerEmail}}); err != nil {
		return err
	}
	owner := map[string]string{}
	for _, p := range people {
		if other, ok := owner[p.Ref]; ok && p.Ref != "" {
			return fmt.Errorf("%q and %q have the same Ref %q", other, p.ID, p.Ref)
		}
		owner[p.Ref] = p.ID
		if p.Manager != "" && p.Fields[0].Kind != idp.Absent {
			return fmt.Errorf("%q has both a Manager and a value of manager_email", p.ID)
		}
	}
	return nil
}

func givesWellFormedValues(ctx context.Context, s Suite, c idp.Connector) error {
	req := s.everything()
	people, err := readAll(ctx, c, req)
	if err != nil {
		return err
	}
	groups := slices.Index(req.Fields, idp.Groups)
	for _, p := range people {
		for _, value := range slices.Concat(p.Fields, p.Attributes) {
			if err := wellFormed(value); err != nil {
				return fmt.Errorf("%q has the value %+v: %w", p.ID, value, err)
			}
		}
		if kind := p.Fields[groups].Kind; kind != idp.List && kind != idp.Absent {
			return fmt.Errorf("%q has groups that are not a list", p.ID)
		}
		addresses := slices.Concat(p.Aliases, p.Logins)
		if p.Primary != "" {
			addresses = append(addresses, p.Primary)
		}
		for _, address := range addresses {
			if !idp.IsAddress(address) {
				return fmt.Errorf("%q has an address that is none: %q", p.ID, address)
			}
		}
	}
	return nil
}

func wellFormed(v idp.Value) error {
	if (v.Kind == idp.List) != (len(v.Items) > 0) {
		return errors.New("lists have items, others do not")
	}
	switch v.Kind {
	case idp.Absent, idp.List:
		if v.Text != "" {
			return errors.New("it has a text that its kind has no use for")
		}
	case idp.Text:
		if v.Text == "" {
			return errors.New("an empty text is absent")
		}
	case idp.Number:
		var number json.Number
		if err := json.Unmarshal([]byte(v.Text), &number); err != nil || v.Text[0] == '"' {
			return errors.New("it is not a JSON number")
		}
	case idp.Boolean:
		if v.Text != "true" && v.Text != "false" {
			return errors.New("it is neither true nor false")
		}
	default:
		return errors.New("its kind is unknown")
	}
	return nil
}

func tellsNotices(ctx context.Context, s Suite, c idp.Connector) error {
	var notices []string // by the stream's goroutine only: the race detector sees others
	req := s.everything()
	req.Notify = func(notice string) { notices = append(notices, notice) }
	if _, err := readAll(ctx, c, req); err != nil {
		return err
	}
	for _, notice := range notices {
		if notice == "" || strings.HasSuffix(notice, ".") || strings.Contains(notice, "\n") {
			return fmt.Errorf("a notice is not one sentence without a full stop: %q", notice)
		}
	}
	return nil
}

func samePeople(want, got []idp.Person) error {
	byID := cmpopts.SortSlices(func(a, b idp.Person) bool { return a.ID < b.ID })
	if diff := cmp.Diff(want, got, byID, cmpopts.EquateEmpty()); diff != "" {
		return fmt.Errorf("two reads differ (-first +second):\n%s", diff)
	}
	return nil
}

func index(people []idp.Person) map[string]idp.Person {
	byID := map[string]idp.Person{}
	for _, p := range people {
		byID[p.ID] = p
	}
	return byID
}

func reversed[T any](items []T) []T {
	turned := slices.Clone(items)
	slices.Reverse(turned)
	return turned
}

func swapCase(r rune) rune {
	if unicode.IsUpper(r) {
		return unicode.ToLower(r)
	}
	return unicode.ToUpper(r)
}
