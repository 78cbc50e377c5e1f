package wire_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cohort/idp/ldap/internal/wire"
)

func TestSearchGivesEverything(t *testing.T) {
	people := func(from, to int) (lines []string) {
		for i := from; i <= to; i++ {
			lines = append(lines, fmt.Sprintf("uid=p%[1]d uid=p%[1]d", i))
		}
		return lines
	}
	intermediate := message(1, element(0x79, element(0x80, []byte("1.2.3"))))
	tests := map[string]struct {
		replies [][]byte
		want    []string
	}{
		"one page": {
			replies: [][]byte{join(person(1, "p1"), page(1, ""))},
			want:    people(1, 1),
		},
		"nobody": {
			replies: [][]byte{page(1, "")},
		},
		"three pages": {
			replies: [][]byte{
				join(person(1, "p1"), person(1, "p2"), page(1, "a")),
				join(person(2, "p3"), person(2, "p4"), page(2, "b")),
				join(person(3, "p5"), page(3, "")),
			},
			want: people(1, 5),
		},
		"a server that knows no pages": {
			replies: [][]byte{join(person(1, "p1"), person(1, "p2"), person(1, "p3"), done(1, 0, ""))},
			want:    people(1, 3),
		},
		"a cookie that only names the search": {
			replies: [][]byte{
				join(person(1, "p1"), page(1, "7")),
				join(person(2, "p2"), page(2, "7")),
				join(person(3, "p3"), page(3, "")),
			},
			want: people(1, 3),
		},
		"an empty page between others": {
			replies: [][]byte{join(person(1, "p1"), page(1, "a")), page(2, "b"), join(person(3, "p2"), page(3, ""))},
			want:    people(1, 2),
		},
		"a page of references only": {
			replies: [][]byte{
				join(person(1, "p1"), page(1, "7")),
				join(reference(2, "ldap://elsewhere/"), page(2, "7")),
				page(3, ""),
			},
			want: people(1, 1),
		},
		"intermediate responses and notices without meaning for us": {
			replies: [][]byte{join(
				notice("1.3.6.1.1.21.4", 80, "a transaction ended"), person(1, "p1"), intermediate, person(1, "p2"), page(1, ""))},
			want: people(1, 2),
		},
		"controls beside entries and beside the cookie": {
			replies: [][]byte{join(
				message(1, element(0x64, entryBody("uid=p1", attribute("uid", "p1"))), element(0xa0, element(0x30, octets("1.2.3")))),
				message(1, result(0x65, 0, ""), element(0xa0,
					element(0x30, octets("1.2.3"), number(0x01, 1), octets("x")),
					element(0x30, octets("1.2.840.113556.1.4.319"), number(0x01, 0),
						octets(string(element(0x30, number(0x02, 70000), octets(""))))))),
			)},
			want: people(1, 1),
		},
		"elements from a later version of the protocol": {
			replies: [][]byte{join(
				message(1, element(0x64, octets("uid=p1"),
					element(0x30, element(0x30, octets("uid"), element(0x31, octets("p1")), octets("new"))), octets("new"))),
				message(1, result(0x65, 0, "", octets("new")), octets("new")))},
			want: people(1, 1),
		},
		"lengths in the longest form": {
			replies: [][]byte{join(
				long(0x30, long(0x02, []byte{0, 0, 0, 1}), long(0x64, long(0x04, []byte("uid=p1")),
					long(0x30, long(0x30, long(0x04, []byte("uid")), long(0x31, long(0x04, []byte("p1"))))))),
				page(1, ""))},
			want: people(1, 1),
		},
		"several values, no values, and no attributes": {
			replies: [][]byte{join(
				message(1, element(0x64, entryBody("uid=a", attribute("mail", "x", "", "y"), attribute("cn"), attribute("CN;lang-en", "z")))),
				message(1, element(0x64, entryBody(""))),
				page(1, ""))},
			want: []string{"uid=a mail=x mail= mail=y CN;lang-en=z", ""},
		},
	}
	for name, test := range tests {
		for _, drip := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, byte by byte %v", name, drip), func(t *testing.T) {
				server := &script{replies: test.replies, drip: drip}
				got, err := read(t.Context(), wire.NewConn(server.dial(t), wire.Limits{}), everything(t))
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Errorf("entries (-want +got):\n%s", diff)
				}
			})
		}
	}
}

func TestReferencesAreToldWithTheirURIs(t *testing.T) {
	server := &script{replies: [][]byte{join(
		reference(1, "ldap://a/dc=a", "ldap://b/dc=a"), person(1, "p"), reference(1, "ldap://c/"), page(1, ""))}}
	var got [][]string
	search := everything(t)
	search.Continuation = func(uris []string) { got = append(got, uris) }
	if _, err := read(t.Context(), wire.NewConn(server.dial(t), wire.Limits{}), search); err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"ldap://a/dc=a", "ldap://b/dc=a"}, {"ldap://c/"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("URIs (-want +got):\n%s", diff)
	}
}

