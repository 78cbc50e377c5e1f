package coder

import (
	"context"
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
// it is asked first whether this one may read all users; without that the error
// is a [fault.Credentials]. An answer that does not add up is an error, as is
// one without the token's owner; and one with nobody, or with him alone, unless
// the configuration allows it.
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
	if err := c.includesOwner(ctx, seen); err != nil {
		return nil, err
	}
	return users, nil
}

// siteRoles leaves out the role that all have.
func siteRoles(roles []codersdk.SlimRole) []string {
	var names []string
	for _, role := range roles {
		if role.Name != codersdk.RoleMember {
			names = append(names, role.Name)
		}
	}
	return names
}

func userOf(u *codersdk.User) User {
	return User{
		ID:             u.ID.String(),
		Username:       u.Username,
		Name:           u.Name,
		Email:          u.Email,
		Status:         string(u.Status),
		LoginType:      string(u.LoginType),
		Roles:          siteRoles(u.Roles),
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
