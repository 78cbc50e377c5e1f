package wire

import (
	"context"
	"errors"
	"fmt"

	ber "github.com/go-asn1-ber/asn1-ber"
)

// reading is one search on its way.
type reading struct {
	conn    *Conn
	search  Search
	request *ber.Packet
	yield   func(*Entry, error) bool

	id      int64 // of the request that is being answered; nobody after the last
	cookie  string
	paged   bool // the server has shown that it knows pages
	page    int  // how much this page has brought: entries and references
	hollow  int  // how many pages in a row brought nothing
	entries int  // how many were handed out
	entry   Entry
}

// maxHollow is how many pages without anything may follow each other. A server
// that looks through many entries for few may give some.
const maxHollow = 1000

func (r *reading) run(ctx context.Context) error {
	if err := r.ask(); err != nil {
		return err
	}
	for r.id != nobody {
		batch, err := r.conn.in.receive()
		if err != nil {
			return err
		}
		id := r.id
		end, ending := r.lookAhead(batch)
		for i, m := range batch {
			if err := ctx.Err(); err != nil {
				return err
			}
			if i == end {
				if ending != nil {
					return ending
				}
				id = nobody
				continue
			}
			if err := r.handle(m, id); err != nil {
				return r.unlessLate(err, id)
			}
		}
	}
	return nil
}

// unlessLate leaves a Notice of Disconnection that follows the last page to the
// next request: whether it comes along with the end is chance, and all was given.
func (r *reading) unlessLate(err error, id int64) error {
	if _, ok := errors.AsType[*DisconnectionError](err); ok && id == nobody && r.id == nobody {
		r.conn.in.failure = err
		return nil
	}
	return err
}

// ask requests a page.
func (r *reading) ask() (err error) {
	var controls *ber.Packet
	if r.search.PageSize > 0 {
		controls = pagingControls(r.search.PageSize, r.cookie)
	}
	r.id, err = r.conn.send(r.request, controls)
	return err
}

// lookAhead finds the end of the page in a batch, and asks for the next page:
// the server shall not wait until the caller is done with this one. Without an
// end it is -1. The error is for whoever gets as far as the end.
func (r *reading) lookAhead(batch []message) (end int, err error) {
	for i, m := range batch {
		if m.id != r.id {
			continue
		}
		switch m.op {
		case opSearchResultEntry, opSearchResultReference:
			r.page++
		case opSearchResultDone:
			return i, r.turn(m)
		}
	}
	return -1, nil
}

// turn goes on to the next page, if there is one.
func (r *reading) turn(m message) error {
	result, _, err := decodeResult(string(m.body))
	if err != nil {
		return malformed("end of a search", err)
	}
	if result.Code != 0 {
		return &result
	}
	cookie, found, err := decodePaging(string(m.rest))
	switch {
	case err != nil:
		return malformed("paging control", err)
	case !found && r.paged:
		return &ProtocolError{"a later page that does not say whether there are more"}
	case !found && r.search.PageSize > 0 && r.page == r.search.PageSize:
		// A server that knows no pages stops there by chance only.
		return &ProtocolError{"a full page that does not say whether there are more"}
	case found && r.search.PageSize == 0 && cookie != "":
		return &ProtocolError{"a page where all was asked for"}
	case cookie == "":
		// A server that knows no pages says nothing of them, and its success
		// means that this was everything.
		r.id = nobody
		return nil
	}
	if err := r.advance(cookie); err != nil {
		return err
	}
	return r.ask()
}

// advance makes sure that the pages come to an end. A cookie may stay the same
// where it only names the search, as that of 389 Directory Server.
func (r *reading) advance(cookie string) error {
	switch {
	case r.page > 0:
		r.hollow = 0
	case cookie == r.cookie:
		return &ProtocolError{"an empty page and the cookie that led to it"}
	default:
		r.hollow++
	}
	if r.hollow > maxHollow {
		return &ProtocolError{"empty pages without an end"}
	}
	r.cookie, r.paged, r.page = cookie, true, 0
	return nil
}

// handle takes a message that is not the page's end.
func (r *reading) handle(m message, id int64) error {
	mine, err := belongs(m, id)
	if err != nil || !mine {
		return err
	}
	switch m.op {
	case opSearchResultEntry:
		if err := r.entry.decode(string(m.body)); err != nil {
			return malformed("entry", err)
		}
		r.entries++
		if !r.yield(&r.entry, nil) {
			return errStopped
		}
		return nil
	case opSearchResultReference:
		uris, err := decodeReference(string(m.body))
		if err != nil {
			return malformed("reference", err)
		}
		if r.search.Continuation != nil {
			r.search.Continuation(uris)
		}
		return nil
	default:
		return &ProtocolError{fmt.Sprintf("something of type %#x in answer to a search", m.op)}
	}
}
