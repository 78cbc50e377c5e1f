package okta

import (
	"slices"
	"sync"
	"time"
)

// span is a range of times of creation: from is in it, until is not, and the
// zero time is no bound. A time of creation never changes.
type span struct{ from, until time.Time }

// shard is one span on its way. Its people come in the order of their
// creation, so that what lies behind its position can be given to another.
type shard struct {
	span
	position time.Time     // of the last person who came
	stride   time.Duration // how much time the last page covered
	begun    bool
}

// ranges share the people of an org out to several readers. It begins with
// one shard that has everybody. A reader without a shard takes the later part
// of one that another is at: so that no planning is needed, however people's
// times of creation lie, and an org of which the calls are the limit costs
// hardly a call more.
type ranges struct {
	now time.Time // until when people were created, about
	// gains says whether another reader has a use, beside so many for so many
	// pages.
	gains func(readers int, pages float64) bool

	mu      sync.Mutex
	active  []*shard
	idle    int // readers in take
	changed chan struct{}
}

// What a part has to have to be worth two more calls, by how many people came
// in what time; and how many pages are believed to lie ahead at most, since a
// day of an import says nothing of the years after it.
const (
	fewestPages = 3
	mostPages   = 256
)

func newRanges(now time.Time, gains func(readers int, pages float64) bool) *ranges {
	return &ranges{now: now, gains: gains, changed: make(chan struct{})}
}

// first is the shard with everybody.
func (r *ranges) first() *shard {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := &shard{}
	r.active = append(r.active, s)
	return s
}

// take gives an idle reader a shard. With none to give it tells what to wait
// for; at the end neither.
func (r *ranges) take(waits bool) (s *shard, changed <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !waits {
		r.idle++
	}
	if s = r.split(); s != nil {
		r.idle--
		return s, nil
	}
	if len(r.active) == 0 {
		r.idle--
		return nil, nil
	}
	return nil, r.changed
}

// split cuts the shard with the most pages ahead into as many parts as there
// are readers for it, and gives the last part.
func (r *ranges) split() *shard {
	var widest *shard
	var all float64
	most := float64(fewestPages)
	for _, s := range r.active {
		pages := r.ahead(s)
		all += pages
		if pages >= most {
			widest, most = s, pages
		}
	}
	if widest == nil || !r.gains(len(r.active), all) {
		return nil
	}
	parts := time.Duration(r.idle + 1)
	width := r.endOf(widest).Sub(widest.position)
	if most > mostPages {
		width = mostPages * widest.stride
	}
	cut := widest.position.Add(max(width/parts*(parts-1), 3*widest.stride/2))
	if whole := cut.Truncate(time.Second); whole.After(widest.position.Add(3 * widest.stride / 2)) {
		cut = whole // no more precise than it needs to be
	}
	cut = cut.Truncate(time.Millisecond)
	if !cut.After(widest.position) || !widest.until.IsZero() && !cut.Before(widest.until) {
		return nil
	}
	s := &shard{span: span{from: cut, until: widest.until}}
	widest.until = cut
	r.active = append(r.active, s)
	return s
}

// ahead is how many pages a shard has before it, if the rest is like the page
// that came last.
func (r *ranges) ahead(s *shard) float64 {
	if !s.begun {
		return 0
	}
	return float64(r.endOf(s).Sub(s.position)) / float64(s.stride)
}

func (r *ranges) endOf(s *shard) time.Time {
	if s.until.IsZero() {
		return r.now
	}
	return s.until
}

// passed says that a page has come, whose people were created from the one
// time to the other. It is true when the rest of the query is another's.
func (r *ranges) passed(s *shard, from, until time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	// What lies between the pages counts, and what lies before the first one: in
	// batches of an import all people of a page may be of one minute.
	switch {
	case s.begun:
		from = s.position
	case !s.from.IsZero():
		from = s.from
	}
	s.begun, s.position = true, until
	// Times that nobody was created at must not overflow.
	const century = 100 * 365 * 24 * time.Hour
	s.stride = min(max(until.Sub(from), time.Millisecond), century/2)
	r.wake()
	return !s.until.IsZero() && !until.Before(s.until)
}

// rest is what a shard has still to read: from where it is.
func (r *ranges) rest(s *shard) span {
	r.mu.Lock()
	defer r.mu.Unlock()
	return span{from: s.position, until: s.until}
}

// done ends a shard.
func (r *ranges) done(s *shard) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.active = slices.DeleteFunc(r.active, func(other *shard) bool { return other == s })
	r.wake()
}

func (r *ranges) wake() {
	close(r.changed)
	r.changed = make(chan struct{})
}
