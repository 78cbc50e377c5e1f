package ldap

import (
	"context"
	"fmt"
	"iter"

	ldap "github.com/go-ldap/ldap/v3"

	"cohort/idp"
	"cohort/internal/fault"
)

// People implements [idp.Connector]. Besides an end of ctx, the errors are of
// the kinds [fault.Source] (the server could not be reached, or did not give
// everybody), [fault.Credentials] and [fault.Usage].
func (c *Connector) People(ctx context.Context, req idp.Request) iter.Seq2[idp.Person, error] {
	return func(yield func(idp.Person, error) bool) {
		r := &reading{connector: c, request: req, yield: yield, given: newNames()}
		if err := r.run(ctx); err != nil {
			yield(idp.Person{}, err)
		}
	}
}

// managerMapping is for what is read of managers who are looked up.
func managerMapping(from origin) *mapping { return mappingOf(idp.Request{}, from) }

// Addresses implements [idp.Lookup]: refs are DNs in their normal form.
func (c *Connector) Addresses(ctx context.Context, refs []string) (map[string]string, error) {
	s, err := c.open(ctx)
	if err != nil {
		return nil, err
	}
	defer s.close()
	mapping := managerMapping(s.server.origin())
	addresses := make(map[string]string)
	for _, ref := range refs {
		// What somebody typed into the attribute may be no DN at all.
		if _, err := ldap.ParseDN(ref); err != nil {
			continue
		}
		e, err := s.one(ctx, ref, mapping.names)
		if err != nil {
			return nil, s.failure(ctx, "reading "+ref+" from "+s.name, err)
		}
		if e == nil {
			continue
		}
		person, err := mapping.person(e)
		if err != nil {
			return nil, err
		}
		if person.Primary != "" {
			addresses[ref] = person.Primary
		}
	}
	return addresses, nil
}

// RefOf implements [idp.Referrer]: value is a DN.
func (c *Connector) RefOf(value string) string { return normalDN(value) }

// search is the search for people as far as the user named it: base and filter
// may be empty.
func (c *Connector) search(attributes []string) search {
	return search{
		base:       c.address.base,
		scope:      c.address.scopeCode(),
		filter:     c.address.filter,
		attributes: attributes,
		pageSize:   c.config.PageSize,
	}
}

// query is the search for people: what the user named, else what the server
// suggests.
func (c *Connector) query(s *session, attributes []string) (search, error) {
	query := c.search(attributes)
	if query.base == "" {
		var err error
		if query.base, err = s.server.base(); err != nil {
			return query, err
		}
	}
	if query.filter == "" {
		query.filter = s.server.flavour.filter()
	}
	return query, nil
}

// finish says what the read as a whole has shown, after everybody was given.
func (r *reading) finish(s *session, doing string) error {
	isNobody := r.count == 0 && !r.request.AllowEmpty
	if isNobody && s.anonymous {
		return fault.New(fault.Credentials,
			"many servers show nothing to who has not signed in: give an account with --ldap-bind-dn; or check --ldap-base and --ldap-filter; export --allow-empty takes this for the truth",
			"%s without an account: the server showed nobody", doing)
	}
	if isNobody && s.external {
		return fault.New(fault.Credentials,
			"does the server take the certificate, or the socket's user, for an account that may read people; or check --ldap-base and --ldap-filter; export --allow-empty takes this for the truth",
			"%s: the server showed nobody", doing)
	}
	r.oddEmail.Tell(r.request, idp.NoAddress(s.name))
	if s.continuations.count == 0 {
		return nil
	}
	if r.connector.config.Referrals == referralsError {
		return fault.New(fault.Source, "name a base that this server holds alone, or read its global catalogue",
			"%s: there are people elsewhere: %s", doing, &s.continuations)
	}
	r.request.Tell(fmt.Sprintf("%s has %s, which were not followed", s.name, &s.continuations))
	return nil
}
