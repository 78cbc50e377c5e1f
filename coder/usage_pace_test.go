package coder

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestADeploymentThatTakesLongIsAskedForLessAtATime(t *testing.T) {
	// By the time since the start, in rounds of answers.
	for _, c := range []struct {
		name  string
		takes time.Duration
		n     int
		want  []int
	}{
		{"a quick one", 100 * time.Millisecond, 28, []int{15, 13}},
		{"a quick one, for two days more", time.Second, 30, []int{15, 15}},
		{"a slow one", 1001 * time.Millisecond, 28, []int{15, 4, 4, 4, 1}},
		{"hardly anything", time.Minute, 3, []int{3}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var mu sync.Mutex
				asked := make(map[int]bool)
				rounds := make(map[time.Duration]int)
				began := time.Now()
				err := eachOf(t.Context(), c.n, func(_ context.Context, i int) error {
					mu.Lock()
					asked[i] = true
					rounds[time.Since(began)]++
					mu.Unlock()
					time.Sleep(c.takes)
					return nil
				})
				var got []int
				for round := time.Duration(0); rounds[round] > 0; round += c.takes {
					got = append(got, rounds[round])
				}
				if diff := cmp.Diff(c.want, got); diff != "" || err != nil || len(asked) != c.n {
					t.Errorf("%d of %d were asked for, error %v; by rounds (-want +got):\n%s", len(asked), c.n, err, diff)
				}
			})
		})
	}
}

func TestTheFirstErrorEndsAllRequests(t *testing.T) {
	lost := errors.New("the line is dead")
	asked := make(chan int, 28)
	err := eachOf(t.Context(), 28, func(ctx context.Context, i int) error {
		asked <- i
		if i == 3 {
			return lost
		}
		<-ctx.Done()
		return ctx.Err()
	})
	if !errors.Is(err, lost) || len(asked) > atOnce {
		t.Errorf("error %v after %d requests; want the first one, and no further round", err, len(asked))
	}
}
