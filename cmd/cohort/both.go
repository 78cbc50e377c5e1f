package main

import (
	"context"
	"errors"

	"cohort/coder"
	"cohort/idp"
	"cohort/internal/fault"
	"cohort/join"

	"golang.org/x/sync/errgroup"
)

// both is what both sides gave, joined.
type both struct {
	table   *join.Table
	figures join.Figures
	sources []join.ManifestSource
	notices []string
}

// readAndJoin reads both sides to their end and joins them. What cannot be the
// truth is an error, unless allowEmpty.
func readAndJoin(ctx context.Context, w world, from *sourceFlags, allowEmpty bool, columns join.Columns, options join.Options) (r both, err error) {
	sources, err := from.open(w, allowEmpty)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, sources.close()) }()
	people, users, err := sources.readBoth(ctx, w, from.quiet, columns.Request())
	if err != nil {
		return r, err
	}
	for i, n := range people.Sizes() {
		if n == 0 && !allowEmpty {
			return r, fault.New(fault.Other, "check --ldap-base and --ldap-filter; --allow-empty takes this for the truth",
				"%s gave no people", sources.people[i].name)
		}
	}
	r.table, err = join.Join(people, users, columns, options)
	if err != nil {
		return r, err
	}
	r.figures = r.table.Figures()
	if n := r.figures.People.WithoutAddress; n > 0 && n == r.figures.People.Total && !allowEmpty {
		return r, fault.New(fault.Credentials, "may the account read mail and its like? --allow-empty takes this for the truth",
			"%s gave %s, and none has an address", sources.peopleName(), counted(n, "person", "people"))
	}
	r.sources, r.notices = sources.manifest(people, users), sources.notices.all()
	return r, nil
}

// readBoth reads both sides at the same time. The first that fails ends the
// other.
func (s *sources) readBoth(ctx context.Context, w world, quiet bool, request idp.Request) (
	people *join.Population, users []coder.User, err error,
) {
	var all []*reading
	for _, from := range s.people {
		all = append(all, from.reading)
	}
	shown := startProgress(w, quiet, append(all, &s.users))
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
		if users, err = s.coder.Users(ctx); err == nil {
			s.users.count.Store(int64(len(users)))
			s.users.end()
		}
		return err
	})
	err = group.Wait()
	return people, users, err
}