func TestNextPageIsAskedForBeforeThePageIsHandedOut(t *testing.T) {
	server := &script{hang: true, replies: [][]byte{
		join(person(1, "p1"), person(1, "p2"), page(1, "a")), join(person(2, "p3"), page(2, ""))}}
	first := true
	for _, err := range wire.NewConn(server.dial(t), wire.Limits{}).Search(t.Context(), everything(t)) {
		if err != nil {
			t.Fatal(err)
		}
		if !first {
			continue
		}
		first = false
		for end := time.Now().Add(10 * time.Second); len(server.asked()) < 2; time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatal("the server was not asked for the second page")
			}
		}
	}
}

func TestEntryOfAHugeGroup(t *testing.T) {
	const count = 100_000
	members := make([]string, count)
	for i := range members {
		members[i] = fmt.Sprintf("uid=member-%06d,ou=people,ou=somewhere,dc=example,dc=com", i)
	}
	server := &script{replies: [][]byte{join(
		person(1, "p1"), message(1, element(0x64, entryBody("cn=all", attribute("member", members...)))), person(1, "p2"), page(1, ""))}}
	got, err := read(t.Context(), wire.NewConn(server.dial(t), wire.Limits{}), everything(t))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"uid=p1 uid=p1", "cn=all member=" + strings.Join(members, " member="), "uid=p2 uid=p2"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("entries (-want +got):\n%.2000s", diff)
	}
}

func TestStringsOfAnEntryStay(t *testing.T) {
	server := &script{replies: [][]byte{join(person(1, "p1"), person(1, "p2"), page(1, ""))}}
	var kept []string
	for entry, err := range wire.NewConn(server.dial(t), wire.Limits{}).Search(t.Context(), everything(t)) {
		if err != nil {
			t.Fatal(err)
		}
		kept = append(kept, entry.DN, entry.Attributes[0].Name, entry.Attributes[0].Values[0])
	}
	if diff := cmp.Diff([]string{"uid=p1", "uid", "p1", "uid=p2", "uid", "p2"}, kept); diff != "" {
		t.Errorf("strings (-want +got):\n%s", diff)
	}
}

func TestAppendingToValuesLeavesOtherAttributesAlone(t *testing.T) {
	same := message(1, element(0x64, entryBody("uid=a", attribute("mail", "x"), attribute("cn", "y"))))
	server := &script{replies: [][]byte{join(same, same, page(1, ""))}}
	for entry, err := range wire.NewConn(server.dial(t), wire.Limits{}).Search(t.Context(), everything(t)) {
		if err != nil {
			t.Fatal(err)
		}
		_ = append(entry.Attributes[0].Values, "z")
		if got := line(entry); got != "uid=a mail=x cn=y" {
			t.Errorf("the entry became %q", got)
		}
	}
}

func TestPromisedLengthIsNotAllocated(t *testing.T) {
	// A message of 16,000,000 bytes is allowed, but only its beginning comes.
	server := &script{replies: [][]byte{append([]byte{0x30, 0x84, 0x00, 0xf4, 0x24, 0x00}, make([]byte, 100_000)...)}}
	c := wire.NewConn(server.dial(t), wire.Limits{})
	search := everything(t)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := read(t.Context(), c, search)
	runtime.ReadMemStats(&after)
	if err == nil {
		t.Error("the search ended without an error")
	}
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 1<<20 {
		t.Errorf("%d bytes were allocated", grown)
	}
}

func TestSearchThatMakesNoSenseIsNotSent(t *testing.T) {
	good := everything(t)
	tests := map[string]func(*wire.Search){
		"no filter":              func(s *wire.Search) { s.Filter = nil },
		"an unknown scope":       func(s *wire.Search) { s.Scope = 3 },
		"a negative page size":   func(s *wire.Search) { s.PageSize = -1 },
		"a page size beyond all": func(s *wire.Search) { s.PageSize = 1 << 31 },
		"a negative size limit":  func(s *wire.Search) { s.SizeLimit = -1 },
	}
	for name, spoil := range tests {
		t.Run(name, func(t *testing.T) {
			server := &script{replies: [][]byte{page(1, "")}}
			c := wire.NewConn(server.dial(t), wire.Limits{})
			bad := good
			spoil(&bad)
			if _, err := read(t.Context(), c, bad); err == nil {
				t.Error("it was accepted")
			}
			if _, err := read(t.Context(), c, good); err != nil {
				t.Errorf("the connection is spoilt: %v", err)
			}
			if n := len(server.asked()); n != 1 {
				t.Errorf("%d requests were sent, want 1", n)
			}
		})
	}
}
