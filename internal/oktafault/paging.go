package oktafault

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync/atomic"
)

// pages are lists whose pages do not fit together.
func pages() []Fault {
	return []Fault{
		{Name: "people on two pages", Outcome: Heals,
			Doc:   "every later page begins with the first record of the first page: somebody was changed between them",
			begin: repeatingOne},
		{Name: "a person who moves", Outcome: Heals,
			Doc:   "the last record of the first page comes on the second one instead",
			begin: movingOne},
		{Name: "a page repeated", Outcome: MayHeal, Kinds: source(),
			Doc:   "the first later page has the people of the first page in place of its own: who asks again gets them",
			begin: func() behaviour { return repeatingPage(true) }},
		{Name: "a page repeated for ever", Outcome: Fails, Kinds: source(),
			Doc:   "every later page has the people of the first page in place of its own",
			begin: func() behaviour { return repeatingPage(false) }},
		{Name: "a cursor repeated", Outcome: Fails, Kinds: source(),
			Doc: "every later page leads to itself",
			begin: onLists(later, func(c *call) {
				a := c.ask()
				a.leadToCursor(c.after())
				c.give(a)
			})},
		{Name: "two cursors in turn", Outcome: Fails, Kinds: source(),
			Doc:   "the second page leads to the third, and the third to the second",
			begin: alternating},
		{Name: "new cursors to the same page", Outcome: Fails, Kinds: source(),
			Doc:   "every later page leads to itself by a cursor that was never seen",
			begin: func() behaviour { return numbering(false) }},
		{Name: "empty pages without an end", Outcome: Fails, Kinds: source(),
			Doc:   "every later page is empty and leads to another one by a new cursor",
			begin: func() behaviour { return numbering(true) }},
		{Name: "cursor refused", Outcome: Fails, Kinds: source(),
			Doc: "no cursor is good: 400 for every later page",
			begin: onLists(later, func(c *call) {
				c.refuse(http.StatusBadRequest, "E0000029", "Invalid paging request.")
			})},
		{Name: "pages shorter than asked for", Outcome: Heals,
			Doc:   "at most 70 records a page, however many were asked for, and a link to what follows: legal",
			begin: always(shortPages)},
		{Name: "an empty page in the middle", Outcome: Heals,
			Doc:   "before every later page comes an empty one that leads to it: legal",
			begin: emptyBetween},
		{Name: "an empty last page", Outcome: Heals,
			Doc:   "the last page leads to an empty one: legal",
			begin: emptyLast},
	}
}

func repeatingOne() behaviour {
	var firsts memory[json.RawMessage]
	return func(c *call) {
		if !c.list {
			c.pass()
			return
		}
		a := c.ask()
		list := a.records()
		if c.after() == "" && len(list) > 0 {
			firsts.keep(c.listed(), list[0])
		} else if first, has := firsts.get(c.listed()); has {
			c.strike()
			a.setRecords(append([]json.RawMessage{first}, list...))
		}
		c.give(a)
	}
}

func movingOne() behaviour {
	var moved memory[json.RawMessage]
	return func(c *call) {
		if !c.list {
			c.pass()
			return
		}
		a := c.ask()
		list := a.records()
		if cursor := a.nextCursor(); c.after() == "" && cursor != "" {
			c.strike()
			last := len(list) - 1
			moved.keep(c.listed()+"#"+cursor, list[last])
			a.setRecords(list[:last])
		} else if one, has := moved.get(c.listed() + "#" + c.after()); has {
			a.setRecords(append([]json.RawMessage{one}, list...))
		}
		c.give(a)
	}
}

func repeatingPage(justOnce bool) behaviour {
	var firsts memory[[]byte]
	var done atomic.Bool
	return func(c *call) {
		if !c.list {
			c.pass()
			return
		}
		a := c.ask()
		if c.after() == "" {
			firsts.keep(c.listed(), a.body)
		} else if first, has := firsts.get(c.listed()); has && (!justOnce || done.CompareAndSwap(false, true)) {
			c.strike()
			a.body = first
		}
		c.give(a)
	}
}

func alternating() behaviour {
	var seconds memory[string]
	return func(c *call) {
		if !c.list || c.after() == "" {
			c.pass()
			return
		}
		a := c.ask()
		if second := seconds.keep(c.listed(), c.after()); second != c.after() {
			c.strike()
			a.leadToCursor(second)
		}
		c.give(a)
	}
}

// numbering gives every later page a next one, whose cursor is the same but
// for a number that the org never sees.
func numbering(empty bool) behaviour {
	var n atomic.Int64
	return func(c *call) {
		if !c.list || c.after() == "" {
			c.pass()
			return
		}
		c.strike()
		a := c.askAt(base(c.after()))
		if empty {
			a.setRecords(nil)
		}
		a.leadToCursor(fmt.Sprintf("%s~%d", base(c.after()), n.Add(1)))
		c.give(a)
	}
}

