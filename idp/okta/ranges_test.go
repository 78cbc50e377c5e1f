package okta

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// An org of times of creation, in order; its searches are answered as Okta
// answers them.
type populace []time.Time

// page is what a search gives from a place on; the place after it, and false
// at the end.
func (p populace) page(part span, place int) (times []time.Time, next int, more bool) {
	for ; place < len(p); place++ {
		t := p[place]
		if !part.from.IsZero() && t.Before(part.from) {
			continue
		}
		if !part.until.IsZero() && !t.Before(part.until) {
			break
		}
		if len(times) == pageSize {
			return times, place, true
		}
		times = append(times, t)
	}
	return times, place, false
}

// simulate reads an org by so many readers, each of whose calls takes one turn,
// and gives how often each person came, by place, and calls and turns. It has
// nothing of the real readers but the ranges.
func simulate(p populace, readers int, now time.Time, gains func(int, float64) bool) (times map[time.Time]int, calls, turns int) {
	type reader struct {
		shard  *shard
		query  span
		place  int
		waits  bool
		isDone bool
	}
	r := newRanges(now, gains)
	all := make([]reader, readers)
	all[0].shard = r.first()
	times = map[time.Time]int{}
	owner := map[int]bool{}
	for {
		busy := false
		for i := range all {
			one := &all[i]
			if one.shard == nil && !one.isDone {
				var changed <-chan struct{}
				if one.shard, changed = r.take(one.waits); one.shard != nil {
					one.query, one.place, one.waits = one.shard.span, 0, false
				} else if one.waits = true; changed == nil {
					one.isDone = true
				}
			}
		}
		// All calls of a turn are answered before the next begins.
		for i := range all {
			one := &all[i]
			if one.shard == nil {
				continue
			}
			busy = true
			calls++
			page, next, more := p.page(one.query, one.place)
			for place := next - len(page); place < next; place++ {
				if !owner[place] {
					owner[place] = true
					times[p[place]]++
				}
			}
			passed := len(page) > 0 && r.passed(one.shard, page[0], page[len(page)-1])
			if one.place = next; passed || !more {
				r.done(one.shard)
				one.shard = nil
			}
		}
		if !busy {
			return times, calls, turns
		}
		turns++
	}
}

// populaces are orgs as they grow.
func populaces(n int, random *rand.Rand) map[string]populace {
	const year = 365 * 24 * time.Hour
	start := time.Date(2019, 5, 6, 7, 8, 9, 123e6, time.UTC)
	within := func(d time.Duration) time.Duration { return time.Duration(random.Int64N(int64(d))) }
	make := func(when func(i int) time.Duration) populace {
		p := make(populace, n)
		for i := range p {
			p[i] = start.Add(when(i)).Truncate(time.Millisecond)
		}
		slices.SortFunc(p, time.Time.Compare)
		return p
	}
	return map[string]populace{
		"evenly": make(func(int) time.Duration { return within(5 * year) }),
		"by an import on the first day, and then evenly": make(func(i int) time.Duration {
			if i%10 > 0 {
				return within(time.Hour)
			}
			return within(5 * year)
		}),
		"by an import in the middle": make(func(i int) time.Duration {
			if i%10 > 0 {
				return 2*year + within(10*time.Minute)
			}
			return within(5 * year)
		}),
		"ever faster": make(func(i int) time.Duration {
			x := float64(i) / float64(n)
			return time.Duration((1 - x*x*x) * float64(5*year))
		}),
		"in batches of a hundred": make(func(i int) time.Duration { return time.Duration(i/100) * 33 * time.Hour }),
		"all at once":             make(func(int) time.Duration { return 0 }),
	}
}

func always(int, float64) bool { return true }

func TestZZRanges(t *testing.T) {
	for name, p := range populaces(20_000, rand.New(rand.NewPCG(1, 2))) {
		_, calls, turns := simulate(p, 4, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), always)
		fmt.Println(name, calls, turns)
	}
}
