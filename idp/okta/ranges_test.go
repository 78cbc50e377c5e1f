package okta

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// crowd is an org of people by the times of their creation, which pages of
// some size can be read of.
type crowd struct {
	created []time.Time // in order
	size    int
}

// reader is somebody who reads parts of a crowd, one page a step.
type reader struct {
	plan   *ranges
	shard  *shard
	waits  bool
	people []int // of the search that is read: places in the crowd
	ended  bool
}

// step is what a worker does between two answers.
func (r *reader) step(c crowd, given []int) {
	if r.shard == nil {
		var changed <-chan struct{}
		r.shard, changed = r.plan.take(r.waits)
		r.waits = r.shard == nil
		r.ended = r.waits && changed == nil
		if r.shard != nil {
			r.search(c)
		}
		return
	}
	page := r.people[:min(c.size, len(r.people))]
	r.people = r.people[len(page):]
	for _, place := range page {
		given[place]++
	}
	passed := len(page) > 0 && r.plan.passed(r.shard, c.created[page[0]], c.created[page[len(page)-1]])
	if passed || len(r.people) == 0 {
		r.plan.done(r.shard)
		r.shard = nil
	}
}

// search asks for the shard as it is now: what others take of it later does not
// change the answer.
func (r *reader) search(c crowd) {
	r.people = nil
	for place, created := range c.created {
		if !created.Before(r.shard.from) && (r.shard.until.IsZero() || created.Before(r.shard.until)) {
			r.people = append(r.people, place)
		}
	}
}

// shareOut lets readers read a crowd in any order, and gives how often each
// person came.
func shareOut(t *testing.T, c crowd, readers int, order *rand.Rand) (given []int, shards int) {
	t.Helper()
	now := c.created[len(c.created)-1].Add(time.Second)
	plan := newRanges(now, func(int, float64) bool { return true })
	all := make([]*reader, readers)
	for i := range all {
		all[i] = &reader{plan: plan}
	}
	all[0].shard = plan.first()
	all[0].search(c)
	given = make([]int, len(c.created))
	for step := 0; ; step++ {
		all = slices.DeleteFunc(all, func(r *reader) bool { return r.ended })
		if len(all) == 0 {
			return given, shards
		}
		if step > 1000*len(c.created)+10_000 {
			t.Fatal("it comes to no end")
		}
		one := all[order.IntN(len(all))]
		had := one.shard
		if one.step(c, given); one.shard != nil && had == nil {
			shards++
		}
	}
}

func TestPartsAreCompleteHoweverPeopleWereCreated(t *testing.T) {
	day := time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC)
	at := func(n int, of func(i int) time.Duration) []time.Time {
		created := make([]time.Time, n)
		for i := range created {
			created[i] = day.Add(of(i).Truncate(time.Millisecond))
		}
		return created
	}
	for name, created := range map[string][]time.Time{
		"evenly":                       at(500, func(i int) time.Duration { return time.Duration(i) * time.Hour }),
		"all at one instant":           at(500, func(int) time.Duration { return 0 }),
		"half at one instant":          at(500, func(i int) time.Duration { return time.Duration(max(i, 250)) * time.Hour }),
		"a millisecond apart":          at(500, func(i int) time.Duration { return time.Duration(i) * time.Millisecond }),
		"more slowly":                  at(500, func(i int) time.Duration { return time.Duration(i*i*i) * time.Minute / 10 }),
		"one long ago":                 at(500, func(i int) time.Duration { return time.Duration(min(i, 1)*20*365*24+i) * time.Hour }),
		"one alone":                    at(1, func(int) time.Duration { return 0 }),
		"batches in neighbouring ones": at(500, func(i int) time.Duration { return time.Duration(i/40)*time.Hour + time.Duration(i%2)*time.Millisecond }),
	} {
		t.Run(name, func(t *testing.T) {
			slices.SortFunc(created, time.Time.Compare)
			for seed := range uint64(20) {
				given, shards := shareOut(t, crowd{created, 7}, 4, rand.New(rand.NewPCG(seed, 1)))
				holds(t, given, 7, shards)
			}
		})
	}
}

// holds fails where somebody is missing, or more came twice than the page that
// was on its way when the rest of a part was given away.
func holds(t *testing.T, given []int, size, shards int) {
	t.Helper()
	twice := 0
	for place, times := range given {
		if times == 0 {
			t.Fatalf("the person at %d of %d never came", place, len(given))
		}
		twice += times - 1
	}
	if twice > size*shards {
		t.Errorf("%d people came again, with %d parts given away and pages of %d", twice, shards, size)
	}
}

func TestReadersShareAnOrgThatIsLongEnough(t *testing.T) {
	created := make([]time.Time, 2000)
	for i := range created {
		created[i] = time.Unix(int64(i)*3600, 0)
	}
	if _, shards := shareOut(t, crowd{created, 10}, 4, rand.New(rand.NewPCG(7, 7))); shards < 3 {
		t.Errorf("four readers took %d parts of it from one another", shards)
	}
	if _, shards := shareOut(t, crowd{created[:20], 10}, 4, rand.New(rand.NewPCG(7, 7))); shards != 0 {
		t.Errorf("two pages were read in %d further parts", shards)
	}
}

