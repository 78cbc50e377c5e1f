package okta

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"cohort/internal/fault"
)

// orgBudget is an org's, as its headers tell of it.
type orgBudget struct {
	limit   int
	window  time.Duration
	skew    time.Duration // of the server's clock
	undated bool          // no header Date
	silent  bool          // no header about the budget
	others  int           // calls of other clients beside each of ours

	mu      sync.Mutex
	left    int
	reset   time.Time
	refused int
	ours    []int // in each window
}

// answer is what one call is told.
func (b *orgBudget) answer() rates {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	if !now.Before(b.reset) {
		b.left, b.reset = b.limit, now.Add(b.window).Truncate(time.Second)
		b.ours = append(b.ours, 0)
	}
	told := rates{known: true, limit: b.limit, reset: b.reset.Add(b.skew), date: now.Add(b.skew).Truncate(time.Second)}
	if told.refused = b.left == 0; told.refused {
		b.refused++
	} else {
		b.left = max(b.left-1-b.others, 0)
		b.ours[len(b.ours)-1]++
	}
	told.remaining = b.left
	if b.undated {
		told.date = time.Time{}
	}
	if b.silent {
		told = rates{refused: told.refused}
	}
	return told
}

// spend makes calls from several goroutines, each of which takes 100 ms.
func spend(t *testing.T, p *pacer, b *orgBudget, calls, readers int) {
	t.Helper()
	var all sync.WaitGroup
	queue := make(chan int, calls)
	for i := range calls {
		queue <- i
	}
	close(queue)
	for range readers {
		all.Go(func() {
			for range queue {
				c, err := p.begin(t.Context(), usersPath)
				if err != nil {
					t.Error(err)
					return
				}
				time.Sleep(50 * time.Millisecond)
				told := b.answer()
				time.Sleep(50 * time.Millisecond)
				p.end(c, told)
			}
		})
	}
	all.Wait()
}

func TestTheShareOfTheBudgetIsKept(t *testing.T) {
	for _, test := range []struct {
		name    string
		budget  *orgBudget
		share   float64
		most    int // calls of ours a window
		within  time.Duration
		windows int
	}{
		{"half", &orgBudget{limit: 60, window: time.Minute}, 0.5, 30, 4*time.Minute + 10*time.Second, 5},
		{"all", &orgBudget{limit: 60, window: time.Minute}, 1, 60, 2*time.Minute + 10*time.Second, 3},
		{"a small one", &orgBudget{limit: 60, window: time.Minute}, 0.1, 6, 25 * time.Minute, 25},
		{"one call is always ours", &orgBudget{limit: 3, window: time.Second}, 0.01, 1, 3*time.Minute + 20*time.Second, 150},
		// A call may be under way before it is known what others took: 20, and 1.
		{"half of what others leave", &orgBudget{limit: 60, window: time.Minute, others: 1}, 0.5, 21, 8*time.Minute + 20*time.Second, 9},
		{"a clock that is ahead", &orgBudget{limit: 60, window: time.Minute, skew: time.Hour}, 0.5, 30, 4*time.Minute + 10*time.Second, 5},
		{"a clock that is behind", &orgBudget{limit: 60, window: time.Minute, skew: -time.Hour}, 0.5, 30, 4*time.Minute + 10*time.Second, 5},
		{"no date", &orgBudget{limit: 60, window: time.Minute, undated: true}, 0.5, 30, 4*time.Minute + 10*time.Second, 5},
		{"no date, and a clock that is ahead", &orgBudget{limit: 60, window: time.Minute, undated: true, skew: time.Hour}, 0.5, 30, 5*time.Minute + 10*time.Second, 5},
		{"no date, and a clock that is behind", &orgBudget{limit: 60, window: time.Minute, undated: true, skew: -time.Hour}, 0.5, 30, 5*time.Minute + 10*time.Second, 5},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const calls = 150
				p := newPacer(test.share, 2*time.Minute, nil)
				b := test.budget
				start := time.Now()
				spend(t, p, b, calls, 4)
				if b.refused > 0 {
					t.Errorf("%d calls were refused", b.refused)
				}
				sum := 0
				for window, ours := range b.ours {
					if sum += ours; ours > test.most {
						t.Errorf("%d calls are ours in window %d, want %d at most", ours, window, test.most)
					}
				}
				if took := time.Since(start); sum != calls || took > test.within || len(b.ours) > test.windows {
					t.Errorf("%d calls took %s and %d windows, want %d within %s and %d", sum, took, len(b.ours), calls, test.within, test.windows)
				}
			})
		})
	}
}

func TestWithoutHeadersNothingIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		spend(t, newPacer(0.5, time.Minute, nil), &orgBudget{limit: 1 << 20, window: time.Hour, silent: true}, 100, 4)
		// The first call goes alone, since its answer might tell.
		if took := time.Since(start); took > 2700*time.Millisecond {
			t.Errorf("100 calls of 100 ms by four took %s", took)
		}
	})
}

func TestTheFirstCallOfAWindowGoesAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPacer(0.5, time.Minute, nil)
		first, err := p.begin(t.Context(), usersPath)
		if err != nil {
			t.Fatal(err)
		}
		begun := make(chan call)
		go func() {
			c, err := p.begin(t.Context(), usersPath)
			if err != nil {
				t.Error(err)
			}
			begun <- c
		}()
		other, err := p.begin(t.Context(), groupsPath) // which has a budget of its own
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		select {
		case <-begun:
			t.Error("another went before the first was answered")
		default:
		}
		p.lost(first) // a lost connection tells nothing, but lets the next try
		p.lost(<-begun)
		p.lost(other)
	})
}

func TestARefusedCallWaitsForTheResetAndSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		type wait struct {
			reason string
			until  time.Duration
		}
		var told []wait
		start := time.Now()
		p := newPacer(1, 2*time.Minute, func(reason string, until time.Time) {
			told = append(told, wait{reason, until.Sub(start).Round(time.Second)})
		})
		for range 2 {
			c, err := p.begin(t.Context(), groupsPath+"/00g1/users")
			if err != nil {
				t.Fatal(err)
			}
			p.end(c, rates{known: true, refused: true, limit: 60, reset: start.Add(30*time.Second + time.Hour), date: time.Now().Add(time.Hour)})
			if time.Since(start) < 30*time.Second && len(told) != 1 {
				t.Errorf("the wait was told %d times", len(told))
			}
		}
		if took := time.Since(start); took < 30*time.Second || took > 31*time.Second {
			t.Errorf("the second call came after %s, want the reset after 30s", took)
		}
		if want := (wait{"the rate limit of /api/v1/groups/{id}/users", 30 * time.Second}); told[0] != want {
			t.Errorf("told of %+v, want %+v", told[0], want)
		}
	})
}

func TestAWaitThatIsTooLongIsAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPacer(1, time.Minute, nil)
		c, err := p.begin(t.Context(), usersPath)
		if err != nil {
			t.Fatal(err)
		}
		p.end(c, rates{known: true, limit: 60, reset: time.Now().Add(time.Hour), date: time.Now()})
		if _, err := p.begin(t.Context(), usersPath); fault.KindOf(err) != fault.Source {
			t.Errorf("error %v, want one of the source", err)
		}
	})
}

func TestAWaitEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPacer(1, time.Minute, nil)
		c, err := p.begin(t.Context(), usersPath)
		if err != nil {
			t.Fatal(err)
		}
		p.end(c, rates{known: true, limit: 60, reset: time.Now().Add(30 * time.Second), date: time.Now()})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := p.begin(ctx, usersPath); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v, want the context's", err)
		}
	})
}

func TestWhatHeadersTellOfABudget(t *testing.T) {
	for _, test := range []struct {
		name                    string
		status                  int
		limit, remaining, reset string
		known, tooMany          bool
	}{
		{"all there", 200, "600", "12", "1767225600", true, false},
		{"blanks around them", 200, " 600 ", "12", "1767225600", true, false},
		{"refused", 429, "600", "0", "1767225600", true, false},
		{"refused for calls at a time", 429, "0", "0", "1767225600", false, true},
		{"none", 200, "", "", "", false, false},
		{"one is missing", 200, "600", "12", "", false, false},
		{"no numbers", 200, "many", "few", "soon", false, false},
		{"below zero", 200, "-1", "-1", "-1", false, false},
		{"beyond all", 200, "99999999999999999999", "1", "1767225600", false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			resp := &http.Response{StatusCode: test.status, Header: http.Header{}}
			for name, value := range map[string]string{"Limit": test.limit, "Remaining": test.remaining, "Reset": test.reset} {
				if value != "" {
					resp.Header.Set("X-Rate-Limit-"+name, value)
				}
			}
			got := ratesOf(resp)
			if got.known != test.known || got.refused != (test.status == 429) || isTooManyAtOnce(resp) != test.tooMany {
				t.Errorf("told is %+v, too many at once: %t", got, isTooManyAtOnce(resp))
			}
		})
	}
}

func TestIdentifiersMakeNoBudgetOfTheirOwn(t *testing.T) {
	for path, want := range map[string]string{
		"/api/v1/users":              "/api/v1/users",
		"/api/v1/users/00u1":         "/api/v1/users/{id}",
		"/api/v1/groups/00g1/users":  "/api/v1/groups/{id}/users",
		"/api/v1/groups/00g2/users/": "/api/v1/groups/{id}/users",
		"/oauth2/v1/token":           "/oauth2/v1/token",
	} {
		if got := bucketOf(path); got != want {
			t.Errorf("%s counts against %s, want %s", path, got, want)
		}
	}
}
