package wire_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cohort/idp/ldap/internal/wire"
)

func protocol(came string) string { return "protocol: " + came }

// kind puts an error's type and its fields into one line.
func kind(err error) string {
	if e, ok := errors.AsType[*wire.ProtocolError](err); ok {
		return protocol(e.Came)
	}
	if e, ok := errors.AsType[*wire.ResultError](err); ok {
		return fmt.Sprintf("result: %d %s %v", e.Code, e.Message, e.Referrals)
	}
	if e, ok := errors.AsType[*wire.DisconnectionError](err); ok {
		return fmt.Sprintf("disconnected: %d %s", e.Code, e.Message)
	}
	if _, ok := errors.AsType[*wire.LostError](err); ok {
		return "lost"
	}
	return fmt.Sprint(err)
}

func TestFaultsEndInErrors(t *testing.T) {
	p1, p2 := person(1, "p1"), person(1, "p2")
	entry := func(parts ...[]byte) []byte { return message(1, element(0x64, parts...)) }
	endless := make([][]byte, 1100)
	for i := range endless {
		endless[i] = page(i+1, fmt.Sprint("cookie ", i))
	}
	tests := map[string]struct {
		replies [][]byte
		entries int
		want    string
	}{
		"closed at once":                     {nil, 0, "lost"},
		"closed in a page":                   {[][]byte{join(p1, p2)}, 2, "lost"},
		"closed in an entry":                 {[][]byte{join(p1, p2[:9])}, 1, "lost"},
		"closed between pages":               {[][]byte{join(p1, p2, page(1, "a"))}, 2, "lost"},
		"closed in a later page":             {[][]byte{join(p1, page(1, "a")), person(2, "p2")}, 2, "lost"},
		"a notice of disconnection":          {[][]byte{join(p1, notice(disconnection, 52, "going down"))}, 1, "disconnected: 52 going down"},
		"a notice of disconnection, unnamed": {[][]byte{join(p1, message(0, result(0x78, 51, "busy")))}, 1, "disconnected: 51 busy"},
		"a notice with a value": {[][]byte{message(0, result(0x78, 52, "bye", element(0x8a, []byte(disconnection)), element(0x8b, []byte("x"))))}, 0,
			"disconnected: 52 bye"},
		"a notice between pages": {
			[][]byte{join(p1, page(1, "a"), notice(disconnection, 52, "idle"))}, 1, "disconnected: 52 idle"},
		"a malformed notice": {[][]byte{message(0, element(0x78, octets("x")))}, 0,
			protocol("a malformed notice: it has an element of the wrong type")},
		"an entry that nobody asked for": {[][]byte{join(p1, person(0, "x"))}, 1, protocol("something of type 0x64 that was not asked for")},
		"an answer to somebody else":     {[][]byte{join(p1, person(7, "x"), page(1, ""))}, 1, protocol("an answer to request 7, which was not open")},
		"an answer to the page before":   {[][]byte{join(p1, page(1, "a")), join(person(1, "x"), page(2, ""))}, 1, protocol("an answer to request 1, which was not open")},
		"an answer before the request":   {[][]byte{join(p1, page(1, "a"), person(2, "x"))}, 1, protocol("an answer to request 2, which was not open")},
		"an entry after the end":         {[][]byte{join(p1, page(1, ""), p2)}, 1, protocol("an answer to request 1, which was not open")},
		"an entry with a negative id after the end": {[][]byte{join(p1, page(1, ""), element(0x30, []byte{2, 1, 0xff}, element(0x64, entryBody("x"))))}, 1,
			protocol("an answer to request -1, which was not open")},
		"a second end":                 {[][]byte{join(p1, page(1, ""), page(1, ""))}, 1, protocol("an answer to request 1, which was not open")},
		"the answer to a bind":         {[][]byte{join(p1, bound(1, 0, ""))}, 1, protocol("something of type 0x61 in answer to a search")},
		"a size limit":                 {[][]byte{join(p1, p2, done(1, 4, "only so many"))}, 2, "result: 4 only so many []"},
		"a time limit in a later page": {[][]byte{join(p1, page(1, "a")), join(person(2, "p2"), done(2, 3, ""))}, 2, "result: 3  []"},
		"a result beyond one octet":    {[][]byte{done(1, 4096, "sync")}, 0, "result: 4096 sync []"},
		"a referral": {[][]byte{message(1, element(0x65, number(0x0a, 10), octets("dc=a"), octets("over there"),
			element(0xa3, octets("ldap://a/"), octets("ldap://b/"))))}, 0, "result: 10 over there [ldap://a/ ldap://b/]"},
		"a later page without a word of more": {[][]byte{join(p1, page(1, "a")), join(person(2, "p2"), done(2, 0, ""))}, 2,
			protocol("a later page that does not say whether there are more")},
		"a cookie that leads nowhere": {[][]byte{join(p1, page(1, "a")), page(2, "a")}, 1,
			protocol("an empty page and the cookie that led to it")},
		"empty pages without an end": {endless, 0, protocol("empty pages without an end")},
		"a paging control without a value": {[][]byte{message(1, result(0x65, 0, ""), element(0xa0, element(0x30, octets("1.2.840.113556.1.4.319"))))}, 0,
			protocol("a malformed paging control: it ends too early")},
		"a paging control with too short a value": {[][]byte{message(1, result(0x65, 0, ""),
			element(0xa0, element(0x30, octets("1.2.840.113556.1.4.319"), octets("\x30\x03\x02\x01\x00"))))}, 0,
			protocol("a malformed paging control: it ends too early")},
		"controls that are none": {[][]byte{message(1, result(0x65, 0, ""), element(0xa0, octets("x")))}, 0,
			protocol("a malformed paging control: it has an element of the wrong type")},
		"an end without a result": {[][]byte{join(p1, message(1, element(0x65)))}, 1, protocol("a malformed end of a search: it ends too early")},
		"a result without digits": {[][]byte{message(1, element(0x65, element(0x0a), octets(""), octets("")))}, 0,
			protocol("a malformed end of a search: it has a malformed number")},
		"a length of 2 GB":               {[][]byte{join(p1, []byte{0x30, 0x84, 0x7f, 0xff, 0xff, 0xff})}, 1, protocol("a message of 2147483647 bytes, 4096 are allowed")},
		"a length of 4 GB":               {[][]byte{join(p1, []byte{0x30, 0x84, 0xff, 0xff, 0xff, 0xff})}, 1, protocol("a malformed message: it has a length beyond all measure")},
		"a length of 127 octets":         {[][]byte{join(p1, []byte{0x30, 0xff})}, 1, protocol("a malformed message: it has a length beyond all measure")},
		"an indefinite length":           {[][]byte{join(p1, []byte{0x30, 0x80, 0x02, 0x01, 0x01})}, 1, protocol("a malformed message: it has an indefinite length")},
		"a message over the limit":       {[][]byte{join(p1, entry(entryBody(strings.Repeat("x", 4096))), page(1, ""))}, 1, protocol("a message of 4109 bytes, 4096 are allowed")},
		"HTTP":                           {[][]byte{[]byte("HTTP/1.1 400 Bad Request\r\n\r\n")}, 0, protocol("a malformed message: it has an element of the wrong type")},
		"a message without an id":        {[][]byte{element(0x30)}, 0, protocol("a malformed message: it ends too early")},
		"an id of nine octets":           {[][]byte{element(0x30, element(0x02, make([]byte, 9)), element(0x64))}, 0, protocol("a malformed message: it has a malformed number")},
		"a message without a body":       {[][]byte{message(1)}, 0, protocol("a malformed message: it ends too early")},
		"a body that leaves the message": {[][]byte{element(0x30, number(0x02, 1), []byte{0x64, 0x05})}, 0, protocol("a malformed message: it ends too early")},
		"an entry without a DN":          {[][]byte{entry()}, 0, protocol("a malformed entry: it ends too early")},
		"an entry without attributes":    {[][]byte{entry(octets("x"))}, 0, protocol("a malformed entry: it ends too early")},
		"a DN of the wrong type":         {[][]byte{entry(number(0x02, 1), element(0x30))}, 0, protocol("a malformed entry: it has an element of the wrong type")},
		"values outside of a set": {[][]byte{entry(octets("x"), element(0x30, element(0x30, octets("cn"), octets("y"))))}, 0,
			protocol("a malformed entry: it has an element of the wrong type")},
		"a value of the wrong type": {[][]byte{entry(octets("x"), element(0x30, element(0x30, octets("cn"), element(0x31, number(0x02, 1)))))}, 0,
			protocol("a malformed entry: it has an element of the wrong type")},
		"a value that leaves its set": {[][]byte{entry(octets("x"), element(0x30, element(0x30, octets("cn"), element(0x31, []byte{0x04, 9, 'y'}))))}, 0,
			protocol("a malformed entry: it ends too early")},
		"a number of the high form": {[][]byte{entry([]byte{0x1f, 0x84, 0x01, 0x00}, element(0x30))}, 0,
			protocol("a malformed entry: it has an element of the wrong type")},
		"a malformed reference": {[][]byte{join(p1, message(1, element(0x73, number(0x02, 1))))}, 1,
			protocol("a malformed reference: it has an element of the wrong type")},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			server := &script{replies: test.replies}
			conn := wire.NewConn(server.dial(t), wire.Limits{Silence: 10 * time.Second, Message: 4096})
			entries, err := read(t.Context(), conn, everything(t))
			if diff := cmp.Diff(test.want, kind(err)); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
			if len(entries) != test.entries {
				t.Errorf("%d entries came, want %d", len(entries), test.entries)
			}
			if lost, ok := errors.AsType[*wire.LostError](err); ok && lost.Entries != test.entries {
				t.Errorf("the error tells of %d entries, want %d", lost.Entries, test.entries)
			}
		})
	}
}

