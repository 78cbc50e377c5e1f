package main

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// reading is one source while it is read: what has come, and what it waits
// for. The core counts; [progress] draws.
type reading struct {
	name      string
	one, many string // what comes
	count     atomic.Int64
	// total is how many are to come; 0 where that is not known.
	total   atomic.Int64
	state   atomic.Pointer[state]
	started time.Time
	ended   atomic.Int64 // nanoseconds after started; 0 while it is read
}

// state is what a source does beside reading.
type state struct {
	doing string
	until time.Time // the zero Time where it is not known
}

// wait says that the source waits, for what and until when.
func (r *reading) wait(reason string, until time.Time) { r.state.Store(&state{reason, until}) }

// do says what the source does now; "" is reading.
func (r *reading) do(doing string) { r.state.Store(&state{doing: doing}) }

// end says that the source was read to its end.
func (r *reading) end() { r.ended.Store(int64(max(time.Since(r.started), 1))) }

// line is what to show of the source.
func (r *reading) line(now time.Time) string {
	count := r.count.Load()
	elapsed := now.Sub(r.started)
	if ended := r.ended.Load(); ended > 0 {
		elapsed = time.Duration(ended)
	}
	var b strings.Builder
	b.WriteString(strings.TrimSuffix(r.name, ":") + ": ")
	if total := r.total.Load(); total > count {
		fmt.Fprintf(&b, "%s of %s", grouped(int(count)), counted(int(total), r.one, r.many))
	} else {
		b.WriteString(counted(int(count), r.one, r.many))
	}
	rate := float64(count) / elapsed.Seconds()
	if count > 0 && elapsed >= time.Second/2 {
		fmt.Fprintf(&b, ", %s a second", grouped(int(rate)))
	}
	if r.ended.Load() > 0 {
		return b.String() + ", done"
	}
	if total := r.total.Load(); total > count && rate > 0 && elapsed >= 2*time.Second {
		fmt.Fprintf(&b, ", %s left", seconds(time.Duration(float64(total-count)/rate*float64(time.Second))))
	}
	switch s := r.state.Load(); {
	case s == nil || s.doing == "":
	case s.until.IsZero():
		b.WriteString(", " + s.doing)
	case s.until.After(now):
		fmt.Fprintf(&b, ", waiting %s: %s", seconds(s.until.Sub(now)), s.doing)
	}
	return b.String()
}

// seconds is a time to wait, in whole seconds, and never none.
func seconds(d time.Duration) string {
	return max(d.Round(time.Second), time.Second).String()
}

// progress draws a line a source on a terminal while they are read. Where there
// is no terminal it draws nothing.
type progress struct {
	world    world
	readings []*reading
	mu       sync.Mutex // for the terminal
	lines    int        // that stand on the terminal now
	done     chan struct{}
	drawn    sync.WaitGroup
}

// startProgress draws until stop is called.
func startProgress(w world, quiet bool, readings []*reading) *progress {
	p := &progress{world: w, readings: readings, done: make(chan struct{})}
	for _, r := range readings {
		r.started = time.Now()
	}
	if quiet || w.columns(w.stderr) == 0 {
		return p
	}
	p.drawn.Go(func() {
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case now := <-tick.C:
				p.draw(w.columns(w.stderr), now)
			case <-p.done:
				return
			}
		}
	})
	return p
}

// stop takes the lines away.
func (p *progress) stop() {
	close(p.done)
	p.drawn.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
}

// warn prints a line of its own, above the drawn ones.
func (p *progress) warn(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
	p.world.sayWarning(text)
}

// clear takes away what is drawn.
func (p *progress) clear() {
	if p.lines == 0 {
		return
	}
	if p.lines > 1 {
		fmt.Fprintf(p.world.stderr, "\x1b[%dA", p.lines-1)
	}
	fmt.Fprint(p.world.stderr, "\r\x1b[J")
	p.lines = 0
}

func (p *progress) draw(width int, now time.Time) {
	var b strings.Builder
	for i, r := range p.readings {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString("\r" + fitted(r.line(now), width-1) + "\x1b[K")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.lines > 1 {
		fmt.Fprintf(p.world.stderr, "\x1b[%dA", p.lines-1)
	}
	fmt.Fprint(p.world.stderr, b.String())
	p.lines = len(p.readings)
}

// fitted is a line of at most width characters: the middle goes, since the name
// stands at the start and the news at the end. The last column of a terminal
// stays free: some break the line there.
func fitted(line string, width int) string {
	runes := []rune(oneLine(line))
	if len(runes) <= width {
		return string(runes)
	}
	if width < 8 {
		return string(runes[:max(width, 0)])
	}
	tail := width * 2 / 3
	return string(runes[:width-tail-3]) + "..." + string(runes[len(runes)-tail:])
}
