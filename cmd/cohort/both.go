package main

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sync/errgroup"

	"cohort/coder"
	"cohort/idp"
	"cohort/internal/fault"
	"cohort/join"
)

// both is what both sides gave, joined.
type both struct {
	table   *join.Table
	columns join.Columns
	figures join.Figures
	sources []join.ManifestSource
	notices []string
	usage   *coder.UsageFigures // nil where it was not read
	export  *coder.Export       // nil where a deployment was read
}

// question is what to ask of both sides.
type question struct {
	columns    join.Columns
	options    join.Options
	usage      usagePlan
	allowEmpty bool
	// fit gives the columns that an export of users can fill, and what to say
	// of the others; nil where none of them is about users.
	fit func(*coder.Export) (join.Columns, string, error)
}

// wholeJoin is a join to be looked at, not written: all of it is there whichever
// rows are chosen.
func wholeJoin(domains join.DomainAliases) join.Options {
	return join.Options{Join: join.RightAnti, Domains: domains, AllowMissing: true}
}

// readAndJoin reads both sides to their end and joins them. What cannot be the
// truth is an error, unless that is allowed.
func readAndJoin(ctx context.Context, w world, from *sourceFlags, q question) (r both, err error) {
	sources, err := from.open(ctx, w, q.allowEmpty)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, sources.close()) }()
	r.columns = q.columns
	var leftOut string
	if sources.users.file != nil && q.fit != nil {
		sources.users.file.check = func(export *coder.Export) (err error) {
			r.columns, leftOut, err = q.fit(export)
			return err
		}
	}
	if err := q.usage.fit(sources.users.deployment); err != nil {
		return r, err
	}
	people, users, report, err := sources.readBoth(ctx, w, from.quiet, q)
	if err != nil {
		return r, err
	}
	if leftOut != "" { // which is of interest only where there is a table
		sources.notices.tell(leftOut)
	}
	if sources.users.file != nil {
		r.export = sources.users.file.export
	}
	if report != nil {
		if r.usage, err = q.usage.assign(report, users, r.columns.NeedsLevels()); err != nil {
			return r, err
		}
	}
	for i, n := range people.Sizes() {
		if n == 0 && !q.allowEmpty {
			return r, errNobody(sources.people[i].name)
		}
	}
	r.table, err = join.Join(people, users, r.columns, q.options)
	if err != nil {
		return r, err
	}
	r.figures = r.table.Figures()
	for _, domain := range r.table.UnusedAliases() {
		sources.notices.tell("--domain-alias: nobody has an address in " + domain)
	}
	if n := r.figures.People.WithoutAddress; n > 0 && n == r.figures.People.Total && !q.allowEmpty {
		return r, errNoAddress(sources.peopleName(), n, sources.areFiles())
	}
	if n := r.figures.Users.WithoutAddress; n > 0 && n == r.figures.Users.Total && !q.allowEmpty {
		return r, fault.New(fault.Source, "what stands between this machine and Coder? export --allow-empty takes this for the truth",
			"%s gave %s, and none has an address", sources.users.name, counted(n, "Coder user", "Coder users"))
	}
	r.sources, r.notices = sources.manifest(people, users), sources.notices.all()
	return r, nil
}

func errNobody(source string) error {
	look := "has its export gone wrong?"
	switch kindOf(source) {
	case "ldap":
		look = "check --ldap-base and --ldap-filter, and whether the account may read people there;"
	case "okta":
		look = "check --okta-search and --okta-status;"
	}
	return fault.New(fault.Other, look+" export --allow-empty takes this for the truth", "%s gave no people", source)
}

func errNoAddress(source string, people int, isFile bool) error {
	kind, hint := fault.Credentials, "may the account read mail and its like?"
	if isFile {
		kind, hint = fault.Usage, "name what holds them by --map email=NAME;"
	}
	return fault.New(kind, hint+" export --allow-empty takes this for the truth",
		"%s gave %s, and none has an address", source, counted(people, "person", "people"))
}

// readBoth reads both sides at the same time. The first that fails ends the
// other.
func (s *sources) readBoth(ctx context.Context, w world, quiet bool, q question) (
	people *join.Population, users []coder.User, report *coder.UsageReport, err error,
) {
	request := q.columns.Request()
	request.AllowEmpty = q.allowEmpty
	request.Reuse = true // the population packs what it keeps
	var all []*reading
	for _, from := range s.people {
		all = append(all, from.reading)
	}
	shown := startProgress(w, quiet, append(all, &s.users.reading))
	defer shown.stop()
	people = join.NewPopulation(request)
	s.notices.show = shown.warn
	request.Notify = s.notices.tell
	group, ctx := errgroup.WithContext(ctx)
	for _, from := range s.people {
		source := people.AddSource(from.name)
		group.Go(func() error { return s.readPeople(ctx, from, request, source) })
	}
	group.Go(func() (err error) {
		s.users.do("reading the list")
		users, err = s.users.list(ctx)
		s.users.count.Store(int64(len(users)))
		if err == nil && q.usage.isOn() {
			s.users.doDays(0, q.usage.window.Days())
			report, err = s.users.deployment.Usage(ctx, q.usage.window)
		}
		s.users.end()
		return err
	})
	err = group.Wait()
	return people, users, report, err
}

// readPeople collects everybody of one source, and counts them as they come.
// Managers who are not among them are looked up afterwards.
func (s *sources) readPeople(ctx context.Context, from peopleSource, request idp.Request, people *join.Source) error {
	for person, err := range from.People(ctx, request) {
		if err != nil {
			return fmt.Errorf("read people from %s: %w", from.name, err)
		}
		if err := people.Add(person); err != nil {
			return err
		}
		from.count.Add(1)
	}
	defer from.end()
	lookup, ok := from.Connector.(idp.Lookup)
	if !ok {
		return nil
	}
	missing := people.MissingManagers()
	if len(missing) == 0 {
		return nil
	}
	from.do("looking up " + counted(len(missing), "manager", "managers"))
	addresses, err := lookup.Addresses(ctx, missing)
	if err != nil {
		return fmt.Errorf("look up %s in %s: %w", counted(len(missing), "manager", "managers"), from.name, err)
	}
	people.AddManagers(addresses)
	if unknown := len(people.MissingManagers()); unknown > 0 {
		s.notices.tell(counted(unknown, "manager is", "managers are") + " not there, not one person alone, or without an address: their people's manager_email is empty")
	}
	return nil
}
