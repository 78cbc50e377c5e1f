package okta

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"cohort/idp"
)

// pagesASearch is how many pages of one search are read before another goes on
// where it is: Okta ends a sorted one after 50,000 people.
const pagesASearch = 200

// expression is the search for a part of the org.
func expression(narrowed string, statuses []string, part span) string {
	var all []string
	if narrowed != "" {
		all = append(all, "("+narrowed+")")
	}
	if len(statuses) > 0 {
		all = append(all, "("+anyStatus(statuses)+")")
	}
	if !part.from.IsZero() {
		all = append(all, "created ge "+moment(part.from))
	}
	if !part.until.IsZero() {
		all = append(all, "created lt "+moment(part.until))
	}
	if len(all) == 0 {
		return "status pr"
	}
	return strings.Join(all, " and ")
}

func anyStatus(statuses []string) string {
	parts := make([]string, len(statuses))
	for i, status := range statuses {
		parts[i] = "status eq " + quoted(status)
	}
	return strings.Join(parts, " or ")
}

// moment is a time as Okta spells it, to the millisecond.
func moment(t time.Time) string { return quoted(t.UTC().Format("2006-01-02T15:04:05.000Z")) }

// search reads everybody, several spans of their times of creation at a time.
// A [noSearchError] leaves open who was given.
func (r *reading) search(ctx context.Context) error {
	outer := ctx
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	plan := newRanges(time.Now(), func(readers int, pages float64) bool {
		return r.session.pace.gains(usersPath, readers, pages)
	})
	out := make(chan []idp.Person)
	workers, ctx := errgroup.WithContext(ctx)
	first := plan.first()
	for i := range r.connector.config.Parallel {
		w := &worker{reading: r, plan: plan, out: out}
		if i == 0 {
			w.shard, w.isFirst = first, true
		}
		workers.Go(func() error { return w.run(ctx) })
	}
	var ended error
	go func() {
		ended = workers.Wait()
		close(out)
	}()
	var given error
	for people := range out {
		// After an error what still comes is let go, until all have ended.
		if given == nil {
			if given = r.give(outer, people); given != nil {
				cancel()
			}
		}
	}
	if given != nil {
		return given
	}
	return ended
}

// worker reads one shard after the other.
type worker struct {
	*reading
	plan    *ranges
	out     chan<- []idp.Person
	shard   *shard
	isFirst bool // no page of the read has come yet
}

func (w *worker) run(ctx context.Context) error {
	for waits := false; ; {
		if w.shard == nil {
			var changed <-chan struct{}
			if w.shard, changed = w.plan.take(waits); w.shard == nil && changed == nil {
				return nil
			}
			if waits = w.shard == nil; waits {
				if err := waitFor(ctx, time.Time{}, changed); err != nil {
					return err
				}
				continue
			}
		}
		if err := w.read(ctx); err != nil {
			return err
		}
		w.plan.done(w.shard)
		w.shard = nil
	}
}

// read reads the worker's shard to its end, or to where another goes on.
func (w *worker) read(ctx context.Context) error {
	part, size := w.shard.span, pageSize
	for doubts := 0; ; {
		entries, ended, err := w.walk(ctx, part, size)
		if err != nil || ended == atEnd {
			return err
		}
		rest := w.plan.rest(w.shard)
		if ended == inDoubt || !rest.from.After(part.from) {
			// Pages of another size end elsewhere; if there is no more, they say so.
			size = otherSize(entries, size)
			if doubts++; doubts > asksAgain {
				return errBrokenOff
			}
		} else {
			doubts = 0
		}
		part = rest
	}
}

// ending is why a walk ended: at the end of its span, where the list may go on
// although no Link says so, or since one search has given enough.
type ending int

const (
	atEnd ending = iota
	inDoubt
	longEnough
)

// walk reads the pages of one search in the order of creation, to how many
// entries.
func (w *worker) walk(ctx context.Context, part span, size int) (entries int, end ending, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	t := newTrail(size)
	last := part.from
	coming := w.session.ask(ctx, t, w.address(part, size))
	for pages := 1; ; pages++ {
		l := <-coming
		if l.err != nil {
			if w.isFirst && isUnanswered(l.err) {
				return 0, 0, &noSearchError{l.err}
			}
			return 0, 0, l.err
		}
		entries += len(l.items)
		next := l.next
		end = atEnd
		if len(l.items) > 0 {
			// Before others can read: all know people by the same names.
			if w.isFirst {
				w.settle(l.items)
				w.isFirst = false
			}
			from, hasFrom := createdOf(l.first.created)
			until, hasUntil := createdOf(l.last.created)
			if !hasFrom || !hasUntil || from.Before(last) || until.Before(from) {
				return 0, 0, &noSearchError{errUnordered}
			}
			if w.plan.passed(w.shard, from, until) {
				next = ""
			} else if l.doubtful {
				end = inDoubt
			}
			if pages >= pagesASearch && next != "" && until.After(part.from) {
				end, next = longEnough, ""
			}
		} else if l.doubtful {
			end = inDoubt
		}
		if next != "" {
			coming = w.session.ask(ctx, t, next)
		}
		err = w.deliver(ctx, l.items, &last)
		if err != nil || next == "" {
			if err != nil && next != "" {
				cancel()
				<-coming // nothing stays behind
			}
			return entries, end, err
		}
	}
}

// errUnordered is an answer that the parts of an org cannot be cut from.
var errUnordered = &unfitError{"its answer is not in the order of creation"}

// deliver decodes a page and hands its people on. No page may have anybody who
// was created before last.
func (w *worker) deliver(ctx context.Context, items []json.RawMessage, last *time.Time) error {
	records, err := recordsOf(items)
	if err != nil {
		return err
	}
	for _, one := range records {
		created, ok := createdOf(textOf(one.top.get("created")))
		if !ok {
			continue // a defect of one record says nothing of the others
		}
		if created.Before(*last) {
			return &noSearchError{errUnordered}
		}
		*last = created
	}
	select {
	case w.out <- w.people(records):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// settle chooses how managers are named.
func (w *worker) settle(items []json.RawMessage) {
	// What is wrong with a record shows where the people are made.
	if records, err := recordsOf(items); err == nil {
		w.mapping.refs.settle(records)
	}
}

func (w *worker) address(part span, size int) string {
	return address(usersPath, w.connector.searchQuery(w.request, part), size)
}

// searchQuery is the search for a part of the org.
func (c *Connector) searchQuery(req idp.Request, part span) url.Values {
	query := url.Values{
		"search":    {expression(c.config.Search, c.config.Statuses, part)},
		"sortBy":    {"created"},
		"sortOrder": {"asc"},
	}
	if fields, ok := projectionOf(req); ok {
		query.Set("fields", fields.String())
	}
	return query
}

// isUnanswered is true for what plain lists may not suffer from: everything
// but what concerns the credentials or the whole org.
func isUnanswered(err error) bool {
	if refused, ok := errors.AsType[*refusal](err); ok {
		switch refused.status {
		case http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests, http.StatusProxyAuthRequired:
			return false
		}
		return strings.HasPrefix(refused.path, "/api/")
	}
	return isTimeout(err)
}

func recordsOf(items []json.RawMessage) ([]record, error) {
	records := make([]record, len(items))
	for i, item := range items {
		var err error
		if records[i], err = recordOf(item); err != nil {
			return nil, &unfitError{err.Error()}
		}
	}
	return records, nil
}
