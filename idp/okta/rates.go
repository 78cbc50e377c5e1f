package okta

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// rates is what an answer tells of the budget that its request counted against
// (https://developer.okta.com/docs/reference/rl-best-practices/).
type rates struct {
	known     bool
	refused   bool      // the call was beyond it
	limit     int       // calls a window
	remaining int       // of them
	reset     time.Time // when the window ends, by the server's clock
	date      time.Time // the server's clock, cut to a second; zero when it does not tell
}

func ratesOf(resp *http.Response) rates {
	header := resp.Header
	number := func(name string) (int64, bool) {
		n, err := strconv.ParseInt(strings.TrimSpace(header.Get(name)), 10, 64)
		return n, err == nil && n >= 0 && n < 1<<40
	}
	limit, hasLimit := number("X-Rate-Limit-Limit")
	remaining, hasRemaining := number("X-Rate-Limit-Remaining")
	reset, hasReset := number("X-Rate-Limit-Reset")
	r := rates{
		known:   hasLimit && hasRemaining && hasReset && limit > 0,
		refused: resp.StatusCode == http.StatusTooManyRequests,
		limit:   int(limit), remaining: int(min(remaining, limit)), reset: time.Unix(reset, 0),
	}
	if date, err := http.ParseTime(header.Get("Date")); err == nil {
		r.date = date
	}
	return r
}

// isTooManyAtOnce is true for a 429 that is about calls at the same time, and
// not about a window: its numbers are zeros, and its reset means nothing.
func isTooManyAtOnce(resp *http.Response) bool {
	return resp.StatusCode == http.StatusTooManyRequests && strings.TrimSpace(resp.Header.Get("X-Rate-Limit-Limit")) == "0"
}

// bucketOf names the budget that a path counts against: identifiers in it do
// not make another (https://developer.okta.com/docs/reference/rl-global-mgmt/).
func bucketOf(path string) string {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	if len(parts) > 3 && parts[0] == "api" {
		parts[3] = "{id}"
	}
	return "/" + strings.Join(parts, "/")
}
