package ldapfault

import (
	"sync"
	"testing"
)

// Each runs a subtest for each fault, and returns when all have ended. Those
// that wait for a time-out wait all at once, which costs next to nothing; the
// others run one after the other meanwhile.
func Each(t *testing.T, faults []Fault, test func(*testing.T, Fault)) {
	t.Helper()
	var waiting sync.WaitGroup
	defer waiting.Wait()
	for _, f := range faults {
		run := func() { t.Run(f.Name, func(t *testing.T) { test(t, f) }) }
		if f.Silent {
			waiting.Go(run)
		} else {
			run()
		}
	}
}

// MustFails lists the faults that no client can heal.
func MustFails() []Fault {
	var all []Fault
	for _, f := range All() {
		if f.Outcome == MustFail {
			all = append(all, f)
		}
	}
	return all
}
