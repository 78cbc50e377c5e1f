package oktafault

import (
	"net/http"
	"strconv"
	"sync"
	"time"
)

// refusals are answers of 429, each spelled as some org was seen to spell it.
func refusals() []Fault {
	return []Fault{
		{Name: "429 until a reset", Outcome: Heals,
			Doc:   "refuses until the second that X-Rate-Limit-Reset names, one or two from now",
			begin: refusingFor(0)},
		{Name: "429 by a clock that is ahead", Outcome: Heals,
			Doc:   "the same by a server whose clock is an hour ahead: who compares with his own waits an hour",
			begin: refusingFor(time.Hour)},
		{Name: "429 by a clock that is behind", Outcome: Heals,
			Doc:   "the same by a server whose clock is an hour behind: who compares with his own never waits",
			begin: refusingFor(-time.Hour)},
		{Name: "429 without headers", Outcome: Heals,
			Doc:   "one refusal without any X-Rate-Limit header",
			begin: onLists(once, func(c *call) { tooMany(c, "", "", "") })},
		{Name: "429 for concurrency", Outcome: Heals,
			Doc: "one refusal with a limit of 0 and 0 left, as for too many calls at a time",
			begin: onLists(once, func(c *call) {
				tooMany(c, "0", "0", strconv.FormatInt(time.Now().Unix(), 10))
			})},
		{Name: "429 with a reset in the past", Outcome: Heals,
			Doc: "every fourth call is refused, with a reset half a minute ago",
			begin: onLists(every(4), func(c *call) {
				tooMany(c, "600", "0", strconv.FormatInt(time.Now().Add(-30*time.Second).Unix(), 10))
			})},
		{Name: "429 with a reset that is none", Outcome: Heals,
			Doc:   "one refusal whose headers are no numbers",
			begin: onLists(once, func(c *call) { tooMany(c, "many", "few", "soon") })},
		{Name: "429 for ever", Outcome: Fails, Kinds: source(),
			Doc: "refuses for ever, each time until now",
			begin: onLists(onward, func(c *call) {
				tooMany(c, "600", "0", strconv.FormatInt(time.Now().Unix(), 10))
			})},
	}
}

func tooMany(c *call, limit, remaining, reset string) {
	for name, value := range map[string]string{
		"X-Rate-Limit-Limit": limit, "X-Rate-Limit-Remaining": remaining, "X-Rate-Limit-Reset": reset,
	} {
		if value != "" {
			c.w.Header().Set(name, value)
		}
	}
	c.refuse(http.StatusTooManyRequests, "E0000047", "API call exceeded rate limit due to too many requests.")
}

// refusingFor refuses lists from the third call on, until the reset has come,
// by a clock that is off by a skew.
func refusingFor(skew time.Duration) func() behaviour {
	return func() behaviour {
		var mu sync.Mutex
		var reset time.Time
		return func(c *call) {
			mu.Lock()
			now := time.Now()
			if c.list && c.nth >= 3 && reset.IsZero() {
				reset = now.Add(1999 * time.Millisecond).Truncate(time.Second)
			}
			refused := c.list && now.Before(reset)
			mu.Unlock()
			if !refused {
				if skew == 0 {
					c.pass()
					return
				}
				a := c.ask()
				a.header.Set("Date", now.Add(skew).UTC().Format(http.TimeFormat))
				if at, err := strconv.ParseInt(a.header.Get("X-Rate-Limit-Reset"), 10, 64); err == nil {
					a.header.Set("X-Rate-Limit-Reset", strconv.FormatInt(time.Unix(at, 0).Add(skew).Unix(), 10))
				}
				c.give(a)
				return
			}
			c.strike()
			c.w.Header().Set("Date", now.Add(skew).UTC().Format(http.TimeFormat))
			tooMany(c, "600", "0", strconv.FormatInt(reset.Add(skew).Unix(), 10))
		}
	}
}