func TestPagesWhereNoneWereAskedForAreAnError(t *testing.T) {
	search := everything(t)
	search.PageSize = 0
	server := &script{replies: [][]byte{join(person(1, "p1"), page(1, "a"))}}
	_, err := read(t.Context(), wire.NewConn(server.dial(t), wire.Limits{}), search)
	if got, want := kind(err), protocol("a page where all was asked for"); got != want {
		t.Errorf("the error is %q, want %q", got, want)
	}
}

func TestEveryTruncationIsAnError(t *testing.T) {
	replies := [][]byte{
		join(person(1, "p1"), reference(1, "ldap://a/"), person(1, "p2"), page(1, "a")),
		join(person(2, "p3"), page(2, "b")),
		join(person(3, "p4"), message(3, result(0x65, 0, "well"), element(0xa0, paging("")))),
	}
	whole := 4
	for i, reply := range replies {
		for n := range reply {
			cut := slices.Clone(replies[:i+1])
			cut[i] = reply[:n]
			entries, err := read(t.Context(), wire.NewConn(&tape{replies: cut}, wire.Limits{}), everything(t))
			lost, ok := errors.AsType[*wire.LostError](err)
			if !ok || lost.Entries != len(entries) || len(entries) > whole {
				t.Errorf("reply %d cut after %d bytes: %d entries and error %v", i+1, n, len(entries), err)
			}
		}
	}
	entries, err := read(t.Context(), wire.NewConn(&tape{replies: replies}, wire.Limits{}), everything(t))
	if err != nil || len(entries) != whole {
		t.Errorf("uncut: %d entries and error %v", len(entries), err)
	}
}

