package okta

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"time"

	"cohort/idp"
	"cohort/internal/probe"
	"cohort/internal/transport"
)

var _ idp.Checker = (*Connector)(nil)

// Check implements [idp.Checker]. It makes a handful of calls.
func (c *Connector) Check(ctx context.Context, report func(probe.Step)) {
	list := probe.NewChecklist(report, probe.Name, probe.Connect, probe.TLS, probe.SignIn, probe.Rights, probe.Rate,
		probe.Groups, probe.People)
	defer list.End()
	s, err := c.open(c.scopes(false))
	if err != nil {
		list.Fail(probe.Settings, err)
		return
	}
	defer s.close()
	watched, link := probe.Watch(ctx)
	link.Proxy = transport.ProxyOf(c.origin)
	users, err := s.get(watched, address(usersPath, nil, 1))
	var failure error
	if err != nil {
		failure = s.failure(ctx, "read the people of "+c.host(), err)
	}
	if !link.Tell(list, true, failure) {
		return
	}
	if ahead, dated := s.pace.clock(); dated {
		list.Clock(time.Second/2 - ahead)
	}
	if failure != nil {
		s.tellRefusal(list, err, failure)
		return
	}
	list.OK(probe.SignIn, "%s", c.who())
	if len(users.items) == 0 {
		if err := (&reading{connector: c, session: s}).nobody(ctx); err != nil {
			list.Fail(probe.Rights, err)
			return
		}
	}
	list.OK(probe.Rights, "shown users; whether all of them, Okta does not tell: a role can be limited to groups")
	b := s.tellRate(list)
	everyone := c.tellGroups(ctx, list)
	c.tellPeople(list, everyone, b)
}

// who says as whom it signs in.
func (c *Connector) who() string {
	if c.signer != nil {
		return "as the service app " + c.config.ClientID
	}
	return "with an API token"
}

// tellRefusal puts the failure of the first call down to its step.
func (s *session) tellRefusal(list *probe.Checklist, err, failure error) {
	name := probe.Server
	refused, answered := errors.AsType[*refusal](err)
	_, unsigned := errors.AsType[*signInError](err)
	switch {
	case unsigned || answered && refused.status == http.StatusUnauthorized:
		name = probe.SignIn
	case answered && refused.status == http.StatusForbidden:
		list.OK(probe.SignIn, "%s", s.connector.who())
		name = probe.Rights
	case answered && refused.status == http.StatusTooManyRequests:
		name = probe.Rate
	}
	list.Fail(name, failure)
}

// scarce is the part of a budget below which an export waits, most likely.
const scarce = 0.1

func (s *session) tellRate(list *probe.Checklist) budget {
	b, known := s.pace.budget(usersPath)
	if !known {
		list.OK(probe.Rate, "the org tells of none")
		return b
	}
	say := fmt.Sprintf("%d calls a minute for everybody, %d left; --okta-rate-share %d%% leaves %d of them to an export",
		b.limit, b.remaining, s.connector.config.RateShare, b.ours)
	if float64(b.remaining) < scarce*float64(b.limit) {
		list.Warn(probe.Rate, "run it when others use less of it", "%s", say)
		return b
	}
	list.OK(probe.Rate, "%s", say)
	return b
}

// tellGroups says whether groups can be read, which only the column groups
// needs, and gives the number of members of the group Everyone, which Okta
// keeps itself, or 0.
func (c *Connector) tellGroups(ctx context.Context, list *probe.Checklist) (everyone int) {
	s, err := c.open(c.scopes(true))
	if err != nil {
		list.Fail(probe.Groups, err)
		return 0
	}
	defer s.close()
	query := url.Values{"filter": {`type eq "BUILT_IN"`}, "expand": {"stats"}}
	page, err := s.get(ctx, address(groupsPath, query, pageSize))
	if err != nil {
		step := probe.Failed(probe.Groups, s.failure(ctx, "read the groups of "+c.host(), err))
		step.Outcome = probe.Warn
		step.Detail += " (only the column groups needs it)"
		list.Add(step)
		return 0
	}
	list.OK(probe.Groups, "can be read")
	for _, item := range page.items {
		var g group
		if json.Unmarshal(item, &g) == nil && g.Profile.Name == "Everyone" {
			everyone = g.Embedded.Stats.Users
		}
	}
	return everyone
}

// tellPeople says how many people there are, as far as the org tells, and how
// long a read takes within the budget.
func (c *Connector) tellPeople(list *probe.Checklist, everyone int, b budget) {
	if everyone == 0 {
		list.OK(probe.People, "Okta does not tell how many; 10,000 take %s", probe.About(b.takes(10_000, c.config.Parallel)))
		return
	}
	step := probe.Step{Name: probe.People, Outcome: probe.OK, Count: everyone,
		Detail: "in the group Everyone, besides those who have left"}
	if c.config.Search != "" || len(c.config.Statuses) > 0 {
		step.Detail += ", before --okta-search and --okta-status"
	}
	list.Add(step)
	takes := b.takes(everyone, c.config.Parallel)
	list.Add(probe.Step{Name: probe.Duration, Outcome: probe.OK, Takes: takes,
		Detail: fmt.Sprintf("an export reads them in %s, by %s", probe.About(takes), plural(pagesOf(everyone), "call", "calls"))})
}

func pagesOf(people int) int { return people/pageSize + 1 }

// takes is how long people take to be read: by the latency of a call, and by
// the windows that the calls fill. The first window is the present one.
func (b budget) takes(people, parallel int) time.Duration {
	calls := pagesOf(people)
	takes := time.Duration(calls) * b.latency / time.Duration(parallel)
	if rest := calls - b.ours; b.limit > 0 && rest > 0 {
		windows := math.Ceil(float64(rest) / max(1, b.share*float64(b.limit)))
		takes = max(takes, time.Duration(windows)*window)
	}
	return takes
}
