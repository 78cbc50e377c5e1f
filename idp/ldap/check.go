package ldap

import (
	"context"
	"fmt"
	"slices"
	"time"

	ldap "github.com/go-ldap/ldap/v3"

	"cohort/idp"
	"cohort/internal/fault"
	"cohort/internal/probe"
)

var _ idp.Checker = (*Connector)(nil)

// countingTime is how long people are counted at most.
const countingTime = 10 * time.Second

// enough is how many entries without pages show that the server has no small
// limit; its customary ones are 500, 1000 and 2000.
const enough = 2500

// Check implements [idp.Checker].
func (c *Connector) Check(ctx context.Context, report func(probe.Step)) {
	list := probe.NewChecklist(report, probe.Name, probe.Connect, probe.TLS, probe.SignIn, probe.Server, probe.People, probe.Limits)
	defer list.End()
	watched, link := probe.Watch(ctx)
	connected, err := c.dial(watched)
	if !link.Tell(list, err != nil || connected.encrypted, err) {
		return
	}
	if err != nil {
		list.Fail(probe.TLS, err)
		return
	}
	s, err := c.signIn(ctx, connected)
	if err != nil {
		list.Fail(probe.SignIn, err)
		return
	}
	defer s.close()
	list.OK(probe.SignIn, "%s", c.who())
	asked := time.Now()
	if s.server, err = c.readRootDSE(ctx, s); err != nil {
		list.Fail(probe.Server, err)
		return
	}
	answered := time.Now()
	query, err := c.query(s, []string{})
	if err != nil {
		list.Fail(probe.Server, err)
		return
	}
	c.tellServer(list, s.server, query)
	if told, ok := parseGeneralizedTime(s.server.currentTime); ok {
		list.Clock(told.Add(time.Second / 2).Sub(asked.Add(answered.Sub(asked) / 2)))
	}
	if c.countPeople(ctx, countingTime, list) {
		s.tellLimits(ctx, list, query)
	}
}

func (c *Connector) tellServer(list *probe.Checklist, server server, query search) {
	people := fmt.Sprintf("people are %s below %s", query.filter, query.base)
	switch {
	case slices.Contains(server.controls, controlPages):
		list.OK(probe.Server, "%s, which gives pages; %s", server.flavour, people)
	case len(server.controls) > 0:
		list.Warn(probe.Server, "", "%s, which gives no pages, so that a limit of a search is one of an export; %s", server.flavour, people)
	default:
		list.OK(probe.Server, "%s; %s", server.flavour, people)
	}
}

// countPeople reads everybody as an export does, without any attribute (RFC
// 4511, section 4.5.1.8), and is false where an export would fail.
func (c *Connector) countPeople(ctx context.Context, most time.Duration, list *probe.Checklist) bool {
	within, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	r := &reading{
		connector: c, attributes: []string{"1.1"}, given: newNames(),
		request: idp.Request{Notify: func(notice string) { list.Warn(probe.Notice, "", "%s", notice) }},
		yield:   func(idp.Person, error) bool { return true },
	}
	err := r.run(within)
	step := probe.Step{Name: probe.People, Outcome: probe.OK, Count: r.count}
	switch {
	case err != nil && ctx.Err() == nil && within.Err() != nil && r.count > 0:
		step.More, step.Detail = true, fmt.Sprintf("counted for %s", most)
	case err != nil:
		step = probe.Failed(probe.People, err)
	case r.count == 0:
		step = probe.Failed(probe.People, fault.New(fault.Other, "check --ldap-base and --ldap-filter, and whether the account may read people there",
			"the server shows nobody"))
	}
	list.Add(step)
	return step.Outcome == probe.OK
}

// tellLimits asks for everybody without pages, up to a point. What ends such a
// search does not end an export, which reads pages.
func (s *session) tellLimits(ctx context.Context, list *probe.Checklist, query search) {
	query.attributes, query.pageSize, query.sizeLimit = []string{"1.1"}, 0, enough
	n := 0
	var ended error
	for _, err := range s.entries(ctx, query) {
		if err == nil {
			n++
		}
		ended = err
	}
	switch {
	case ctx.Err() != nil:
	case ended == nil:
		list.OK(probe.Limits, "none: everybody comes in pages, and without")
	case n >= enough:
		list.OK(probe.Limits, "none in pages; a search without pages gives %d entries at least", n)
	case isResult(ended, ldap.LDAPResultSizeLimitExceeded, ldap.LDAPResultAdminLimitExceeded):
		list.OK(probe.Limits, "none in pages; a search without pages ends after %d entries", n)
	default:
		list.OK(probe.Limits, "none in pages; without, %s", s.failure(ctx, "searching "+s.name, ended))
	}
}
