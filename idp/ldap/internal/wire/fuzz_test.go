package wire_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"testing"

	ber "github.com/go-asn1-ber/asn1-ber"
	goldap "github.com/go-ldap/ldap/v3"
	"github.com/google/go-cmp/cmp"

	"cohort/idp/ldap/internal/wire"
)

// FuzzEntry reads the contents of a SearchResultEntry. Whatever asn1-ber takes
// for an entry is one, and the same; beyond that there is only what lies in
// elements after the known ones, which asn1-ber reads and we do not.
func FuzzEntry(f *testing.F) {
	whole := entryBody("uid=a,dc=b", attribute("mail", "x", "", "y"), attribute("cn;lang-en", "ü\x00\xff"), attribute("none"))
	f.Add(whole)
	f.Add(entryBody(""))
	f.Add(append(whole[:len(whole):len(whole)], octets("later")...))
	f.Add(join(long(0x04, []byte("uid=a")), long(0x30, long(0x30, long(0x04, []byte("cn")), long(0x31, long(0x04))))))
	f.Add(entryBody(string(make([]byte, 300)), attribute("cn", "x")))
	for n := range whole {
		f.Add(whole[:n])
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		conn := &tape{replies: [][]byte{join(message(1, element(0x64, body)), page(1, ""))}}
		got, err := read(t.Context(), wire.NewConn(conn, wire.Limits{}), everything(t))
		want, ok := decodeEntry(body)
		switch {
		case ok && err != nil:
			t.Fatalf("asn1-ber reads %q, we say: %v", want, err)
		case ok && want != got[0]:
			t.Fatalf("entry (-want +got):\n%s", cmp.Diff(want, got[0]))
		case !ok && err == nil && !extended(t, body):
			t.Fatalf("asn1-ber reads nothing, we %q", got)
		}
	})
}

// decodeEntry is asn1-ber's view of an entry.
func decodeEntry(body []byte) (string, bool) {
	operation, err := ber.DecodePacketErr(element(0x64, body))
	if err != nil || len(operation.Children) < 2 {
		return "", false
	}
	entry := &wire.Entry{}
	var ok bool
	if entry.DN, ok = octetString(operation.Children[0]); !ok || !is(operation.Children[1], ber.TagSequence) {
		return "", false
	}
	for _, pair := range operation.Children[1].Children {
		if !is(pair, ber.TagSequence) || len(pair.Children) < 2 || !is(pair.Children[1], ber.TagSet) {
			return "", false
		}
		name, ok := octetString(pair.Children[0])
		if !ok {
			return "", false
		}
		a := wire.Attribute{Name: name}
		for _, child := range pair.Children[1].Children {
			value, ok := octetString(child)
			if !ok {
				return "", false
			}
			a.Values = append(a.Values, value)
		}
		entry.Attributes = append(entry.Attributes, a)
	}
	return line(entry), true
}

func is(p *ber.Packet, tag ber.Tag) bool {
	return p.ClassType == ber.ClassUniversal && p.TagType == ber.TypeConstructed && p.Tag == tag
}

func octetString(p *ber.Packet) (string, bool) {
	ok := p.ClassType == ber.ClassUniversal && p.TagType == ber.TypePrimitive && p.Tag == ber.TagOctetString
	return string(p.ByteValue), ok
}

// extended says whether an entry has more octets than what was read of it
// takes, headers in their longest form.
func extended(t *testing.T, body []byte) bool {
	t.Helper()
	conn := &tape{replies: [][]byte{join(message(1, element(0x64, body)), page(1, ""))}}
	needed := 0
	for entry, err := range wire.NewConn(conn, wire.Limits{}).Search(t.Context(), everything(t)) {
		if err != nil {
			t.Fatal(err)
		}
		needed = len(octets(entry.DN)) + len(element(0x30))
		for _, a := range entry.Attributes {
			needed += len(element(0x30)) + len(octets(a.Name)) + len(element(0x31))
			for _, value := range a.Values {
				needed += len(octets(value))
			}
		}
	}
	return len(body) > needed
}

// FuzzSearch reads what a server might send in answer to a search. A search
// that ends well has all entries that asn1-ber sees before a successful end.
func FuzzSearch(f *testing.F) {
	f.Add(join(person(1, "a"), person(1, "b"), done(1, 0, "")), uint8(3))
	f.Add(join(person(1, "a"), reference(1, "ldap://x/"), page(1, "")), uint8(1))
	f.Add(join(person(1, "a"), notice(disconnection, 52, "bye")), uint8(200))
	f.Add(join(person(1, "a"), message(1, element(0x79, octets("x"))), done(1, 4, "limit")), uint8(7))
	f.Add(join(person(1, "a"), []byte{0x30, 0x84, 0x7f, 0xff, 0xff, 0xff}), uint8(0))
	f.Add(join(long(0x30, number(0x02, 1), element(0x64, entryBody("x"))), done(1, 0, "")), uint8(0))
	f.Fuzz(func(t *testing.T, sent []byte, size uint8) {
		search := everything(t)
		search.PageSize = 0
		got, err := read(t.Context(), wire.NewConn(&tape{replies: [][]byte{sent}}, wire.Limits{}), search)
		parts, partsErr := read(t.Context(), wire.NewConn(&tape{replies: [][]byte{sent}, most: int(size) + 1}, wire.Limits{}), search)
		if diff := cmp.Diff(got, parts); diff != "" {
			t.Fatalf("read at once and in parts (-once +parts):\n%s", diff)
		}
		if err == nil && partsErr != nil {
			t.Fatalf("read at once it is whole, in parts: %v", partsErr)
		}
		if err != nil {
			if kind(err) == fmt.Sprint(err) {
				t.Fatalf("the error is %v, which is none of ours", err)
			}
			return
		}
		entries, success, err := successful(sent)
		if err != nil {
			t.Skip("asn1-ber reads what we need not read")
		}
		if !success || entries != len(got) {
			t.Fatalf("asn1-ber sees %d entries (and success %v), we %d", entries, success, len(got))
		}
	})
}

// successful counts the entries before the end of a search, and says whether
// that is a success. The error is asn1-ber's about what comes before the end.
func successful(sent []byte) (entries int, success bool, err error) {
	reader := bytes.NewReader(sent)
	for {
		envelope, err := ber.ReadPacket(reader)
		switch {
		case errors.Is(err, io.EOF):
			return entries, false, nil
		case err != nil:
			return entries, false, err
		case len(envelope.Children) < 2:
			return entries, false, nil
		}
		if id, _ := envelope.Children[0].Value.(int64); id != 1 {
			continue
		}
		switch operation := envelope.Children[1]; operation.Tag {
		case goldap.ApplicationSearchResultEntry:
			entries++
		case goldap.ApplicationSearchResultDone:
			if len(operation.Children) == 0 {
				return entries, false, nil
			}
			code, _ := operation.Children[0].Value.(int64)
			return entries, code == 0, nil
		}
	}
}
