package okta

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"slices"

	"cohort/idp"
	"cohort/internal/fault"
)

const usersPath = "/api/v1/users"

// People implements [idp.Connector]. Besides an end of ctx, the errors are of
// the kinds [fault.Source] (the org could not be reached, or did not give
// everybody), [fault.Credentials] and [fault.Usage].
func (c *Connector) People(ctx context.Context, req idp.Request) iter.Seq2[idp.Person, error] {
	return func(yield func(idp.Person, error) bool) {
		r := &reading{connector: c, request: req, yield: yield, seen: map[string]struct{}{}}
		if err := r.run(ctx); err != nil && !errors.Is(err, errLeft) {
			yield(idp.Person{}, err)
		}
	}
}

// reading is one loop over the stream.
type reading struct {
	connector *Connector
	session   *session
	request   idp.Request
	mapping   *mapping
	yield     func(idp.Person, error) bool

	seen  map[string]struct{} // identifiers of those who were given
	count int
}

// errLeft says that the loop over the stream was left.
var errLeft = errors.New("the loop was left")

func (r *reading) run(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	withGroups := slices.Contains(r.request.Fields, idp.Groups)
	s, err := r.connector.open(r.connector.scopes(withGroups))
	if err != nil {
		return err
	}
	defer s.close()
	r.session = s
	var groups membership
	if withGroups {
		if groups, err = s.membership(ctx, r.request.Tell); err != nil {
			return err
		}
	}
	r.mapping = mappingOf(r.request, groups)
	if err := r.everybody(ctx); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if r.count == 0 && !r.request.AllowEmpty {
		if err := r.nobody(ctx); err != nil {
			return err
		}
	}
	r.mapping.oddEmail.Tell(r.request, idp.NoAddress(r.connector.host()))
	if n := s.repeated.Load(); n > 0 {
		r.request.Tell(fmt.Sprintf("%s had to be asked again %s, after errors or at its rate limit", r.connector.host(), plural(int(n), "time", "times")))
	}
	return nil
}

// everybody reads by a search, several parts at a time. An org whose search
// does not answer, or not in order, is read by plain lists.
func (r *reading) everybody(ctx context.Context) error {
	doing := "read the people of " + r.connector.host()
	err := r.search(ctx)
	if unanswered, ok := errors.AsType[*noSearchError](err); ok && ctx.Err() == nil {
		var listErr error
		if listErr = r.lists(ctx); listErr == nil {
			r.request.Tell(fmt.Sprintf("%s did not answer the search (%s), so that it was read list by list", r.connector.host(), unanswered.short()))
		}
		err = listErr
	}
	if err == nil || errors.Is(err, errLeft) {
		return err
	}
	return r.session.failure(ctx, doing, err)
}

// noSearchError says that the search cannot be read as it was asked.
type noSearchError struct{ cause error }

func (e *noSearchError) Error() string { return e.cause.Error() }
func (e *noSearchError) Unwrap() error { return e.cause }

func (e *noSearchError) short() string {
	if refused, ok := errors.AsType[*refusal](e.cause); ok {
		return refused.Error()
	}
	if unfit, ok := errors.AsType[*unfitError](e.cause); ok {
		return unfit.Error()
	}
	return "no answer in time"
}

// lists reads everybody by plain lists. The first leaves out who has left;
// a second has them, and whoever leaves in the meantime.
func (r *reading) lists(ctx context.Context) error {
	settled := false
	for _, query := range r.connector.listQueries() {
		for items, err := range r.session.list(ctx, usersPath, query) {
			if err != nil {
				return err
			}
			records, err := recordsOf(items)
			if err != nil {
				return err
			}
			if !settled {
				r.mapping.refs.settle(records)
				settled = true
			}
			if err := r.give(ctx, r.people(records)); err != nil {
				return err
			}
		}
	}
	return nil
}

// listQueries are the plain lists that have everybody together.
func (c *Connector) listQueries() []url.Values {
	switch c := c.config; {
	case c.Search != "":
		return []url.Values{{"search": {expression(c.Search, c.Statuses, span{})}}}
	case len(c.Statuses) > 0:
		return []url.Values{{"filter": {anyStatus(c.Statuses)}}}
	default:
		return []url.Values{{}, {"filter": {anyStatus([]string{deprovisioned})}}}
	}
}

// people are those of the records that were asked for. The org has chosen
// already; but its search may not have heard of the latest change of a status.
func (r *reading) people(records []record) []idp.Person {
	people := make([]idp.Person, 0, len(records))
	statuses := r.connector.config.Statuses
	for _, one := range records {
		if len(statuses) == 0 || slices.Contains(statuses, one.status) {
			people = append(people, r.mapping.person(one))
		}
	}
	return people
}

// give hands people on, each once.
func (r *reading) give(ctx context.Context, people []idp.Person) error {
	for _, p := range people {
		if _, known := r.seen[p.ID]; known {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		r.seen[p.ID] = struct{}{}
		r.count++
		if !r.yield(p, nil) {
			return errLeft
		}
	}
	return nil
}

// nobody says what it means that nobody came: with a narrowed read it may be
// the truth, if the org shows anybody at all.
func (r *reading) nobody(ctx context.Context) error {
	doing := "read the people of " + r.connector.host()
	if r.connector.config.Search != "" || len(r.connector.config.Statuses) > 0 {
		page, err := r.session.get(ctx, address(usersPath, nil, anybody))
		if err != nil {
			return r.session.failure(ctx, doing, err)
		}
		if len(page.items) > 0 {
			return nil
		}
	}
	who := "the administrator who made the API token needs"
	if r.connector.signer != nil {
		who = "give the service app"
	}
	return fault.New(fault.Credentials, who+" a role that may view all users, such as Read-Only Administrator; export --allow-empty takes this for the truth",
		"%s: the org shows nobody, which is how Okta treats who may not read users", doing)
}

// anybody is the size of the page that shows whether there is anybody at all.
const anybody = 1

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
