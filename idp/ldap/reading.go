package ldap

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"os"
	"strings"

	ldap "github.com/go-ldap/ldap/v3"

	"cohort/idp"
	"cohort/idp/ldap/internal/wire"
	"cohort/internal/fault"
)

// reading is one loop over a stream. A connection that is lost on the way
// makes it start again from the beginning, since cookies belong to
// connections; whoever was given is not given twice.
type reading struct {
	connector *Connector
	request   idp.Request
	// attributes, where they are not nil, are asked for in place of those of
	// the request.
	attributes []string
	yield      func(idp.Person, error) bool

	side    *session // for what a busy connection cannot be asked; nil until it is needed
	attempt int
	given   names
	count   int
	// oddEmail is of those who were given, on whichever connection.
	oddEmail idp.Oddity
	// pageSize is what the server is known to accept; wire asks for no pages
	// where it is 0.
	pageSize int
}

// maxConnections is how often a read starts whose connection is lost.
const maxConnections = 3

// errEnough says that the caller left the loop.
var errEnough = errors.New("the caller has seen enough")

func (r *reading) run(ctx context.Context) error {
	defer func() {
		if r.side != nil {
			r.side.close()
		}
	}()
	r.pageSize = r.connector.config.PageSize
	var lost error
	for connections := 1; ; connections++ {
		s, err := r.connector.open(ctx)
		if err != nil {
			// That the server is gone says less than when it went.
			if lost != nil && fault.KindOf(err) == fault.Source {
				return lost
			}
			return err
		}
		if lost != nil {
			r.request.Tell(fmt.Sprintf("the connection to the directory was lost after %d people, and the read started again on %s", r.count, s.name))
		}
		if lost == nil && r.connector.address.globalCatalogue() {
			r.request.Tell("this is a port of the global catalogue, which has only some of people's attributes; the others are empty here, and on port 389 or 636 they are not")
		}
		again, err := r.read(ctx, s)
		s.close()
		switch {
		case errors.Is(err, errEnough):
			return nil
		case !again || connections == maxConnections:
			return err
		}
		lost = err
	}
}

// read is one attempt on a connection. One that was lost is worth another, but
// not one that fell silent: waiting again would take as long.
func (r *reading) read(ctx context.Context, s *session) (again bool, err error) {
	r.attempt++
	mapping := mappingOf(r.request, s.server.origin())
	mapping.oddEmail = &r.oddEmail
	query, err := r.connector.query(s, mapping.asked())
	if r.attributes != nil {
		query.attributes = r.attributes
	}
	if err != nil {
		return false, err
	}
	doing := func() string {
		text := fmt.Sprintf("reading people below %s from %s", query.base, s.name)
		if r.count > 0 {
			text += fmt.Sprintf(", after %d of them", r.count)
		}
		return text
	}
	err = r.pages(ctx, s, mapping, query)
	switch _, decided := errors.AsType[*fault.Error](err); {
	case err == nil:
		if ended := ended(ctx, doing()); ended != nil {
			return false, ended
		}
		return false, r.finish(s, doing())
	case errors.Is(err, errEnough):
		return false, err
	case decided:
		return false, fmt.Errorf("%s: %w", doing(), err)
	}
	_, lost := errors.AsType[*wire.LostError](err)
	return lost && !errors.Is(err, os.ErrDeadlineExceeded), s.failure(ctx, doing(), err)
}

// pages reads everybody, in pages of a size that the server accepts, else
// without pages: what it gives then is everything when it says so.
func (r *reading) pages(ctx context.Context, s *session, mapping *mapping, query search) error {
	for {
		query.pageSize = r.pageSize
		entries, err := r.search(ctx, s, mapping, query)
		if err == nil || query.pageSize == 0 || entries >= query.pageSize {
			return err
		}
		// Beyond the first page a limit is one for the whole search.
		switch {
		case isResult(err, ldap.LDAPResultSizeLimitExceeded, ldap.LDAPResultAdminLimitExceeded) && query.pageSize > smallestPage:
			r.pageSize = max(query.pageSize/5, smallestPage)
		case isResult(err, ldap.LDAPResultUnavailableCriticalExtension, ldap.LDAPResultUnwillingToPerform) && entries == 0:
			r.pageSize = 0
		default:
			return err
		}
		// Whom the failed search gave is given; the next one skips them.
		r.attempt++
	}
}

// smallestPage is the smallest page that is worth asking for.
const smallestPage = 20

// search gives the people of one search, and counts its entries.
func (r *reading) search(ctx context.Context, s *session, mapping *mapping, query search) (entries int, err error) {
	for e, err := range s.entries(ctx, query) {
		if err != nil {
			return entries, err
		}
		entries++
		before, known := r.given.attempt(e.DN, r.attempt)
		switch {
		case known && before == r.attempt:
			return entries, fault.New(fault.Source, "run it again; if it stays so, the server's paging is broken",
				"the server gave %s twice", e.DN)
		case known:
			continue
		}
		person, err := r.person(ctx, mapping, e)
		if err != nil {
			return entries, err
		}
		r.count++
		if !r.yield(person, nil) {
			return entries, errEnough
		}
	}
	return entries, nil
}

// person is what the entry says. Of a long list Active Directory gives only the
// first values; the others are asked for on a second connection, since this
// one is busy.
func (r *reading) person(ctx context.Context, mapping *mapping, e *entry) (idp.Person, error) {
	mapping.load(e)
	for len(mapping.cuts()) > 0 {
		if r.side == nil {
			side, err := r.connector.open(ctx)
			if err != nil {
				return idp.Person{}, err
			}
			r.side = side
		}
		var missing []string
		for _, c := range mapping.cuts() {
			missing = append(missing, c.attribute())
		}
		doing := fmt.Sprintf("reading more of %s of %s", strings.Join(missing, ", "), e.DN)
		rest, err := r.side.one(ctx, e.DN, missing)
		if err != nil {
			return idp.Person{}, r.side.failure(ctx, doing, err)
		}
		if rest == nil {
			return idp.Person{}, fault.New(fault.Source, "run it again", "%s: the server has the entry no more", doing)
		}
		if err := mapping.extend(rest); err != nil {
			return idp.Person{}, err
		}
	}
	return mapping.build(e), nil
}

// names remembers in which attempt a DN came last, by a hash of 64 bits: some
// 40 bytes a person, and a chance below one in ten million that a million
// people are refused for nothing.
type names struct {
	seed   maphash.Seed
	hashes map[uint64]uint8
}

func newNames() names {
	return names{seed: maphash.MakeSeed(), hashes: make(map[uint64]uint8)}
}

// attempt gives the attempt in which the DN came last, and notes this one.
func (n names) attempt(dn string, now int) (before int, known bool) {
	hash := maphash.String(n.seed, dn)
	last, known := n.hashes[hash]
	n.hashes[hash] = uint8(now)
	return int(last), known
}
