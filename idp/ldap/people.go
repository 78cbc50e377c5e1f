package ldap

import (
	"context"
	"fmt"
	"hash/maphash"
	"iter"

	"cohort/idp"
	"cohort/internal/fault"
)

// People implements [idp.Connector]. Besides an end of ctx, the errors are of
// the kinds [fault.Source] (the server could not be reached, or did not give
// everybody), [fault.Credentials] and [fault.Usage].
func (c *Connector) People(ctx context.Context, req idp.Request) iter.Seq2[idp.Person, error] {
	return func(yield func(idp.Person, error) bool) {
		err := c.read(ctx, req, func(p idp.Person) bool { return yield(p, nil) })
		if err != nil {
			yield(idp.Person{}, err)
		}
	}
}

// read gives everybody to yield, and nil when yield has enough.
func (c *Connector) read(ctx context.Context, req idp.Request, yield func(idp.Person) bool) error {
	s, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer s.close()

	mapping := newMapping(req, s.server.passwordPolicy)
	query := search{
		base:       c.address.base,
		scope:      c.address.scopeCode(),
		filter:     c.address.filter,
		attributes: mapping.names,
		pageSize:   c.config.PageSize,
	}
	if query.base == "" {
		if query.base, err = s.server.base(); err != nil {
			return err
		}
	}
	if query.filter == "" {
		query.filter = s.server.filter()
	}

	count := 0
	doing := func() string {
		if count == 0 {
			return fmt.Sprintf("reading people below %s from %s", query.base, c.address.server())
		}
		return fmt.Sprintf("reading people below %s from %s, after %d of them", query.base, c.address.server(), count)
	}
	seen := newNameSet()
	for e, err := range s.entries(ctx, query) {
		if err != nil {
			return s.failure(ctx, doing(), err)
		}
		if !seen.add(e.dn) {
			return fault.New(fault.Source, "run it again; if it stays so, the server's paging is broken",
				"%s: the server gave %s twice", doing(), e.dn)
		}
		person, err := mapping.person(e)
		if err != nil {
			return fmt.Errorf("%s: %w", doing(), err)
		}
		count++
		if !yield(person) {
			return nil
		}
	}
	if ended := ended(ctx, doing()); ended != nil {
		return ended
	}
	if count == 0 && s.anonymous {
		return fault.New(fault.Credentials,
			"many servers show nothing to who has not signed in: give an account with --ldap-bind-dn; or check --ldap-base and --ldap-filter",
			"%s without an account: the server showed nobody", doing())
	}
	if s.referrals > 0 {
		req.Tell(fmt.Sprintf("%d referrals of %s to other servers were not followed", s.referrals, c.address.server()))
	}
	return nil
}

// nameSet remembers which DNs were seen, by a hash of 64 bits: 20 to 40 bytes a
// person, and a chance below one in ten million that a million people are
// refused for nothing.
type nameSet struct {
	seed   maphash.Seed
	hashes map[uint64]struct{}
}

func newNameSet() nameSet {
	return nameSet{seed: maphash.MakeSeed(), hashes: map[uint64]struct{}{}}
}

// add says whether the name is new.
func (n nameSet) add(dn string) bool {
	before := len(n.hashes)
	n.hashes[maphash.String(n.seed, dn)] = struct{}{}
	return len(n.hashes) > before
}
