package coder

import (
	"context"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// A deployment lets ten queries at once into its database, whoever asks, unless
// it is told otherwise (CODER_PG_CONN_MAX_OPEN of Coder 2.36.1); the others wait
// there. So a window is two rounds of requests and no more: where a day takes
// a tenth of a second, as with 10,000 accounts, nobody notices. Where it takes
// long, since the deployment is very large or busy, most of the ten are left to
// others after the first round.
const (
	// atOnce is how many days are asked for at a time.
	atOnce = 15
	// fewAtOnce is that number once answers took longer than slow.
	fewAtOnce = 4
	slow      = time.Second
)

// eachOf calls ask for every number below n, several at a time. The first error
// ends it, and the context of the others.
func eachOf(ctx context.Context, n int, ask func(context.Context, int) error) error {
	var next atomic.Int64
	group, ctx := errgroup.WithContext(ctx)
	for worker := range min(atOnce, n) {
		group.Go(func() error {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				began := time.Now()
				if err := ask(ctx, i); err != nil {
					return err
				}
				if worker >= fewAtOnce && time.Since(began) > slow {
					return nil
				}
			}
			return nil
		})
	}
	return group.Wait()
}
