package coder

import (
	"context"
	"fmt"
	"strings"
	"time"

	"cohort/internal/probe"
	"cohort/internal/transport"
)

// Check reports step by step whether the deployment can be reached, and whether
// the token shows everybody, by the requests that a read makes. The users are
// read, in the one call that it takes; of the usage the last day of the window,
// which fails the check only where it is wanted. It changes nothing.
func (c *Client) Check(ctx context.Context, usage Window, wanted bool, report func(probe.Step)) {
	list := probe.NewChecklist(report, probe.Name, probe.Connect, probe.TLS, probe.Server, probe.SignIn, probe.Rights,
		probe.Users, probe.Usage, probe.Duration)
	defer list.End()
	watched, link := probe.Watch(ctx)
	link.Proxy = transport.ProxyOf(c.name)
	version, clock, err := c.build(watched)
	if !link.Tell(list, strings.HasPrefix(c.name, "https:"), err) {
		return
	}
	if err != nil {
		list.Fail(probe.Server, err)
		return
	}
	list.OK(probe.Server, "Coder %s", oneLine(version))
	if clock != nil {
		list.Clock(*clock)
	}
	if err := c.tellToken(ctx, list); err != nil {
		list.Fail(probe.SignIn, err)
		return
	}
	if err := c.mayReadAll(ctx); err != nil {
		list.Fail(probe.Rights, err)
		return
	}
	list.OK(probe.Rights, "the token may read all users")
	begun := time.Now()
	users, err := c.Users(ctx)
	if err != nil {
		list.Fail(probe.Users, err)
		return
	}
	takes := time.Since(begun)
	list.Add(probe.Step{Name: probe.Users, Outcome: probe.OK, Count: len(users)})
	c.tellUsage(ctx, list, usage, wanted, takes)
}

// tellToken says whose the token is, and what it says of itself.
func (c *Client) tellToken(ctx context.Context, list *probe.Checklist) error {
	who, err := c.caller(ctx)
	if err != nil {
		return err
	}
	say := "the token of " + who.username + ", without a site-wide role"
	if len(who.roles) > 0 {
		say = "the token of " + who.username + ", " + strings.Join(who.roles, ", ")
	}
	if who.scopes == nil {
		say += "; its scopes it may not read"
	} else {
		say += "; scopes " + strings.Join(who.scopes, ", ") + "; allow-list " + strings.Join(who.allowList, ", ")
	}
	left := time.Until(who.expires)
	if !who.expires.IsZero() && left < tokenSoon {
		list.Warn(probe.SignIn, "make another before then", "%s; it ends on %s", say, who.expires.UTC().Format(time.RFC3339))
		return nil
	}
	list.OK(probe.SignIn, "%s", say)
	return nil
}

// tokenSoon is how long before its end a token is worth a word. Those of coder
// login last a week and grow with their use.
const tokenSoon = 7 * 24 * time.Hour

// tellUsage says whether the usage can be read, which only --usage needs, and
// how long a read takes with it, after one of the users.
func (c *Client) tellUsage(ctx context.Context, list *probe.Checklist, usage Window, wanted bool, users time.Duration) {
	begun := time.Now()
	rows, err := c.usageOn(ctx, usage.days[len(usage.days)-1])
	aDay := time.Since(begun)
	switch {
	case err != nil && wanted:
		list.Fail(probe.Usage, err)
		return
	case err != nil:
		step := probe.Failed(probe.Usage, err)
		step.Outcome = probe.Warn
		step.Detail += " (only --usage needs it)"
		list.Add(step)
	default:
		list.OK(probe.Usage, "can be read: %s", counted(len(rows), usage.LastDay()))
	}
	say := "an export reads the users in " + probe.About(users)
	if err == nil {
		// A deployment works on several days at a time, though not on all.
		all := users + aDay*time.Duration(usage.Days())/4
		say += fmt.Sprintf(", with --usage in %s", probe.About(all))
		if wanted {
			users = all
		}
	}
	list.Add(probe.Step{Name: probe.Duration, Outcome: probe.OK, Detail: say, Takes: users})
}

func counted(users int, day string) string {
	if users == 1 {
		return "1 user had some on " + day
	}
	return fmt.Sprintf("%d users had some on %s", users, day)
}
