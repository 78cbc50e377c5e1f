package okta

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"net/url"
	"strconv"
	"time"
)

// pageSize is the most that Okta gives of users in one page.
const pageSize = 200

// otherSize is the size of pages by which a list is read again where its end is
// in doubt: not the one before, and one of which so many entries leave a last
// page that is well filled but not full, also where some came twice.
func otherSize(entries, before int) int {
	for size := pageSize - 1; size > pageSize/2; size-- {
		if last := entries % size; size != before && last > 0 && last < size*3/4 {
			return size
		}
	}
	return pageSize/2 + before%2 // no number of entries was seen to come to here
}

// edge is what the first or the last entry of a page tells.
type edge struct{ id, created string }

// edgeOf reads no more of an entry than that.
func edgeOf(item json.RawMessage) (edge, error) {
	top, _ := objectOf(item)
	e := edge{id: textOf(top.get("id")), created: textOf(top.get("created"))}
	if e.id == "" {
		return e, &unfitError{"an entry of the list has no id"}
	}
	return e, nil
}

// leg is a page on its way, or the error in place of it.
type leg struct {
	page
	first, last edge
	// doubtful says that the list may go on although the page has no next one:
	// it is full, or it is empty where more was announced.
	doubtful bool
	err      error
}

// trail watches the pages of one list, so that one that leads back, or comes
// twice, is seen.
type trail struct {
	limit   int
	cursors map[string]bool
	edges   map[[2]string]bool // of the pages so far
	begun   bool
	isFull  bool // the last page that was not empty
	empties int  // in a row
}

func newTrail(limit int) *trail {
	return &trail{limit: limit, cursors: map[string]bool{}, edges: map[[2]string]bool{}}
}

// mostEmpties is how many empty pages in a row are believed. Okta gives some,
// where it has left out what may not be seen.
const mostEmpties = 10

// errEmpty is no error where it stays: see [leg].
var errEmpty = errors.New("the list ends in an empty page")

// check refuses a page that cannot follow what came before.
func (t *trail) check(l *leg) error {
	if len(l.items) == 0 {
		switch {
		case l.next != "" && t.cursors[l.next]:
			return &unfitError{"the Link to the next page leads back"}
		case l.next != "" && t.empties >= mostEmpties:
			return &unfitError{"one empty page leads to another, without an end"}
		case l.next == "" && t.begun:
			// After a page that was not full it is where the list ends.
			l.doubtful = t.isFull
			return errEmpty
		}
		return nil
	}
	var err error
	if l.first, err = edgeOf(l.items[0]); err != nil {
		return err
	}
	if l.last, err = edgeOf(l.items[len(l.items)-1]); err != nil {
		return err
	}
	switch {
	case t.edges[[2]string{l.first.id, l.last.id}]:
		return &unfitError{"a page came a second time in place of another"}
	case l.next != "" && t.cursors[l.next]:
		return &unfitError{"the Link to the next page leads back"}
	}
	l.doubtful = l.next == "" && len(l.items) >= t.limit
	return nil
}

func (t *trail) add(l *leg) {
	t.begun = true
	if l.next != "" {
		t.cursors[l.next] = true
	}
	if len(l.items) == 0 {
		t.empties++
		return
	}
	t.empties, t.isFull = 0, len(l.items) >= t.limit
	t.edges[[2]string{l.first.id, l.last.id}] = true
}

// asksAgain is how often a page that cannot be right is asked for again. What
// breaks on the way is the transport's business, and counted there.
const asksAgain = 3

// ask reads one page while its caller does something else. Exactly one leg
// comes, and the channel need not be read. One page of a list is asked for at
// a time.
func (s *session) ask(ctx context.Context, t *trail, address string) <-chan leg {
	coming := make(chan leg, 1)
	go func() { coming <- s.fit(ctx, t, address) }()
	return coming
}

func (s *session) fit(ctx context.Context, t *trail, address string) leg {
	for again := 1; ; again++ {
		p, err := s.get(ctx, address)
		if err != nil {
			return leg{err: err}
		}
		l := leg{page: p}
		unfit := t.check(&l)
		if unfit == nil || errors.Is(unfit, errEmpty) && again > asksAgain {
			t.add(&l)
			return l
		}
		if again > asksAgain {
			return leg{err: unfit}
		}
		s.repeated.Add(1)
		if err := waitFor(ctx, time.Now().Add(s.pause()<<again), nil); err != nil {
			return leg{err: err}
		}
	}
}

// pause is the shortest wait before something is asked again.
func (s *session) pause() time.Duration {
	if base := s.connector.config.HTTP.BaseDelay; base > 0 {
		return base / 2
	}
	return 100 * time.Millisecond
}

// list reads a list to its end, and asks for the next page while the one
// before is in use. Entries may come more than once: where the end is in
// doubt, the list is read again by pages of another size, which the end of a
// real one survives.
func (s *session) list(ctx context.Context, path string, query url.Values) iter.Seq2[[]json.RawMessage, error] {
	return func(yield func([]json.RawMessage, error) bool) {
		size := pageSize
		for range 1 + asksAgain {
			entries, doubtful, ok := s.walk(ctx, address(path, query, size), size, yield)
			if !ok || !doubtful {
				return
			}
			size = otherSize(entries, size)
		}
		yield(nil, errBrokenOff)
	}
}

// errBrokenOff is a list whose every reading ends in doubt.
var errBrokenOff = &unfitError{"the list breaks off after a full page"}

// walk reads a list once, to how many entries. It is not ok when yield said so,
// or was given an error.
func (s *session) walk(ctx context.Context, first string, size int, yield func([]json.RawMessage, error) bool) (entries int, doubtful, ok bool) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	t := newTrail(size)
	for coming := s.ask(ctx, t, first); ; {
		l := <-coming
		if l.err != nil {
			yield(nil, l.err)
			return 0, false, false
		}
		entries += len(l.items)
		if l.next != "" {
			coming = s.ask(ctx, t, l.next)
		}
		if !yield(l.items, nil) {
			cancel()
			if l.next != "" {
				<-coming // nothing stays behind
			}
			return 0, false, false
		}
		if l.next == "" {
			return entries, l.doubtful, true
		}
	}
}

func address(path string, query url.Values, size int) string {
	all := url.Values{"limit": {strconv.Itoa(size)}}
	for name, values := range query {
		all[name] = values
	}
	return path + "?" + all.Encode()
}