func TestAnswerLeavesTheConnectionUsable(t *testing.T) {
	server := &script{replies: [][]byte{
		done(1, 53, "no pages here"),
		join(person(2, "p1"), done(2, 0, "")),
		join(person(3, "p1"), page(3, "")),
	}}
	c := wire.NewConn(server.dial(t), wire.Limits{})
	if _, err := read(t.Context(), c, everything(t)); kind(err) != "result: 53 no pages here []" {
		t.Fatalf("the first search: %v", err)
	}
	for range 2 {
		if entries, err := read(t.Context(), c, everything(t)); err != nil || len(entries) != 1 {
			t.Fatalf("a later search: %d entries and error %v", len(entries), err)
		}
	}
}

func TestFaultMakesTheConnectionUnusable(t *testing.T) {
	server := &script{replies: [][]byte{person(7, "x"), join(person(2, "p1"), page(2, ""))}}
	c := wire.NewConn(server.dial(t), wire.Limits{})
	if _, err := read(t.Context(), c, everything(t)); err == nil {
		t.Fatal("the fault went unseen")
	}
	if entries, err := read(t.Context(), c, everything(t)); err == nil || len(entries) != 0 {
		t.Errorf("the next search: %d entries and error %v", len(entries), err)
	}
}

func TestNoticeAfterTheEndIsForTheNextRequest(t *testing.T) {
	server := &script{hang: true, replies: [][]byte{join(person(1, "p1"), page(1, ""), notice(disconnection, 52, "idle"))}}
	c := wire.NewConn(server.dial(t), wire.Limits{})
	if entries, err := read(t.Context(), c, everything(t)); err != nil || len(entries) != 1 {
		t.Fatalf("%d entries and error %v", len(entries), err)
	}
	_, err := read(t.Context(), c, everything(t))
	if got, want := kind(err), "disconnected: 52 idle"; got != want {
		t.Errorf("the next search's error is %q, want %q", got, want)
	}
}
