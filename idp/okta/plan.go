package okta

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"cohort/idp"
	"cohort/internal/intent"
	"cohort/internal/transport"
)

// errPlanOnly is what a connector answers that has no credentials.
var errPlanOnly = errors.New("only a plan was asked for")

// Plan implements [idp.Planner].
func (c *Connector) Plan(req idp.Request) intent.Read {
	withGroups := slices.Contains(req.Fields, idp.Groups)
	host := c.host()
	if !strings.Contains(host, ":") {
		host += ":443"
	}
	read := intent.Read{
		Source: c.Source().Name, Hosts: []string{host},
		Protection: "TLS, with the server's certificate verified",
		Remarks: []string{
			fmt.Sprintf("at most %d%% of what the org's rate limits have left is used, in at most %d calls at a time", c.config.RateShare, c.config.Parallel),
			fmt.Sprintf("calls that fail on the way are repeated, and lists of which the end is in doubt, by pages of fewer than %d", pageSize),
		},
	}
	read.AddProxy(transport.ProxyOf(c.origin))
	if c.config.ClientID == "" {
		read.Account = "who made the API token (OKTA_CLIENT_TOKEN), which goes to this host only"
		read.Rights = []string{"a role that may view all users, such as Read-Only Administrator; nothing is changed in the org"}
	} else {
		scopes := strings.Join(c.scopes(withGroups), ", ")
		read.Account = "the service app " + c.config.ClientID + "; its private key does not leave this machine"
		read.Rights = []string{"the scopes " + scopes, "a role that may view all users, such as Read-Only Administrator; nothing is changed in the org"}
		read.Calls = append(read.Calls, c.planToken(withGroups))
	}
	if withGroups {
		read.Calls = append(read.Calls, c.planGroups()...)
	}
	read.Calls = append(read.Calls, c.planUsers(req)...)
	if _, ok := projectionOf(req); !ok {
		read.Remarks = append(read.Remarks,
			"an attribute is the org's own, so that Okta sends whole users, without credentials; only what the columns take is kept")
	}
	return read
}

func (c *Connector) planToken(withGroups bool) intent.Call {
	return intent.Call{
		Method: http.MethodPost, Target: tokenPath, Parameters: []string{"scope=" + strings.Join(c.scopes(withGroups), " ")},
		Times: "once, and again when the token has expired", Purpose: "an access token",
	}
}

func (c *Connector) planGroups() []intent.Call {
	groups := get(groupsPath, groupsQuery(), "the names of the groups")
	groups.Times = fmt.Sprintf("once a page of %d groups", pageSize)
	members := get(membersPath("{group}"), nil, "who is in a group")
	members.Times = fmt.Sprintf("once a page of %d people, for each group; how many there are shows then", pageSize)
	if len(c.config.Groups) > 0 {
		members.Times = fmt.Sprintf("once a page of %d people, for each of these groups: %s", pageSize, strings.Join(c.config.Groups, ", "))
	}
	return []intent.Call{groups, members}
}

func (c *Connector) planUsers(req idp.Request) []intent.Call {
	people := get(usersPath, c.searchQuery(req, span{}), "everybody")
	people.Times = fmt.Sprintf("once a page of %d people; parts of a large org are searched at a time, cut by when people were created", pageSize)
	if fields, ok := projectionOf(req); ok {
		people.Attributes = slices.Concat(fields.own, fields.profile)
	}
	calls := []intent.Call{people}
	for _, query := range c.listQueries() {
		list := get(usersPath, query, "everybody, by a plain list of whole users")
		list.Times, list.OnlyIf = fmt.Sprintf("once a page of %d people", pageSize), "the org does not answer the search"
		calls = append(calls, list)
	}
	if slices.Contains(req.Fields, idp.ManagerEmail) {
		managers := get(usersPath, managerQuery("{names of managers}"), "managers' addresses")
		managers.Attributes = append([]string{"id", "status"}, managerAttributes()...)
		managers.Times, managers.OnlyIf = fmt.Sprintf("once for %d of them", batchNames), "managers are not among the people"
		if c.config.ClientID != "" {
			// A session of its own, which needs no groups.
			token := c.planToken(false)
			token.OnlyIf = managers.OnlyIf
			calls = append(calls, token)
		}
		calls = append(calls, managers)
	}
	if (c.config.Search != "" || len(c.config.Statuses) > 0) && !req.AllowEmpty {
		one := get(usersPath, nil, "whether the org shows anybody")
		one.Parameters = []string{fmt.Sprintf("limit=%d", anybody)}
		one.OnlyIf = "the search finds nobody"
		calls = append(calls, one)
	}
	return calls
}

// get is a list as a plan has it. What is asked of each user stands beside the
// parameters.
func get(path string, query url.Values, purpose string) intent.Call {
	call := intent.Call{Method: http.MethodGet, Target: path, Purpose: purpose}
	for _, name := range slices.Sorted(maps.Keys(query)) {
		if name != "fields" {
			call.Parameters = append(call.Parameters, name+"="+strings.Join(query[name], ","))
		}
	}
	call.Parameters = append(call.Parameters, fmt.Sprintf("limit=%d", pageSize))
	return call
}
