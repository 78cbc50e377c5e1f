package coder

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/coder/coder/v2/codersdk"
	"github.com/google/uuid"

	"cohort/internal/fault"
)

// leastRights is what to ask an administrator for.
const (
	rights      = "the role auditor and a token with the scopes user:read and template:*, without an allow-list"
	leastRights = rights + ", suffice"
)

// caller is whom a token speaks for, and what can be learnt about it. What it
// may read is known by no role and no scope, but by [Client.Users].
type caller struct {
	username string
	// roles are the names of site-wide roles, without "member", which all have.
	// Roles in an organization, which may show all users too, are not among them.
	roles []string
	// scopes, allowList and expires are the token's. They are zero where it may
	// not read itself, which takes the scope api_key:read; a token of coder login
	// may.
	scopes, allowList []string
	expires           time.Time
}

func (c *Client) caller(ctx context.Context) (caller, error) {
	me, err := c.owner(ctx)
	if err != nil {
		return caller{}, err
	}
	who := caller{username: me.Username, roles: siteRoles(me.Roles)}
	err = c.addLimits(ctx, &who)
	return who, err
}

// build is the deployment's version, and how far its clock is ahead of this
// machine's where it tells.
func (c *Client) build(ctx context.Context) (version string, clock *time.Duration, err error) {
	doing := fmt.Sprintf("ask %s for its version", c.name)
	asked := time.Now()
	resp, err := c.sdk.Request(ctx, http.MethodGet, "/api/v2/buildinfo", nil)
	if err != nil {
		return "", nil, c.failure(ctx, doing, err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return "", nil, c.failure(ctx, doing, codersdk.ReadBodyAsError(resp))
	}
	if theirs, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		// The date is cut to a second.
		ahead := theirs.Add(time.Second / 2).Sub(asked.Add(time.Since(asked) / 2))
		clock = &ahead
	}
	var build codersdk.BuildInfoResponse
	if err := json.NewDecoder(resp.Body).Decode(&build); err != nil {
		return "", nil, c.failure(ctx, doing, err)
	}
	return build.Version, clock, nil
}

// addLimits adds what the token may, where it may read itself. That is decoded
// here, since codersdk refuses kinds of objects that it does not know.
func (c *Client) addLimits(ctx context.Context, who *caller) error {
	if c.keyID == "" {
		return nil
	}
	doing := fmt.Sprintf("ask %s about the token", c.name)
	resp, err := c.sdk.Request(ctx, http.MethodGet, "/api/v2/users/me/keys/"+c.keyID, nil)
	if err != nil {
		return c.failure(ctx, doing, err)
	}
	defer func() { _ = resp.Body.Close() }()
	switch resp.StatusCode {
	case http.StatusOK:
	case http.StatusNotFound:
		return nil
	default:
		return c.failure(ctx, doing, codersdk.ReadBodyAsError(resp))
	}
	var key struct {
		Scope     string    `json:"scope"` // the only one, of releases before scopes
		Scopes    []string  `json:"scopes"`
		AllowList []string  `json:"allow_list"`
		Expires   time.Time `json:"expires_at"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&key); err != nil {
		return c.failure(ctx, doing, err)
	}
	if key.Scopes == nil && key.Scope != "" {
		key.Scopes = []string{key.Scope}
	}
	who.scopes, who.allowList, who.expires = key.Scopes, key.AllowList, key.Expires
	return nil
}

// owner is whom the token belongs to.
func (c *Client) owner(ctx context.Context) (codersdk.User, error) {
	doing := fmt.Sprintf("ask %s whose token this is", c.name)
	me, err := c.sdk.User(ctx, codersdk.Me)
	if isStatus(err, http.StatusNotFound) {
		return me, fault.New(fault.Credentials, leastRights, "%s: it may not even read its owner", doing)
	}
	if err != nil {
		return me, c.failure(ctx, doing, err)
	}
	return me, nil
}

// mayReadAll proves that the token may read every user, or says why not.
//
// A check without an id and an owner is about all users, and Coder grants it
// only if the owner's roles, the token's scopes and its allow-list all do: an
// allow-list with ids alone never matches it (coderd/authorize.go and
// coderd/rbac/policy.rego of Coder 2.36.1). Roles by name would prove less: an
// organization's administrator sees everybody without any site-wide role. The
// list itself is filtered by the same rules, user by user.
func (c *Client) mayReadAll(ctx context.Context) error {
	const everybody, itself = "read all users", "read its owner"
	users := codersdk.AuthorizationObject{ResourceType: codersdk.ResourceUser}
	own := users
	own.OwnerID = codersdk.Me
	allowed, err := c.sdk.AuthCheck(ctx, codersdk.AuthorizationRequest{
		Checks: map[string]codersdk.AuthorizationCheck{
			everybody: {Object: users, Action: codersdk.ActionRead},
			itself:    {Object: own, Action: codersdk.ActionRead},
		},
	})
	if err != nil {
		return c.failure(ctx, fmt.Sprintf("ask %s what the token may read", c.name), err)
	}
	if allowed[everybody] {
		return nil
	}
	why := "its owner has no role that may"
	if !allowed[itself] {
		// Every role may read its owner, so that it is the token that may not.
		switch _, err := c.sdk.User(ctx, codersdk.Me); {
		case err == nil:
			why = "its allow-list shows some of them at most"
		case isStatus(err, http.StatusNotFound):
			why = "its scopes leave out user:read, or its allow-list the users"
		default:
			return c.failure(ctx, fmt.Sprintf("ask %s whose token this is", c.name), err)
		}
	}
	return fault.New(fault.Credentials, leastRights,
		"read the users of %s: the token may not read all of them, %s", c.name, why)
}

// includesOwner checks a list against the one living account that is known by
// other means. A list of nobody else is what a member gets.
func (c *Client) includesOwner(ctx context.Context, listed map[uuid.UUID]bool) error {
	if len(listed) == 0 {
		return nil // which has been decided on already
	}
	me, err := c.owner(ctx)
	if err != nil {
		return err
	}
	switch {
	case !listed[me.ID]:
		return fault.New(fault.Source, "try again, and look at what stands between this machine and Coder",
			"read the users of %s: %s, whose token it is, is not among them", c.name, me.Username)
	case len(listed) == 1 && !c.allowEmpty:
		return fault.New(fault.Credentials, leastRights+"; --allow-empty if there is nobody else",
			"read the users of %s: the list holds nobody but %s, whose token it is", c.name, me.Username)
	}
	return nil
}

// isStatus tells whether the deployment answered so.
func isStatus(err error, status int) bool {
	answered, ok := codersdk.AsError(err)
	return ok && answered.StatusCode() == status
}
