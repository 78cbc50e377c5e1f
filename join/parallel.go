package join

import (
	"runtime"
	"sync"
)

// span is the numbers from from to to, without to.
type span struct{ from, to int }

// spans divides the numbers from 0 to n into as many spans in a row as there
// are processors; into one where sharing the work would not pay.
func spans(n int) []span {
	parts := runtime.GOMAXPROCS(0)
	if n < 1<<14 {
		parts = 1
	}
	all := make([]span, parts)
	for i := range all {
		all[i] = span{i * n / parts, (i + 1) * n / parts}
	}
	return all
}

// inParallel does work on every span at the same time.
func inParallel(all []span, work func(part int, s span)) {
	var running sync.WaitGroup
	for part, s := range all {
		running.Go(func() { work(part, s) })
	}
	running.Wait()
}
