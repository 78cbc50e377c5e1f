package coder

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/coder/coder/v2/codersdk"

	"cohort/internal/fault"
)

// usageRefusal says what a deployment means that does not give its usage. Its
// words, and the one status for four reasons, are those of coderd/coderd.go
// and coderd/insights.go of Coder 2.36.1. date is the answer's header Date.
func (c *Client) usageRefusal(ctx context.Context, doing, date string, err error) error {
	var answered *codersdk.Error
	if ctx.Err() != nil || !errors.As(err, &answered) {
		return c.failure(ctx, doing, err)
	}
	switch answered.StatusCode() {
	case http.StatusNotFound:
		switch {
		case strings.Contains(answered.Detail, "insights are disabled"):
			return fault.New(fault.Usage,
				"its administrator has to set CODER_STATS_COLLECTION_USAGE_STATS_ENABLE (--stats-collection-usage-stats-enable), or leave out --usage",
				"%s: usage statistics are switched off there", doing)
		case strings.HasPrefix(answered.Message, "Route not found"):
			return fault.New(fault.Usage, "leave out --usage, or update the deployment",
				"%s: it is too old to give any", doing)
		case strings.HasPrefix(answered.Message, "Resource not found"):
			return fault.New(fault.Credentials,
				"the role auditor or template-admin and a token with the scopes user:read and template:* suffice",
				"%s: the token may not read it", doing)
		}
	case http.StatusBadRequest:
		var mistakes []string
		for _, mistake := range answered.Validations {
			mistakes = append(mistakes, oneLine(mistake.Detail))
		}
		said := strings.Join(mistakes, "; ")
		if strings.Contains(said, "in the future") {
			clocks := "this machine's clock says " + time.Now().UTC().Format(time.RFC3339)
			if theirs, err := http.ParseTime(date); err == nil {
				clocks += ", the deployment's " + theirs.UTC().Format(time.RFC3339)
			}
			return fault.New(fault.Other, "set the clock that is wrong", "%s: the deployment holds that day for the future: %s", doing, clocks)
		}
		if said != "" {
			return fault.New(fault.Other, "", "%s: 400 Bad Request: %s", doing, said)
		}
	}
	return c.failure(ctx, doing, err)
}
