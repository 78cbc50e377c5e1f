package oktafault

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"

	"cohort/internal/fault"
)

const captivePortal = "<!DOCTYPE html>\n<html><head><title>Welcome to Hotel Wi-Fi</title></head>\n<body><form action=\"/login\"></form></body></html>\n"

// answers are those that are not the list that was asked for.
func answers() []Fault {
	html := func(c *call) { c.say(http.StatusOK, "text/html; charset=utf-8", captivePortal) }
	with := func(body string) behaviour {
		return func(c *call) {
			a := c.ask()
			a.body = []byte(body)
			c.give(a)
		}
	}
	return []Fault{
		{Name: "401 in mid-run", Outcome: Fails, Kinds: credentials(),
			Doc:   "from the third call on no token is good: it was revoked",
			begin: onLists(onward, func(c *call) { c.refuse(http.StatusUnauthorized, "E0000011", "Invalid token provided") })},
		{Name: "403 in mid-run", Outcome: Fails, Kinds: credentials(),
			Doc: "from the third call on the token has no right: its owner lost the role",
			begin: onLists(onward, func(c *call) {
				c.refuse(http.StatusForbidden, "E0000006", "You do not have permission to perform the requested action")
			})},
		{Name: "captive portal", Outcome: Fails, Kinds: misdirected(),
			Doc:   "every call of a list gets a page in HTML, with 200",
			begin: onLists(fromTheStart, html)},
		{Name: "captive portal in mid-run", Outcome: Fails, Kinds: misdirected(),
			Doc:   "the same from the third call on",
			begin: onLists(onward, html)},
		{Name: "redirect to another host", Outcome: Fails, Kinds: misdirected(),
			Doc: "the third call and all after it are sent to another name of the host: the token must not go there",
			begin: onLists(onward, func(c *call) {
				target := "https://" + c.r.Host + c.r.URL.RequestURI()
				http.Redirect(c.w, c.r, replaceHost(target, "localhost"), http.StatusFound)
			})},
		{Name: "nobody", Outcome: Fails, Kinds: []fault.Kind{fault.Credentials, fault.Source},
			Doc:   "every list is empty, with 200, as for an app without an administrator's role",
			begin: onLists(fromTheStart, func(c *call) { c.say(http.StatusOK, "application/json", "[]") })},
		{Name: "an empty body", Outcome: Fails, Kinds: source(),
			Doc:   "200 and not a single byte, from the third call on",
			begin: onLists(onward, with(""))},
		{Name: "an empty body, once", Outcome: Heals,
			Doc:   "200 and not a single byte, in every fifth call",
			begin: onLists(every(5), with(""))},
		{Name: "an object in place of a list", Outcome: Fails, Kinds: source(),
			Doc:   "one of Okta's errors, but with 200, from the third call on",
			begin: onLists(onward, with(`{"errorCode":"E0000009","errorSummary":"Internal Server Error"}`))},
		{Name: "null in place of a list", Outcome: Fails, Kinds: source(),
			Doc:   "null, which many decoders take for an empty list, from the third call on",
			begin: onLists(onward, with("null"))},
		{Name: "garbage after a list", Outcome: Fails, Kinds: source(),
			Doc: "the start of another list follows, from the third call on: two answers were mixed",
			begin: onLists(onward, func(c *call) {
				a := c.ask()
				a.body = append(a.body, `[{"id":"00u`...)
				c.give(a)
			})},
	}
}

// replaceHost puts another name into a URL, and leaves its port.
func replaceHost(target, name string) string {
	u, err := url.Parse(target)
	if err != nil {
		return target
	}
	u.Host = name + ":" + u.Port()
	return u.String()
}

// records are lists in which the [Victim]'s record is not as it should be: a
// defect of one record is data, and no reason to lose the others.
func records() []Fault {
	spoil := func(member, value string) func() behaviour {
		return always(func(c *call) {
			a := c.ask()
			list := a.records()
			for i, record := range list {
				var members map[string]json.RawMessage
				if json.Unmarshal(record, &members) != nil || !bytes.Equal(members["id"], []byte(`"`+Victim()+`"`)) {
					continue
				}
				c.strike()
				if members[member] = json.RawMessage(value); value == "" {
					delete(members, member)
				}
				if encoded, err := json.Marshal(members); err == nil {
					list[i] = encoded
					a.setRecords(list)
				}
			}
			c.give(a)
		})
	}
	return []Fault{
		{Name: "a null profile", Outcome: Spoils, Doc: "one profile is null", begin: spoil("profile", "null")},
		{Name: "a missing profile", Outcome: Spoils, Doc: "one record has no profile", begin: spoil("profile", "")},
		{Name: "a bad timestamp", Outcome: Spoils, Doc: "one lastLogin is no time", begin: spoil("lastLogin", `"yesterday"`)},
		{Name: "a bad time of creation", Outcome: Spoils, Doc: "one created is a number", begin: spoil("created", `1614585600`)},
		{Name: "an unknown status", Outcome: Spoils, Doc: "one status is none of Okta's", begin: spoil("status", `"HIBERNATED"`)},
	}
}

// searches are orgs whose search does not answer, where the plain list does.
func searches() []Fault {
	onSearch := func(do behaviour) func() behaviour {
		return onLists(func(c *call) bool { return c.r.URL.Query().Has("search") }, do)
	}
	return []Fault{
		{Name: "search refused", Outcome: Heals, Search: true,
			Doc:   "400 for every search",
			begin: onSearch(func(c *call) { c.refuse(http.StatusBadRequest, "E0000031", "Invalid search criteria.") })},
		{Name: "search broken", Outcome: Heals, Search: true,
			Doc:   "500 for every search",
			begin: onSearch(func(c *call) { c.refuse(http.StatusInternalServerError, "E0000009", "Internal Server Error") })},
		{Name: "search silent", Outcome: Heals, Search: true, Silent: true,
			Doc:   "a search is never answered",
			begin: onSearch((*call).hang)},
	}
}
