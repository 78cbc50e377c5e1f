package coder

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coder/coder/v2/codersdk"
	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"cohort/internal/fault"
)

// Usage is how much an account used workspaces in a [Window]: the time with a
// connection to one, from an editor, a terminal or an app, several at once
// counted once.
type Usage struct {
	// Days is how many days had any use.
	Days    int
	Seconds int64
	// LastDay is the last day with any use, as YYYY-MM-DD; empty without one.
	LastDay string
	// Level is empty until it is set ([Thresholds.SetLevels]).
	Level Level
}

// UsageReport is what a deployment reports for a window.
type UsageReport struct {
	window Window
	users  map[uuid.UUID]*tally
}

// tally is an account's use so far. Days count from 1, and 0 is none.
type tally struct {
	seconds       int64
	days          int
	last          int // the last day with any use
	lastMentioned int // the day of the report read last
}

// Usage reads how much every account used workspaces, day by day: the API
// gives no other way to know on how many of them it was. Deleted accounts are
// part of it.
//
// It takes the role owner, auditor or template-admin, and of a token with
// scopes template:*; without them, the error is a [fault.Credentials]. A
// window without any use is an error unless the configuration allows empty
// deployments, as is a report that does not add up.
func (c *Client) Usage(ctx context.Context, w Window) (*UsageReport, error) {
	report := &UsageReport{window: w, users: make(map[uuid.UUID]*tally)}
	var mu sync.Mutex
	come := 0
	read := func(ctx context.Context, i int, answer string) error {
		rows, err := c.readUsage(ctx, w.days[i], answer)
		if err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		if err := report.add(i+1, rows); err != nil {
			return fault.New(fault.Source, "", "%s: %w", c.readingUsage(w.days[i]), err)
		}
		come++
		c.progress(come, w.Days())
		return nil
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		return eachOf(ctx, w.Days(), func(asking context.Context, i int) error {
			answer, err := c.askUsage(asking, w.days[i])
			if err == nil {
				// The deployment works on the next day meanwhile. The context of
				// asking ends before the last answer is read.
				group.Go(func() error { return read(ctx, i, answer) })
			}
			return err
		})
	})
	if err := group.Wait(); err != nil {
		return nil, err
	}
	if report.isEmpty() && !c.allowEmpty {
		return nil, fault.New(fault.Source, "use --allow-empty if that is right",
			"read the usage of %s: nobody used a workspace from %s to %s", c.name, w.FirstDay(), w.LastDay())
	}
	return report, nil
}

func (c *Client) readingUsage(d day) string {
	return fmt.Sprintf("read the usage of %s on %s", c.name, d)
}

const usagePath = "/api/v2/insights/user-activity"

// usageOn asks for one day, and reads it.
func (c *Client) usageOn(ctx context.Context, d day) ([]activity, error) {
	answer, err := c.askUsage(ctx, d)
	if err != nil {
		return nil, err
	}
	return c.readUsage(ctx, d, answer)
}

// askUsage gives the answer about one day.
func (c *Client) askUsage(ctx context.Context, d day) (string, error) {
	doing := c.readingUsage(d)
	query := url.Values{
		"start_time": {d.start.Format(time.RFC3339)},
		"end_time":   {d.end.Format(time.RFC3339)},
	}
	resp, err := c.sdk.Request(ctx, http.MethodGet, usagePath+"?"+query.Encode(), nil)
	if err != nil {
		return "", c.failure(ctx, doing, err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return "", c.usageRefusal(ctx, doing, resp.Header.Get("Date"), codersdk.ReadBodyAsError(resp))
	}
	var text strings.Builder
	text.Grow(int(max(resp.ContentLength, 0)))
	if _, err := io.Copy(&text, resp.Body); err != nil {
		return "", c.failure(ctx, doing, err)
	}
	return text.String(), nil
}

// readUsage reads the answer about one day.
func (c *Client) readUsage(ctx context.Context, d day, text string) ([]activity, error) {
	doing := c.readingUsage(d)
	answer, err := readActivity(text)
	if err != nil {
		return nil, c.failure(ctx, doing, err)
	}
	if !answer.start.Equal(d.start) || !answer.end.Equal(d.end) {
		return nil, fault.New(fault.Source, "", "%s: the answer is about %s to %s", doing,
			answer.start.Format(time.RFC3339), answer.end.Format(time.RFC3339))
	}
	for _, row := range answer.rows {
		if time.Duration(row.seconds) > d.length()/time.Second {
			return nil, fault.New(fault.Source, "", "%s: user %s has %d seconds, and the day has %d",
				doing, row.user, row.seconds, d.length()/time.Second)
		}
	}
	return answer.rows, nil
}

// add adds a day, of which each account has at most one row.
func (r *UsageReport) add(day int, rows []activity) error {
	for _, row := range rows {
		of := r.users[row.user]
		if of == nil {
			of = &tally{}
			r.users[row.user] = of
		}
		if of.lastMentioned == day {
			return fmt.Errorf("user %s is reported twice", row.user)
		}
		of.lastMentioned = day
		if row.seconds > 0 {
			of.seconds += row.seconds
			of.days++
			of.last = max(of.last, day)
		}
	}
	return nil
}

func (r *UsageReport) isEmpty() bool {
	for _, of := range r.users {
		if of.seconds > 0 {
			return false
		}
	}
	return true
}

// Assign gives each user the usage of that user's id, which is none where the
// report has nothing. It counts the accounts with use that are not among the
// users: deleted ones, whose name and address may long be somebody else's.
func (r *UsageReport) Assign(users []User) (unlisted int, err error) {
	listed := make(map[uuid.UUID]bool, len(users))
	for i := range users {
		id, err := uuid.Parse(users[i].ID)
		if err != nil {
			return 0, fmt.Errorf("give user %q the usage of its id: %w", users[i].Username, err)
		}
		listed[id] = true
		usage := &Usage{}
		if of := r.users[id]; of != nil && of.days > 0 {
			usage.Days, usage.Seconds = of.days, of.seconds
			usage.LastDay = r.window.days[of.last-1].String()
		}
		users[i].Usage = usage
	}
	for id, of := range r.users {
		if of.seconds > 0 && !listed[id] {
			unlisted++
		}
	}
	return unlisted, nil
}
