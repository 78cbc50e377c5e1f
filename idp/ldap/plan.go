package ldap

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"cohort/idp"
	"cohort/idp/ldap/internal/wire"
	"cohort/internal/intent"
)

// errPlanOnly is what a connector answers that has no credentials.
var errPlanOnly = errors.New("only a plan was asked for")

// Plan implements [idp.Planner]. What kind of server it is shows only when it is
// asked, so that the attributes are those of one that does not tell: others are
// asked for some of them.
func (c *Connector) Plan(req idp.Request) intent.Read {
	read := intent.Read{
		Source:     c.Source().Name,
		Protection: c.protection(),
		Rights:     []string{"to search below the base, and to read these attributes of people there; nothing is changed in the directory"},
		Remarks: []string{
			"Active Directory, OpenLDAP, 389 Directory Server and FreeIPA are asked only for those of these attributes that they can have",
			"a connection that is lost is made anew, and the search begun again, twice at most",
			"referrals to other servers are not followed",
		},
	}
	switch {
	case c.address.scheme == "ldapi":
		read.Hosts = []string{"the socket " + c.address.host + " on this machine"}
	case c.address.host != "":
		read.Hosts = []string{c.address.hostPort()}
	default:
		domain := domainOf(c.address.base)
		read.Hosts = []string{"those that DNS names for " + domain + ", only inside that domain"}
		for _, service := range c.services() {
			read.Calls = append(read.Calls, intent.Call{Method: "DNS", Target: "_" + service.name + "._tcp." + domain, Purpose: "which servers there are"})
		}
	}
	for _, further := range c.hosts {
		read.Hosts = append(read.Hosts, further.hostPort())
	}
	if call, ok := c.planStartTLS(); ok {
		read.Calls = append(read.Calls, call)
	}
	account, bind := c.planBind()
	root := planned(rootSearch(), "what the server is, and what it can do")
	root.Times = bind.Times
	read.Account = account
	read.Calls = append(read.Calls, bind, root)
	return c.planSearches(read, req)
}

func (c *Connector) planSearches(read intent.Read, req idp.Request) intent.Read {
	asked := mappingOf(req, origin{}).asked()
	people := planned(c.search(asked), "everybody")
	if c.address.base == "" {
		people.Target = "{the naming context that the server tells}"
	}
	if c.address.filter == "" {
		people.Parameters = append(people.Parameters, fmt.Sprintf("filter %s; on Active Directory %s, on FreeIPA %s",
			other.filter(), activeDirectory.filter(), freeIPA.filter()))
	}
	people.Times = fmt.Sprintf("once a page of %d people", c.config.PageSize)
	rest := planned(entrySearch("{person}", []string{"{attribute};range={from}-*"}), "the further values of long lists")
	rest.Times, rest.OnlyIf = "as often as it takes", "Active Directory gives only the first values of an attribute"
	read.Calls = append(read.Calls, people, rest)
	if slices.Contains(req.Fields, idp.ManagerEmail) {
		managers := planned(entrySearch("{manager}", managerMapping(origin{}).names), "managers' addresses")
		managers.Times, managers.OnlyIf = "once for each of them", "managers are not among the people"
		read.Calls = append(read.Calls, managers)
	}
	return read
}

// planned is a search as a plan has it.
func planned(s search, purpose string) intent.Call {
	call := intent.Call{Method: "search", Target: s.base, Attributes: s.attributes, Purpose: purpose}
	if s.base == "" {
		call.Target = "{root DSE}"
	}
	switch s.scope {
	case wire.BaseObject:
		call.Parameters = []string{"scope base"}
	case wire.SingleLevel:
		call.Parameters = []string{"scope one"}
	default:
		call.Parameters = []string{"scope sub"}
	}
	if s.filter != "" {
		call.Parameters = append(call.Parameters, "filter "+s.filter)
	}
	return call
}

func (c *Connector) protection() string {
	switch {
	case c.address.scheme == "ldapi":
		return "none is needed: it does not leave this machine"
	case c.address.scheme == "ldaps":
		return "TLS from the start, with the server's certificate verified"
	case c.config.StartTLS == startTLSOff:
		return "none"
	case c.config.StartTLS == startTLSRequire:
		return "StartTLS, with the server's certificate verified"
	default:
		return "StartTLS, with the server's certificate verified; none where the server is this machine itself"
	}
}

func (c *Connector) planStartTLS() (call intent.Call, ok bool) {
	call = intent.Call{Method: "StartTLS", Target: "{connection}", Purpose: "to encrypt the connection"}
	switch {
	case c.address.scheme != "ldap", c.config.StartTLS == startTLSOff:
		return call, false
	case c.config.StartTLS != startTLSRequire:
		call.OnlyIf = "the server is not this machine itself"
	}
	return call, true
}

func (c *Connector) planBind() (account string, bind intent.Call) {
	bind = intent.Call{Method: "bind", Target: "{connection}", Times: "once a connection", Purpose: "to sign in"}
	switch {
	case c.external() && c.address.scheme == "ldapi":
		account = "this machine's user, by SASL EXTERNAL"
		bind.Parameters = []string{"SASL EXTERNAL"}
	case c.external():
		account = "the client certificate of --ldap-cert-file, by SASL EXTERNAL; its key does not leave this machine"
		bind.Parameters = []string{"SASL EXTERNAL"}
	case c.config.BindDN == "":
		account = "nobody (anonymous)"
		bind.Parameters = []string{"anonymous"}
	default:
		account = strings.TrimSpace(c.config.BindDN) + "; the password goes to the hosts above, and to nobody else"
		bind.Parameters = []string{"simple, as " + c.config.BindDN}
		if c.config.AllowCleartext {
			account += ", unencrypted too (--ldap-allow-cleartext)"
		}
	}
	return account, bind
}
