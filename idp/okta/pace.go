package okta

import (
	"context"
	"math"
	"sync"
	"time"

	"cohort/internal/fault"
)

// pacer keeps the calls of one read within a share of what the org's budgets
// have left: in each window at most that share of the calls that other clients
// leave over. What they use in the meantime makes the share smaller. One call
// a window is always ours, so that the read ends.
//
// A window that is not known yet is opened by a single call, whose answer
// tells; the others wait for it.
type pacer struct {
	share   float64
	longest time.Duration // the longest wait
	waiting func(reason string, until time.Time)

	mu      sync.Mutex
	buckets map[string]*bucket
	// ahead is how far this machine's clock is ahead of the server's, at most.
	// The server tells its time cut to a second, so that each answer
	// overstates it by less than one; the least of all is nearest.
	ahead time.Duration
	dated bool
}

// bucket is one budget.
type bucket struct {
	name    string
	limit   int
	known   bool      // there is a window
	silent  bool      // the server tells of none
	reset   time.Time // its end, as the server spells it
	ends    time.Time // its end by this machine's clock; only while !dated
	opening bool      // a call is out that will tell of the next window

	// Of the window: the least that was left, and our calls that were begun,
	// and answered.
	remaining, begun, answered int
	inFlight                   int // of any window

	latency time.Duration // how long the last answer took
	told    time.Time     // the reset of which waiting was told
	changed chan struct{} // is closed when an answer changes something
}

// call is one attempt's place in a budget.
type call struct {
	bucket  *bucket
	reset   time.Time // the window that it was begun in; zero when unknown
	opening bool
	begun   time.Time
}

func newPacer(share float64, longest time.Duration, waiting func(string, time.Time)) *pacer {
	return &pacer{share: share, longest: longest, waiting: waiting, buckets: map[string]*bucket{}}
}

// margin is added to the end of a window, against clocks that are read a
// little apart.
const margin = 10 * time.Millisecond

// window is how long a budget lasts where the server's own word cannot be
// used.
const window = time.Minute

// begin waits until a call to path fits into the budget.
func (p *pacer) begin(ctx context.Context, path string) (call, error) {
	for {
		if err := ctx.Err(); err != nil {
			return call{}, err
		}
		c, until, changed, err := p.try(path)
		if err != nil || c.bucket != nil {
			return c, err
		}
		if err := waitFor(ctx, until, changed); err != nil {
			return call{}, err
		}
	}
}

// try begins a call, or says until when to wait, where the zero time is for
// changed alone.
func (p *pacer) try(path string) (c call, until time.Time, changed <-chan struct{}, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	b := p.buckets[bucketOf(path)]
	if b == nil {
		b = &bucket{name: bucketOf(path), changed: make(chan struct{})}
		p.buckets[b.name] = b
	}
	now := time.Now()
	ends := p.endOf(b)
	switch {
	case b.silent:
		b.inFlight++
		return call{bucket: b, begun: now}, time.Time{}, nil, nil
	case !b.known || !now.Before(ends):
		if b.opening {
			return call{}, time.Time{}, b.changed, nil
		}
		b.opening = true
		b.inFlight++
		return call{bucket: b, opening: true, begun: now}, time.Time{}, nil, nil
	case b.begun < p.allowed(b) && b.begun-b.answered < b.remaining:
		b.begun++
		b.inFlight++
		return call{bucket: b, reset: b.reset, begun: now}, time.Time{}, nil, nil
	case b.inFlight > 0:
		// What is under way may show that there is more left.
		return call{}, ends, b.changed, nil
	}
	if wait := ends.Sub(now); wait > p.longest {
		return call{}, time.Time{}, nil, fault.New(fault.Source, "try again then, or raise --okta-rate-share",
			"the rate limit of %s starts anew only in %s", b.name, wait.Round(time.Second))
	}
	p.tell(b, ends)
	return call{}, ends, b.changed, nil
}

// allowed is how many calls of the window are ours: a share of those that were
// left to us and of those that were ours already.
func (p *pacer) allowed(b *bucket) int {
	return max(1, int(math.Floor(p.share*float64(b.remaining+b.answered))))
}