// shortPages asks the org for less than the client did, on every page.
func shortPages(c *call) {
	const most = 70
	query := c.r.URL.Query()
	if limit, err := strconv.Atoi(query.Get("limit")); c.list && (err != nil || limit > most) {
		c.strike()
		query.Set("limit", strconv.Itoa(most))
		c.r.URL.RawQuery = query.Encode()
	}
	c.pass()
}

func emptyBetween() behaviour {
	return func(c *call) {
		cursor := c.after()
		switch {
		case !c.list || cursor == "":
			c.pass()
		case cursor == base(cursor):
			c.strike()
			a := c.ask()
			a.setRecords(nil)
			a.leadToCursor(cursor + "~")
			c.give(a)
		default:
			c.give(c.askAt(base(cursor)))
		}
	}
}

func emptyLast() behaviour {
	const last = "last~"
	return func(c *call) {
		switch {
		case !c.list:
			c.pass()
		case c.after() == last:
			// The org knows no such cursor; the first page's headers will do.
			query := c.r.URL.Query()
			query.Del("after")
			c.r.URL.RawQuery = query.Encode()
			a := c.ask()
			a.setRecords(nil)
			a.leadTo("")
			c.give(a)
		default:
			a := c.ask()
			if _, next := a.links(); next == "" && a.status == http.StatusOK {
				c.strike()
				a.leadToCursor(last)
			}
			c.give(a)
		}
	}
}

// links are lists whose headers Link are unusual or damaged.
func links() []Fault {
	respell := func(spell func(self, next string) []string) func() behaviour {
		return always(func(c *call) {
			if !c.list {
				c.pass()
				return
			}
			a := c.ask()
			if self, next := a.links(); next != "" {
				c.strike()
				a.header["Link"] = spell(self, next)
			}
			c.give(a)
		})
	}
	elsewhere := func(origin func(string) string) func() behaviour {
		return respell(func(self, next string) []string {
			return []string{"<" + self + `>; rel="self"`, "<" + origin(next) + `>; rel="next"`}
		})
	}
	return slices.Concat([]Fault{
		{Name: "links in one line", Outcome: Heals,
			Doc: "both links in one header with a comma between them: RFC 8288 allows it",
			begin: respell(func(self, next string) []string {
				return []string{"<" + self + `>; rel="self", <` + next + `>; rel="next"`}
			})},
		{Name: "links without quotation marks", Outcome: Heals,
			Doc: "rel=next: RFC 8288 allows it",
			begin: respell(func(self, next string) []string {
				return []string{"<" + self + ">; rel=self", "<" + next + ">; rel=next"}
			})},
		{Name: "links spelled unusually", Outcome: MayHeal, Kinds: source(),
			Doc: "next before self, other parameters with commas and semicolons in them, names in capitals: RFC 8288 allows it",
			begin: respell(func(self, next string) []string {
				return []string{"<" + next + `>;title="a, b; rel=\"self\"" ; REL="next",<` + self + `> ;rel="self"`}
			})},
		{Name: "links that cannot be read", Outcome: Fails, Kinds: source(),
			Doc: "the angle bracket stays open",
			begin: respell(func(self, next string) []string {
				return []string{"<" + self + `>; rel="self"`, "<" + next + `; rel="next"`}
			})},
		{Name: "links that lead to no URL", Outcome: Fails, Kinds: source(),
			Doc: "what stands between the angle brackets is none",
			begin: respell(func(self, _ string) []string {
				return []string{"<" + self + `>; rel="self"`, `<https://%zz/?after=1>; rel="next"`}
			})},
		{Name: "links gone", Outcome: Fails, Kinds: source(),
			Doc:   "every page that has a next one comes without any header Link: somebody on the way takes them out",
			begin: respell(func(string, string) []string { return nil })},
		{Name: "a link to another host", Outcome: Fails, Kinds: source(),
			Doc:   "the next page is the same, by another name of the host: the token must not go there",
			begin: elsewhere(func(next string) string { return replaceHost(next, "localhost") })},
		{Name: "a link to http", Outcome: Fails, Kinds: source(),
			Doc:   "the next page is without TLS: the token must not go there",
			begin: elsewhere(func(next string) string { return "http" + next[len("https"):] })},
	}, forgettingLinks())
}

// forgettingLinks leave a link out, the first time that there is one.
func forgettingLinks() []Fault {
	forget := func(change func(*answer)) func() behaviour {
		return func() behaviour {
			var done atomic.Bool
			return func(c *call) {
				if !c.list {
					c.pass()
					return
				}
				a := c.ask()
				if _, next := a.links(); next != "" && done.CompareAndSwap(false, true) {
					c.strike()
					change(a)
				}
				c.give(a)
			}
		}
	}
	return []Fault{
		{Name: "links gone, once", Outcome: MayHeal, Kinds: source(),
			Doc:   "the first full page comes without any header Link: who asks again gets them",
			begin: forget(func(a *answer) { a.header.Del("Link") })},
		{Name: "a next link gone, once", Outcome: MayHeal, Kinds: source(),
			Doc:   "the first full page comes without its next link alone, as if it were the last: who asks again gets it",
			begin: forget(func(a *answer) { a.leadTo("") })},
	}
}
