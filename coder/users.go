package coder

import (
	"context"
	"fmt"
	"time"

	"github.com/coder/coder/v2/codersdk"
	"github.com/google/uuid"

	"cohort/internal/fault"
)

// Users gives every living account of the deployment, each once, in the order
// of their user names. They come in one answer, which is one moment of the
// deployment: pages would skip and repeat accounts that come and go between
// them.
//
// Coder leaves out what a token may not read and answers 200 all the same, so
// it is asked first whether this one may read all users. An answer that does
// not add up is an error, as is an empty one unless the configuration allows
// it.
func (c *Client) Users(ctx context.Context) ([]User, error) {
	if err := c.mayReadAll(ctx); err != nil {
		return nil, err
	}
	doing := "read the users of " + c.name
	// Without a limit: all of them.
	list, err := c.sdk.Users(ctx, codersdk.UsersRequest{})
	if err != nil {
		return nil, c.failure(ctx, doing, err)
	}
	if list.Count != len(list.Users) {
		return nil, fault.New(fault.Source, "try again, and look at what stands between this machine and Coder",
			"%s: it counts %d but sent %d", doing, list.Count, len(list.Users))
	}
	if len(list.Users) == 0 && !c.allowEmpty {
		return nil, fault.New(fault.Source, "use --allow-empty if that is right", "%s: it has none", doing)
	}
	users := make([]User, len(list.Users))
	seen := make(map[uuid.UUID]bool, len(list.Users))
	for i := range list.Users {
		id := list.Users[i].ID
		if id == uuid.Nil || seen[id] {
			return nil, fault.New(fault.Source, "", "%s: user %q is listed twice or has no id", doing, list.Users[i].Username)
		}
		seen[id] = true
		users[i] = userOf(&list.Users[i])
	}
	return users, nil
}

func (c *Client) mayReadAll(ctx context.Context) error {
	const check = "read all users"
	allowed, err := c.sdk.AuthCheck(ctx, codersdk.AuthorizationRequest{
		Checks: map[string]codersdk.AuthorizationCheck{check: {
			Object: codersdk.AuthorizationObject{ResourceType: codersdk.ResourceUser},
			Action: codersdk.ActionRead,
		}},
	})
	if err != nil {
		return c.failure(ctx, fmt.Sprintf("ask %s what the token may read", c.name), err)
	}
	if !allowed[check] {
		return fault.New(fault.Credentials,
			"the role auditor and a token with the scopes user:read and template:* suffice",
			"read the users of %s: the token may not read all of them", c.name)
	}
	return nil
}

func userOf(u *codersdk.User) User {
	var roles []string
	for _, role := range u.Roles {
		if role.Name != codersdk.RoleMember {
			roles = append(roles, role.Name)
		}
	}
	return User{
		ID:             u.ID.String(),
		Username:       u.Username,
		Name:           u.Name,
		Email:          u.Email,
		Status:         string(u.Status),
		LoginType:      string(u.LoginType),
		Roles:          roles,
		CreatedAt:      moment(u.CreatedAt),
		LastSeenAt:     moment(u.LastSeenAt),
		ServiceAccount: u.IsServiceAccount,
	}
}

// moment is t in UTC, and the zero Time for the first year, with which Coder
// says never in whatever zone.
func moment(t time.Time) time.Time {
	if t.Year() <= 1 {
		return time.Time{}
	}
	return t.UTC()
}
