package main

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"cohort/internal/terminal"
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

// doDays says that a deployment reads the use of its users, and how far.
func (r *reading) doDays(come, days int) {
	r.do("use of " + counted(days, "day", "days") + ": " + grouped(come) + " read")
}

// end says that the source was read to its end.
func (r *reading) end() { r.ended.Store(int64(max(time.Since(r.started), 1))) }

// line is what to show of the source in a terminal of some columns: as much as
// there is room for, and what it waits for rather than how fast it is.
func (r *reading) line(now time.Time, columns int) string {
	count, rate := r.figures(now)
	name := strings.TrimSuffix(oneLine(r.name), ":")
	news := oneLine(r.news(now))
	for _, text := range []string{count + rate + news, count + news, count} {
		if room := columns - terminal.Width(": "+text); room >= min(terminal.Width(name), 8) {
			return shortenMiddle(name, room) + ": " + text
		}
	}
	return shorten(count, columns)
}

// figures are how many have come, and how fast.
func (r *reading) figures(now time.Time) (count, rate string) {
	n, total := r.count.Load(), r.total.Load()
	count = counted(int(n), r.one, r.many)
	if total > n {
		count = grouped(int(n)) + " of " + counted(int(total), r.one, r.many)
	}
	if elapsed := r.elapsed(now); n > 0 && elapsed >= time.Second/2 && !r.isBusy() {
		rate = ", " + grouped(int(float64(n)/elapsed.Seconds())) + " a second"
	}
	return count, rate
}

// elapsed is how long it is or was read.
func (r *reading) elapsed(now time.Time) time.Duration {
	if ended := r.ended.Load(); ended > 0 {
		return time.Duration(ended)
	}
	return now.Sub(r.started)
}

// isBusy says that it does something beside reading, so that no rate can be
// told.
func (r *reading) isBusy() bool {
	s := r.state.Load()
	return s != nil && s.doing != "" && s.until.IsZero() && r.ended.Load() == 0
}

// news are what it does or waits for, and how long still.
func (r *reading) news(now time.Time) string {
	if r.ended.Load() > 0 {
		return ", done"
	}
	if s := r.state.Load(); s != nil && s.until.After(now) {
		return ", waiting " + seconds(s.until.Sub(now)) + ": " + s.doing
	} else if r.isBusy() {
		return ", " + s.doing
	}
	n, total, elapsed := r.count.Load(), r.total.Load(), now.Sub(r.started)
	if total <= n || n == 0 || elapsed < 2*time.Second {
		return ""
	}
	left := time.Duration(float64(total-n) / float64(n) * float64(elapsed))
	return ", " + seconds(left) + " left"
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
	widths   []int      // of the lines that stand on the terminal now
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
	if len(p.widths) > 0 {
		fmt.Fprint(p.world.stderr, p.home(p.world.columns(p.world.stderr))+"\x1b[J")
		p.widths = nil
	}
}

// home takes the cursor from the start of the last line that is drawn to that
// of the first. A terminal that became narrower since has broken the lines
// between them into several.
func (p *progress) home(columns int) string {
	up := 0
	for _, width := range p.widths[:max(len(p.widths)-1, 0)] {
		up++
		if columns > 0 {
			up += max(width-1, 0) / columns
		}
	}
	if up == 0 {
		return "\r"
	}
	return fmt.Sprintf("\r\x1b[%dA", up)
}

// draw leaves the cursor at the start of the last line, where a ^C that the
// terminal shows breaks no line. The last column of a terminal stays free: some
// break the line there.
func (p *progress) draw(columns int, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var b strings.Builder
	b.WriteString(p.home(columns))
	p.widths = nil
	for i, r := range p.readings {
		if i > 0 {
			b.WriteString("\x1b[K\n")
		}
		line := r.line(now, columns-1)
		p.widths = append(p.widths, terminal.Width(line))
		b.WriteString(line)
	}
	b.WriteString("\x1b[J\r")
	fmt.Fprint(p.world.stderr, b.String())
}
