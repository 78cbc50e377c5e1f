package okta

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"cohort/idp"
	"cohort/internal/fault"
	"cohort/internal/suggest"
)

const groupsPath = "/api/v1/groups"

func groupsQuery() url.Values { return url.Values{"expand": {"stats"}} }

func membersPath(group string) string { return groupsPath + "/" + group + "/users" }

// group is a group of the org. The SDK's type is left: it decodes into maps
// what is not needed.
type group struct {
	ID      string `json:"id"`
	Profile struct {
		Name string `json:"name"`
	} `json:"profile"`
	Embedded struct {
		Stats struct {
			Users int `json:"usersCount"`
		} `json:"stats"`
	} `json:"_embedded"`
}

// calls are how many pages the group's members take.
func (g group) calls() int { return max(1, (g.Embedded.Stats.Users+pageSize-1)/pageSize) }

// membership says who is in which groups. The zero membership has none.
type membership struct {
	names  []string            // of the groups, in order
	groups map[string][]uint32 // by the person's id: places in names
}

// of are the names of somebody's groups, each once, in order.
func (m membership) of(id string) idp.Value {
	places := slices.Clone(m.groups[id])
	slices.Sort(places)
	var names []string
	for _, place := range slices.Compact(places) {
		if name := m.names[place]; len(names) == 0 || names[len(names)-1] != name {
			names = append(names, name)
		}
	}
	return idp.ListOf(names...)
}

// membership lists the groups, and then the members of each or of those that
// were named: calls go with the groups and not with the people. tell is told
// how many calls it takes, before they are made.
func (s *session) membership(ctx context.Context, tell func(string)) (membership, error) {
	host := s.connector.host()
	groups, err := s.groups(ctx)
	if err != nil {
		return membership{}, s.failure(ctx, "read the groups of "+host, err)
	}
	if len(groups) == 0 {
		// Each org has the group Everyone.
		return membership{}, fault.New(fault.Credentials, missingRight(&refusal{path: groupsPath}, s.connector.signer != nil),
			"read the groups of %s: the org shows none, which is how Okta treats who may not read groups", host)
	}
	if groups, err = named(groups, s.connector.config.Groups); err != nil {
		return membership{}, err
	}
	slices.SortFunc(groups, func(a, b group) int {
		return strings.Compare(a.Profile.Name+"\x00"+a.ID, b.Profile.Name+"\x00"+b.ID)
	})
	calls := 0
	m := membership{groups: map[string][]uint32{}}
	for _, g := range groups {
		calls += g.calls()
		m.names = append(m.names, g.Profile.Name)
	}
	tell(fmt.Sprintf("the members of %s of %s take %s; --okta-groups chooses groups",
		plural(len(groups), "group", "groups"), host, plural(calls, "call", "calls")))

	var turn sync.Mutex
	workers, within := errgroup.WithContext(ctx)
	workers.SetLimit(s.connector.config.Parallel)
	for place, g := range groups {
		if within.Err() != nil {
			break
		}
		workers.Go(func() error {
			doing := fmt.Sprintf("read the members of the group %q of %s", g.Profile.Name, host)
			for items, err := range s.list(within, membersPath(url.PathEscape(g.ID)), nil) {
				if gone, ok := errors.AsType[*refusal](err); ok && gone.status == http.StatusNotFound && gone.code == "E0000007" {
					return nil // it was deleted a moment ago, and has no members
				}
				if err != nil {
					return s.failure(ctx, doing, err)
				}
				ids, err := idsOf(items)
				if err != nil {
					return s.failure(ctx, doing, err)
				}
				turn.Lock()
				for _, id := range ids {
					m.groups[id] = append(m.groups[id], uint32(place)) //nolint:gosec // Okta's limit of groups is far below
				}
				turn.Unlock()
			}
			return nil
		})
	}
	if err := workers.Wait(); err != nil {
		return membership{}, err
	}
	return m, ctx.Err()
}

// groups are all groups of the org, each once, with the number of their
// members.
func (s *session) groups(ctx context.Context) ([]group, error) {
	var groups []group
	seen := map[string]bool{}
	for items, err := range s.list(ctx, groupsPath, groupsQuery()) {
		if err != nil {
			return nil, err
		}
		for _, item := range items {
			var g group
			if err := json.Unmarshal(item, &g); err != nil || g.ID == "" {
				return nil, &unfitError{"an entry of the list is not a group"}
			}
			if !seen[g.ID] {
				seen[g.ID] = true
				groups = append(groups, g)
			}
		}
	}
	return groups, nil
}

// named are the groups with the wanted names: as they are spelled, else in any
// case. All, without wanted names.
func named(groups []group, wanted []string) ([]group, error) {
	if len(wanted) == 0 {
		return groups, nil
	}
	var chosen []group
	for _, name := range wanted {
		found := slices.DeleteFunc(slices.Clone(groups), func(g group) bool { return g.Profile.Name != name })
		if len(found) == 0 {
			found = slices.DeleteFunc(slices.Clone(groups), func(g group) bool {
				return !strings.EqualFold(g.Profile.Name, strings.TrimSpace(name))
			})
		}
		if len(found) == 0 {
			var names []string
			for _, g := range groups {
				names = append(names, g.Profile.Name)
			}
			hint := "the administrator may also see some groups only"
			if near := suggest.Nearest(name, names); near != "" {
				hint = fmt.Sprintf("did you mean %q?", near)
			}
			return nil, fault.New(fault.Usage, hint, "--okta-groups: the org shows no group %q", name)
		}
		for _, g := range found {
			if !slices.ContainsFunc(chosen, func(other group) bool { return other.ID == g.ID }) {
				chosen = append(chosen, g)
			}
		}
	}
	return chosen, nil
}

// idsOf are the identifiers of the entries of a list.
func idsOf(items []json.RawMessage) ([]string, error) {
	ids := make([]string, len(items))
	for i, item := range items {
		one, err := edgeOf(item)
		if err != nil {
			return nil, err
		}
		ids[i] = one.id
	}
	return ids, nil
}
