package ldap

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	ldap "github.com/go-ldap/ldap/v3"

	"cohort/idp/ldap/internal/wire"
)

// search is what is asked of a server (RFC 4511, section 4.5.1).
type search struct {
	base       string
	scope      wire.Scope
	filter     string
	attributes []string
	pageSize   int // 0 asks for no pages
	sizeLimit  int // how many entries are enough; 0 wants all
}

// entry is one SearchResultEntry. It is good until the loop's next turn; its
// strings stay.
type entry = wire.Entry

// entries gives the entries of a search one by one. It ends without an error
// only when the server said that it gave everything. This is the seam between
// the wire and the people: nobody above knows pages, nobody below knows
// attributes. The errors are raw; see [session.failure].
func (s *session) entries(ctx context.Context, query search) iter.Seq2[*entry, error] {
	return func(yield func(*entry, error) bool) {
		filter, err := ldap.CompileFilter(query.filter)
		if err != nil {
			yield(nil, fmt.Errorf("the filter %s: %s", query.filter, plain(err)))
			return
		}
		s.wire.Search(ctx, wire.Search{
			Base:         query.base,
			Scope:        query.scope,
			Filter:       filter,
			Attributes:   query.attributes,
			PageSize:     query.pageSize,
			SizeLimit:    query.sizeLimit,
			Continuation: s.continuations.add,
		})(yield)
	}
}

// anyEntry is the filter that every entry meets.
const anyEntry = "(objectClass=*)"

// entrySearch is the search for a single entry.
func entrySearch(dn string, attributes []string) search {
	return search{base: dn, scope: wire.BaseObject, filter: anyEntry, attributes: attributes}
}

// one reads a single entry by its DN. What is not there, or is not shown, is
// nil without an error.
func (s *session) one(ctx context.Context, dn string, attributes []string) (*entry, error) {
	query := entrySearch(dn, attributes)
	var found *entry
	for e, err := range s.entries(ctx, query) {
		if err != nil {
			if isResult(err, ldap.LDAPResultNoSuchObject, ldap.LDAPResultInsufficientAccessRights, ldap.LDAPResultReferral) {
				return nil, nil
			}
			return nil, err
		}
		// The loop's own entry is used again, but not after its end.
		found = e
	}
	return found, nil
}

// continuations counts the parts of the directory that other servers have
// (RFC 4511, section 4.5.3), and remembers their hosts.
type continuations struct {
	count int
	hosts map[string]bool
}

// add counts a reference to other servers. That to the partitions in which
// Active Directory keeps its own affairs, which comes with every search from a
// domain's root, is none to people.
func (c *continuations) add(uris []string) {
	if slices.ContainsFunc(uris, leadsToOwnAffairs) {
		return
	}
	c.count++
	if c.hosts == nil {
		c.hosts = make(map[string]bool)
	}
	for _, uri := range uris {
		if address, err := parseAddress(uri); err == nil {
			c.hosts[address.server()] = true
		}
	}
}

// String counts and names them: "3 referrals to other servers (ldap://a)".
func (c *continuations) String() string {
	text := fmt.Sprintf("%d referrals to other servers", c.count)
	if c.count == 1 {
		text = "a referral to another server"
	}
	if hosts := slices.Sorted(maps.Keys(c.hosts)); len(hosts) > 0 {
		text += " (" + strings.Join(hosts[:min(len(hosts), 5)], ", ") + ")"
	}
	return text
}

func leadsToOwnAffairs(uri string) bool {
	address, err := parseAddress(uri)
	if err != nil {
		return false
	}
	first, _, _ := strings.Cut(strings.ToLower(address.base), ",")
	return first == "cn=configuration" || first == "dc=domaindnszones" || first == "dc=forestdnszones"
}
