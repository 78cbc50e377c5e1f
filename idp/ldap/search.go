package ldap

import (
	"bytes"
	"context"
	"errors"
	"iter"

	ldap "github.com/go-ldap/ldap/v3"
)

// search is what is asked of a server (RFC 4511, section 4.5.1).
type search struct {
	base       string
	scope      int
	filter     string
	attributes []string
	pageSize   int
}

// entry is one SearchResultEntry. It is good until the loop's next turn; its
// strings stay.
type entry struct {
	dn         string
	attributes []attribute
}

// attribute is a PartialAttribute: the name as the server spells it, options
// included, and the values in the server's order.
type attribute struct {
	name   string
	values []string
}

// entries gives the entries of a search one by one, asking for page after page
// (RFC 2696). It ends without an error only when the server said that it gave
// everything. This is the seam between the wire and the people: nobody above
// knows pages, nobody below knows attributes. The errors are raw; see
// [session.failure].
//
// go-ldap's Search is asked once a page: its SearchAsync takes a closed
// connection for a result, and its SearchWithPaging keeps all entries.
func (s *session) entries(ctx context.Context, query search) iter.Seq2[*entry, error] {
	return func(yield func(*entry, error) bool) {
		paging := ldap.NewControlPaging(uint32(query.pageSize))
		request := ldap.NewSearchRequest(query.base, query.scope, ldap.NeverDerefAliases, 0, 0, false,
			query.filter, query.attributes, []ldap.Control{paging})
		var current entry
		for first := true; ; first = false {
			// Entries that come with an error are a part, and go unused.
			result, err := s.page(request)
			if err != nil {
				yield(nil, err)
				return
			}
			answer, ok := ldap.FindControl(result.Controls, ldap.ControlTypePaging).(*ldap.ControlPaging)
			if !ok && !first {
				yield(nil, errNoPagingControl)
				return
			}
			s.referrals += len(result.Referrals)
			for _, from := range result.Entries {
				if err := ctx.Err(); err != nil {
					yield(nil, err)
					return
				}
				current.take(from)
				if !yield(&current, nil) {
					return
				}
			}
			if err := ctx.Err(); err != nil {
				yield(nil, err)
				return
			}
			// A server that knows no paging says nothing of it, and its
			// success means that this was everything.
			if !ok || len(answer.Cookie) == 0 {
				return
			}
			if len(result.Entries) == 0 && bytes.Equal(answer.Cookie, paging.Cookie) {
				yield(nil, errStuck)
				return
			}
			paging.SetCookie(answer.Cookie)
		}
	}
}

// Answers that no correct server gives and that would lose people.
var (
	errNoPagingControl = errors.New("the answer to a later page does not say whether there are more")
	errStuck           = errors.New("the server gives empty pages without an end")
)

func (s *session) page(request *ldap.SearchRequest) (*ldap.SearchResult, error) {
	var result *ldap.SearchResult
	err := s.call(func() (err error) {
		result, err = s.ldap.Search(request)
		return err
	})
	return result, err
}

// take makes e the entry that go-ldap decoded.
func (e *entry) take(from *ldap.Entry) {
	e.dn = from.DN
	e.attributes = e.attributes[:0]
	for _, a := range from.Attributes {
		e.attributes = append(e.attributes, attribute{name: a.Name, values: a.Values})
	}
}
