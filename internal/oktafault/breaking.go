package oktafault

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const loadBalancer = "<html>\n<head><title>503 Service Temporarily Unavailable</title></head>\n<body></body>\n</html>\n"

// breakdowns are errors of the server, and answers that break off.
func breakdowns() []Fault {
	internal := func(c *call) { c.refuse(http.StatusInternalServerError, "E0000009", "Internal Server Error") }
	return []Fault{
		{Name: "500 every seventh call", Outcome: Heals,
			Doc:   "every seventh call of a list fails",
			begin: onLists(every(7), internal)},
		{Name: "500 for ever", Outcome: Fails, Kinds: source(),
			Doc:   "fails for ever from the third call on",
			begin: onLists(onward, internal)},
		{Name: "503 in HTML", Outcome: Heals,
			Doc: "every fifth call gets a load balancer's page",
			begin: onLists(every(5), func(c *call) {
				c.say(http.StatusServiceUnavailable, "text/html", loadBalancer)
			})},
		{Name: "a body cut every eleventh call", Outcome: Heals,
			Doc:   "the connection ends before as many bytes as Content-Length says",
			begin: onLists(every(11), func(c *call) { cutBody(c) })},
		{Name: "a body cut for ever", Outcome: Fails, Kinds: source(),
			Doc:   "the same for ever from the third call on",
			begin: onLists(onward, func(c *call) { cutBody(c) })},
		{Name: "a chunked body cut", Outcome: Heals,
			Doc: "the connection of every fifth call ends between two chunks",
			begin: onLists(every(5), func(c *call) {
				half := halfOf(c.ask())
				c.cutOff(fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n", len(half), half), false)
			})},
		{Name: "half a body of the right length", Outcome: Heals,
			Doc: "somebody on the way of every fifth call cut the JSON, and set Content-Length accordingly",
			begin: onLists(every(5), func(c *call) {
				a := c.ask()
				a.body = halfOf(a)
				c.give(a)
			})},
		{Name: "half a body of the right length, for ever", Outcome: Fails, Kinds: source(),
			Doc: "the same for ever from the third call on",
			begin: onLists(onward, func(c *call) {
				a := c.ask()
				a.body = halfOf(a)
				c.give(a)
			})},
		{Name: "gzip cut", Outcome: Heals,
			Doc:   "the compressed stream of every fifth call ends early; who takes none sees half of the JSON",
			begin: onLists(every(5), func(c *call) { cutGzip(c) })},
		{Name: "connection reset", Outcome: Heals,
			Doc:   "the connection of every fifth call is reset before the answer",
			begin: onLists(every(5), func(c *call) { c.cutOff("", true) })},
		{Name: "connection reset for ever", Outcome: Fails, Kinds: source(),
			Doc:   "the same for ever from the third call on",
			begin: onLists(onward, func(c *call) { c.cutOff("", true) })},
		{Name: "connection closed", Outcome: Heals,
			Doc:   "the connection of every fifth call is closed before the answer",
			begin: onLists(every(5), func(c *call) { c.cutOff("", false) })},
	}
}

// BadWeather is all at once of what retries heal: every seventh call of a list
// fails, every eleventh breaks off, every thirteenth is refused for now, and
// people come on two pages.
func BadWeather() Fault {
	return Fault{Name: "bad weather", Outcome: Heals,
		Doc: "500 every seventh call, a body cut every eleventh, 429 every thirteenth, people on two pages",
		begin: func() behaviour {
			repeating := repeatingOne()
			return func(c *call) {
				switch {
				case c.list && c.nth%7 == 0:
					c.strike()
					c.refuse(http.StatusInternalServerError, "E0000009", "Internal Server Error")
				case c.list && c.nth%11 == 0:
					c.strike()
					cutBody(c)
				case c.list && c.nth%13 == 0:
					c.strike()
					tooMany(c, "", "", "")
				default:
					repeating(c)
				}
			}
		}}
}

func halfOf(a *answer) []byte { return a.body[:len(a.body)/2] }

// cutBody writes less than it promised; net/http then closes the connection.
func cutBody(c *call) {
	a := c.ask()
	a.header.Set("Content-Length", strconv.Itoa(len(a.body)))
	a.body = halfOf(a)
	c.give(a)
}

func cutGzip(c *call) {
	a := c.ask()
	if !strings.Contains(c.r.Header.Get("Accept-Encoding"), "gzip") {
		a.body = halfOf(a)
		c.give(a)
		return
	}
	var compressed bytes.Buffer
	writer := gzip.NewWriter(&compressed)
	_, _ = writer.Write(a.body) // a buffer takes everything
	_ = writer.Close()
	a.body = compressed.Bytes()
	a.body = halfOf(a)
	a.header.Set("Content-Encoding", "gzip")
	c.give(a)
}

// silences are answers that do not come to their end.
func silences() []Fault {
	return []Fault{
		{Name: "headers that never come", Outcome: Fails, Kinds: source(), Silent: true,
			Doc:   "is silent for ever from the third call on",
			begin: onLists(onward, (*call).hang)},
		{Name: "headers that never come, once", Outcome: MayHeal, Kinds: source(), Silent: true,
			Doc:   "is silent in the third call alone: a second attempt may be worth it",
			begin: onLists(once, (*call).hang)},
		{Name: "a body that stalls", Outcome: Fails, Kinds: source(), Silent: true,
			Doc: "gives half of the body, and is silent then, from the third call on",
			begin: onLists(onward, func(c *call) {
				a := c.ask()
				a.header.Set("Content-Length", strconv.Itoa(len(a.body)))
				a.body = halfOf(a)
				c.give(a)
				_ = http.NewResponseController(c.w).Flush() // who has gone needs no bytes
				c.hang()
			})},
		{Name: "a body without an end", Outcome: Fails, Kinds: source(), Silent: true,
			Doc:   "goes on with blanks for ever, from the third call on: never silent, never done",
			begin: onLists(onward, trickle)},
	}
}

func trickle(c *call) {
	c.w.Header().Set("Content-Type", "application/json")
	c.w.WriteHeader(http.StatusOK)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		if _, err := c.w.Write([]byte(" ")); err != nil || http.NewResponseController(c.w).Flush() != nil {
			return
		}
		select {
		case <-tick.C:
		case <-c.r.Context().Done():
			return
		}
	}
}
