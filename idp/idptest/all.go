package idptest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"

	"cohort/idp"
)

// givesAllAttributes holds what a connector gives when all is asked for to what
// it gives when each of that is asked for by its name.
func givesAllAttributes(ctx context.Context, s Suite, c idp.Connector) error {
	people, err := readAll(ctx, c, idp.Request{All: true})
	if err != nil {
		return err
	}
	feeds := map[string][]idp.Field{}
	for _, p := range people {
		if err := checkAll(p, feeds); err != nil {
			return fmt.Errorf("%q: %w", p.ID, err)
		}
	}
	names := slices.Sorted(maps.Keys(feeds))
	for _, name := range s.Attributes {
		// A DN is no attribute, though it can be asked for as one; nor is a
		// member of what the source has under one name.
		isSame := func(other string) bool { return strings.EqualFold(other, name) }
		if !strings.EqualFold(name, "dn") && !slices.ContainsFunc(names, isSame) {
			return fmt.Errorf("%q is not among all attributes: %q", name, names)
		}
	}
	again, err := readAll(ctx, c, idp.Request{Attributes: names, All: true})
	if err != nil {
		return err
	}
	byID := index(again)
	for _, p := range people {
		other, ok := byID[p.ID]
		if !ok {
			return fmt.Errorf("%q came in the first read only", p.ID)
		}
		all := make([]idp.Value, len(names))
		for _, a := range p.All {
			at, _ := slices.BinarySearch(names, a.Name)
			all[at] = a.Value
		}
		if diff := cmp.Diff(all, other.Attributes); diff != "" {
			return fmt.Errorf("all attributes of %q differ from those asked for by name, %q (-all +by name):\n%s", p.ID, names, diff)
		}
	}
	return nil
}

// checkAll looks at one person's attributes; feeds are those of others.
func checkAll(p idp.Person, feeds map[string][]idp.Field) error {
	if len(p.All) == 0 {
		return errors.New("there are no attributes")
	}
	own := map[string]bool{}
	for _, a := range p.All {
		known, ok := feeds[a.Name]
		switch {
		case a.Name == "" || own[a.Name]:
			return fmt.Errorf("an attribute has no name, or comes twice: %q", a.Name)
		case a.Value.Kind == idp.Absent:
			return fmt.Errorf("the attribute %q is absent", a.Name)
		case ok && !slices.Equal(known, a.Feeds):
			return fmt.Errorf("the attribute %q feeds %q, and with somebody else %q", a.Name, a.Feeds, known)
		}
		for _, field := range a.Feeds {
			if !slices.Contains(idp.MappableFields(), field) {
				return fmt.Errorf("the attribute %q feeds %q, which is no field", a.Name, field)
			}
		}
		if err := wellFormed(a.Value); err != nil {
			return fmt.Errorf("the attribute %q has the value %+v: %w", a.Name, a.Value, err)
		}
		own[a.Name], feeds[a.Name] = true, a.Feeds
	}
	return nil
}
