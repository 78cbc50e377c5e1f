package wire

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"

	ber "github.com/go-asn1-ber/asn1-ber"
)

// Scope is how far below the base a search goes (RFC 4511, section 4.5.1.2).
type Scope int

// The scopes.
const (
	BaseObject Scope = iota
	SingleLevel
	WholeSubtree
)

// Search is what is asked of a server (RFC 4511, section 4.5.1). Aliases stay
// what they are.
type Search struct {
	Base       string
	Scope      Scope
	Filter     *ber.Packet // as it goes over the wire
	Attributes []string    // none is all user attributes
	PageSize   int         // entries a page (RFC 2696); 0 asks for no pages
	SizeLimit  int         // entries; 0 is the server's limit
	// Continuation, if there is one, is told the URIs of each
	// SearchResultReference: parts of the directory that another server has.
	Continuation func(uris []string)
}

func (s Search) check() error {
	if s.Filter == nil {
		return errors.New("a search needs a filter")
	}
	if s.Scope < BaseObject || s.Scope > WholeSubtree {
		return fmt.Errorf("there is no scope %d", s.Scope)
	}
	if s.PageSize < 0 || s.PageSize > math.MaxInt32 || s.SizeLimit < 0 || s.SizeLimit > math.MaxInt32 {
		return errors.New("a limit of the search is out of range")
	}
	return nil
}

// Search gives the entries of a search one by one, page after page. It ends
// without an error only when the server said that it gave everything; an error
// comes after the entries before it, and is the last. A loop that is left early
// closes the connection.
//
// The server works on a page while the caller works on the one before. What is
// read ahead is at most what the buffer and the network hold of one page.
func (c *Conn) Search(ctx context.Context, s Search) iter.Seq2[*Entry, error] {
	return func(yield func(*Entry, error) bool) {
		err := s.check()
		if err == nil {
			r := &reading{conn: c, search: s, request: searchRequest(s), yield: yield}
			err = c.operate(ctx, func() error { return r.run(ctx) })
			if lost, ok := errors.AsType[*LostError](err); ok {
				lost.Entries = r.entries
			}
		}
		if err != nil && !errors.Is(err, errStopped) {
			yield(nil, err)
		}
	}
}
