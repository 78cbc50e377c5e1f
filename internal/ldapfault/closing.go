package ldapfault

import "fmt"

// endings are connections that end before the answer does.
func endings() []Fault {
	middle := func(m *message) move { return reply(m.raw[:len(m.raw)/2]).and(hangUp) }
	lost := func(name, doc string, begin func() behaviour) Fault {
		return Fault{Name: name, Doc: doc + "; what was read is not all", Outcome: MustFail, begin: begin}
	}
	faults := withOnFirst(
		lost("closed at accept", "the server hangs up before it has read anything; where the client was quick to speak, its kernel sends RST",
			at(is(accepted), then(hangUp))),
		lost("closed at the bind request", "the server reads the bind request and hangs up",
			at(is(bindRequest), then(hangUp))),
		lost("closed behind a page", "the server hangs up as soon as it has sent the first page, before it is asked for the second",
			at(doneOf(1), passAnd(hangUp))),
		lost("closed between pages", "the server reads the request for the second page and hangs up",
			at(requestFor(2), then(hangUp))),
		lost("closed inside a page", "the server hangs up between two entries of the second page",
			at(inside(), passAnd(hangUp))),
		lost("closed before the end of a page", "the server hangs up after the last entry of the second page",
			at(doneOf(2), then(hangUp))),
		lost("closed inside an entry", "the server hangs up in the middle of an entry of the second page",
			at(inside(), middle)),
		lost("closed inside the end of a page", "the server hangs up in the middle of the second page's SearchResultDone",
			at(doneOf(2), middle)),
		lost("closed inside a header", "the server hangs up after the first byte of an entry",
			at(inside(), func(m *message) move { return reply(m.raw[:1]).and(hangUp) })),
		lost("half-closed inside a page", "the server sends FIN between two entries, and goes on reading: no reset will come",
			at(inside(), passAnd(halfClose))),
		lost("half-closed between pages", "the server sends FIN at the request for the second page, and goes on reading",
			at(requestFor(2), then(halfClose))),
		lost("reset at accept", "RST before anything was read",
			at(is(accepted), then(reset))),
		lost("reset between pages", "RST at the request for the second page",
			at(requestFor(2), then(reset))),
		lost("reset inside a page", "RST between two entries of the second page",
			at(inside(), passAnd(reset))),
	)
	return append(faults, Fault{
		Name:    "closed behind the last page",
		Doc:     "the server hangs up as soon as it has said that this was everything; which it was",
		Outcome: Harmless,
		begin: at(func(m *message) bool {
			return m.kind == done && m.page > 0 && (m.paging == nil || m.paging.cookie == "")
		}, passAnd(hangUp)),
	})
}

// silences are connections that stay open, and on which nothing comes, or
// almost nothing.
func silences() []Fault {
	silent := func(where, when string, begin func() behaviour) Fault {
		return Fault{
			Name:    "silent " + where,
			Doc:     fmt.Sprintf("%s the server says nothing any more, for ever; the client's own time-outs have to end it", when),
			Outcome: MustFail,
			Silent:  true,
			begin:   begin,
		}
	}
	faults := withOnFirst(
		silent("at accept", "from the first moment on", at(is(accepted), then(silence))),
		silent("at the bind request", "after the bind request", at(is(bindRequest), then(silence))),
		silent("at the first request for people", "after the search", at(requestFor(1), then(silence))),
		silent("between pages", "after the request for the second page", at(requestFor(2), then(silence))),
		silent("inside a page", "between two entries of the second page", at(inside(), passAnd(silence))),
		silent("inside an entry", "in the middle of an entry of the second page",
			at(inside(), func(m *message) move { return reply(m.raw[:len(m.raw)/2]).and(silence) })),
		silent("before the end of a page", "after the last entry of the second page", at(doneOf(2), then(silence))),
	)
	return append(faults,
		Fault{
			Name:    "dribbling",
			Doc:     fmt.Sprintf("an entry and the end of the second page come byte by byte, one in %s; it is slow, and never silent", pause),
			Outcome: Harmless,
			begin:   at(func(m *message) bool { return entryOf(2, 1)(m) || doneOf(2)(m) }, slowly),
		},
		Fault{
			Name:    "dribbling for ever",
			Doc:     fmt.Sprintf("a message of 1 MB comes byte by byte, one in %s: a quarter of an hour without silence", pause),
			Outcome: Endless,
			Silent:  true,
			begin: at(inside(), func(*message) move {
				endless := make([]byte, 1<<20)
				copy(endless, []byte{0x30, 0x84, 0x00, 0x0f, 0xff, 0xfa})
				next := reply(endless).and(silence)
				next.slowly = true
				return next
			}),
		},
	)
}

func slowly(m *message) move {
	next := pass(m)
	next.slowly = true
	return next
}