// endOf is the end of the bucket's window by this machine's clock.
func (p *pacer) endOf(b *bucket) time.Time {
	if p.dated {
		return b.reset.Add(p.ahead + margin)
	}
	return b.ends
}

// lost ends a call that got no answer.
func (p *pacer) lost(c call) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c.bucket.leave(c)
}

// end takes in what the call's answer told.
func (p *pacer) end(c call, told rates) {
	p.mu.Lock()
	defer p.mu.Unlock()
	b := c.bucket
	b.leave(c)
	b.latency = time.Since(c.begun)
	switch {
	case told.known:
		b.silent = false
		p.learn(b, c, told)
		if told.refused && p.endOf(b).After(time.Now()) {
			p.tell(b, p.endOf(b))
		}
	case !b.known && !told.refused:
		b.silent = true
	}
}

// leave ends a call, and wakes who waits for that.
func (b *bucket) leave(c call) {
	b.inFlight--
	if c.opening {
		b.opening = false
	}
	close(b.changed)
	b.changed = make(chan struct{})
}

func (p *pacer) learn(b *bucket, c call, told rates) {
	now := time.Now()
	if !told.date.IsZero() {
		if ahead := now.Sub(told.date); !p.dated || ahead < p.ahead {
			p.ahead, p.dated = ahead, true
		}
	}
	b.limit = told.limit
	switch {
	case !b.known || told.reset.After(b.reset):
		b.known, b.reset, b.remaining = true, told.reset, told.remaining
		// Which window the others that are under way fall into is open.
		b.begun, b.answered = 1+b.inFlight, 1
		b.ends = told.reset
		if left := told.reset.Sub(now); left < 0 || left > window {
			// Without a date, this can only be a clock that is wrong.
			b.ends = now.Add(window)
		}
	case told.reset.Equal(b.reset):
		b.remaining = min(b.remaining, told.remaining)
		if c.opening {
			b.begun++ // the window was not over after all
		}
		b.answered = min(b.answered+1, b.begun)
	default: // it fell into the window before
		if !c.reset.Equal(b.reset) && b.begun > b.answered {
			b.begun--
		}
	}
}

// gains is true when more readers of a path, beside those that there are, have
// a use: when the calls that are wanted fit into what is left of the window,
// or when those who read now are slower than the budget.
func (p *pacer) gains(path string, readers int, wanted float64) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	b := p.buckets[bucketOf(path)]
	if b == nil || b.silent || !b.known {
		return true
	}
	spare := float64(p.allowed(b) - b.begun)
	if wanted <= spare {
		return true
	}
	left := time.Until(p.endOf(b))
	return b.latency > 0 && float64(readers)*float64(left)/float64(b.latency) < spare
}

// tell says, once for each window, that it is waited for the next.
func (p *pacer) tell(b *bucket, until time.Time) {
	if p.waiting == nil || b.told.Equal(b.reset) {
		return
	}
	b.told = b.reset
	p.waiting("the rate limit of "+b.name, until)
}

// waitFor waits for a point in time, where there is one, or for a change.
func waitFor(ctx context.Context, until time.Time, changed <-chan struct{}) error {
	var timer <-chan time.Time
	if !until.IsZero() {
		t := time.NewTimer(time.Until(until))
		defer t.Stop()
		timer = t.C
	}
	select {
	case <-timer:
		return nil
	case <-changed:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// budget is what is known of one after a call.
type budget struct {
	limit, remaining int // calls a window
	ours             int // of the remaining
	share            float64
	latency          time.Duration
}

// budget is that of a path; false where the server tells of none.
func (p *pacer) budget(path string) (budget, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	b := p.buckets[bucketOf(path)]
	switch {
	case b == nil:
		return budget{share: p.share}, false
	case !b.known:
		return budget{share: p.share, latency: b.latency}, false
	}
	return budget{b.limit, b.remaining, p.allowed(b) - b.begun, p.share, b.latency}, true
}

// clock is how far this machine's clock is ahead of the server's, at most by a
// second less; false where the server did not tell.
func (p *pacer) clock() (ahead time.Duration, dated bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ahead, p.dated
}