// TestFourReadersTakeLittleMoreThanAQuarterOfTheRounds lets all readers have a
// page at a time, as where latency is the limit: 100 pages come in at most a
// third of the rounds and with few calls more, however people were created.
func TestFourReadersTakeLittleMoreThanAQuarterOfTheRounds(t *testing.T) {
	const size, people, day = 200, 20_000, 24 * time.Hour
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for name, ago := range map[string]func(i int) time.Duration{
		"evenly":                 func(i int) time.Duration { return time.Duration(i) * 2 * time.Hour },
		"nobody for years":       func(i int) time.Duration { return 1000*day + time.Duration(i)*time.Hour },
		"by the hundred":         func(i int) time.Duration { return time.Duration(i/100) * 9 * day },
		"two hundreds at a time": func(i int) time.Duration { return time.Duration(i/200)*18*day + time.Duration(i%200/100)*2*time.Hour },
		"every second night":     func(i int) time.Duration { return time.Duration(i/30)*2*day + time.Duration(i%30)*time.Second },
		"an import at the start": func(i int) time.Duration {
			return min(time.Duration(i)*12*time.Hour, 2000*day+time.Duration(i)*time.Second)
		},
		"an import at the end": func(i int) time.Duration {
			return time.Duration(max(i-16_000, 0))*12*time.Hour + time.Duration(i)*time.Second
		},
		"three imports": func(i int) time.Duration {
			return time.Duration(i/5000)*400*day + time.Duration(i%5000)*time.Second + time.Duration(i%10)*100*day
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := crowd{make([]time.Time, people), size}
			for i := range c.created {
				c.created[i] = now.Add(-ago(i)).Truncate(time.Millisecond)
			}
			slices.SortFunc(c.created, time.Time.Compare)
			plan := newRanges(now, func(int, float64) bool { return true })
			readers := []*reader{{plan: plan}, {plan: plan}, {plan: plan}, {plan: plan}}
			readers[0].shard = plan.first()
			readers[0].search(c)
			given := make([]int, people)
			rounds, pages := 0, 0
			for {
				busy := slices.DeleteFunc(slices.Clone(readers), func(r *reader) bool { return r.shard == nil })
				if len(busy) == 0 {
					break
				}
				rounds++
				pages += len(busy)
				for _, r := range busy {
					r.step(c, given)
				}
				for _, r := range readers {
					if r.shard == nil && !r.ended {
						r.step(c, given)
					}
				}
			}
			if rounds > people/size/3 || pages > people/size*6/5 {
				t.Errorf("100 pages came in %d rounds and %d calls", rounds, pages)
			}
		})
	}
}

func FuzzRanges(f *testing.F) {
	f.Add([]byte{0, 0, 0, 1, 200, 255, 3}, uint8(3), uint8(4), uint64(1))
	f.Add(make([]byte, 300), uint8(10), uint8(15), uint64(2))
	f.Fuzz(func(t *testing.T, gaps []byte, size, readers uint8, seed uint64) {
		if len(gaps) == 0 || len(gaps) > 1000 || size == 0 || readers == 0 || readers > maxParallel {
			return
		}
		// A gap of 0 is the same instant, and of 255 some years.
		at, created := time.Unix(1_500_000_000, 0), make([]time.Time, len(gaps))
		for i, gap := range gaps {
			at = at.Add(time.Duration(gap>>4) << (gap & 15 * 2) * time.Millisecond)
			created[i] = at
		}
		given, shards := shareOut(t, crowd{created, int(size)}, int(readers), rand.New(rand.NewPCG(seed, 0)))
		holds(t, given, int(size), shards)
	})
}

func TestThePageThatProvesAnEnd(t *testing.T) {
	for entries := 1; entries < 50_000; entries++ {
		for _, before := range []int{pageSize, pageSize - 1, otherSize(entries, pageSize)} {
			size := otherSize(entries, before)
			if size == before || size > pageSize || size < pageSize/2 {
				t.Fatalf("of %d entries, after pages of %d, pages of %d are read", entries, before, size)
			}
			if last := entries % size; last == 0 {
				t.Fatalf("%d entries fill the last page of %d", entries, size)
			}
		}
	}
}

func TestBatchesHoldEveryNameOnce(t *testing.T) {
	var names []string
	for i := range 500 {
		names = append(names, string(make([]byte, 1+i%97)))
	}
	var again []string
	for batch := range batches(names) {
		bytes := 0
		for _, name := range batch {
			bytes += len(name)
		}
		if len(batch) == 0 || len(batch) > batchNames || len(batch) > 1 && bytes > batchBytes {
			t.Errorf("a batch has %d names of %d bytes", len(batch), bytes)
		}
		again = append(again, batch...)
	}
	if slices.CompareFunc(names, again, cmp.Compare[string]) != 0 {
		t.Errorf("%d names came back of %d", len(again), len(names))
	}
}
