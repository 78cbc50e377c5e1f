package main

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// progress draws one line on a terminal while both sides are read: what has
// come, and how fast. Where there is no terminal it draws nothing.
type progress struct {
	world   world
	started time.Time
	people  atomic.Int64
	users   atomic.Int64 // -1 while they have not come
	done    chan struct{}
	drawn   sync.WaitGroup
}

// startProgress draws until stop is called.
func startProgress(w world, quiet bool) *progress {
	p := &progress{world: w, started: time.Now(), done: make(chan struct{})}
	p.users.Store(-1)
	if quiet || w.columns() == 0 {
		return p
	}
	p.drawn.Go(func() {
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				p.draw(w.columns())
			case <-p.done:
				fmt.Fprint(w.stderr, "\r\x1b[K")
				return
			}
		}
	})
	return p
}

// stop takes the line away.
func (p *progress) stop() {
	close(p.done)
	p.drawn.Wait()
}

// warn prints a line of its own, above the drawn one.
func (p *progress) warn(text string) {
	if p.world.columns() > 0 {
		fmt.Fprint(p.world.stderr, "\r\x1b[K")
	}
	p.world.sayWarning(text)
}

func (p *progress) draw(width int) {
	line := p.line(time.Since(p.started))
	// The last column stays free: some terminals break the line there.
	if len(line) >= width {
		line = line[:max(width-1, 0)]
	}
	fmt.Fprint(p.world.stderr, "\r"+line+"\x1b[K")
}

func (p *progress) line(elapsed time.Duration) string {
	people, users := p.people.Load(), p.users.Load()
	var b strings.Builder
	b.WriteString("reading: " + counted(int(people), "person", "people"))
	if seconds := elapsed.Seconds(); people > 0 && seconds >= 0.5 {
		fmt.Fprintf(&b, " (%s a second)", grouped(int(float64(people)/seconds)))
	}
	if users < 0 {
		b.WriteString(", Coder users ...")
	} else {
		b.WriteString(", " + counted(int(users), "Coder user", "Coder users"))
	}
	return b.String()
}
