package main

import (
	"context"
	"errors"

	"cohort/internal/fault"
	"cohort/join"
)

// reading is what both sides gave, joined.
type reading struct {
	table   *join.Table
	figures join.Figures
	sources []join.ManifestSource
	notices []string
}

// readAndJoin reads both sides to their end and joins them. What cannot be the
// truth is an error, unless allowEmpty.
func readAndJoin(ctx context.Context, w world, from *sourceFlags, allowEmpty bool, columns join.Columns, options join.Options) (r reading, err error) {
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
				"%s gave no people", sources.people[i].Source().Name)
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
