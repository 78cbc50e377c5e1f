package wire_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	goldap "github.com/go-ldap/ldap/v3"
	"github.com/google/go-cmp/cmp"

	"cohort/idp/ldap/internal/wire"
)

func TestBindTellsWhatTheServerAnswers(t *testing.T) {
	const adSays = "80090308: LdapErr: DSID-0C090447, comment: AcceptSecurityContext error, data 52e, v4563\x00"
	tests := map[string]struct {
		reply []byte
		want  string
	}{
		"success":                  {bound(1, 0, ""), "<nil>"},
		"success with credentials": {message(1, result(0x61, 0, "", element(0x87, []byte("token")))), "<nil>"},
		"success with controls":    {message(1, result(0x61, 0, ""), element(0xa0, element(0x30, octets("1.2.3")))), "<nil>"},
		"a wrong password":         {bound(1, 49, adSays), "result: 49 " + adSays + " []"},
		"a bind in several steps":  {bound(1, 14, ""), "result: 14  []"},
		"a notice":                 {notice(disconnection, 8, "encrypt"), "disconnected: 8 encrypt"},
		"nothing":                  {nil, "lost"},
		"half an answer":           {bound(1, 0, "")[:4], "lost"},
		"an answer to another":     {bound(2, 0, ""), protocol("an answer to request 2, which was not open")},
		"two answers":              {join(bound(1, 0, ""), bound(1, 0, "")), protocol("an answer to request 1, which was not open")},
		"an entry":                 {person(1, "x"), protocol("something of type 0x64 in answer to a bind")},
		"an answer without result": {message(1, element(0x61)), protocol("a malformed answer to a bind: it ends too early")},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			server := &script{replies: [][]byte{test.reply}}
			err := wire.NewConn(server.dial(t), wire.Limits{}).Bind(t.Context(), "cn=reader", "secret")
			if diff := cmp.Diff(test.want, kind(err)); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
			if err != nil && strings.Contains(err.Error(), "secret") {
				t.Errorf("the error tells the password: %v", err)
			}
		})
	}
}

func TestNameWithoutPasswordIsNotSent(t *testing.T) {
	server := &script{replies: [][]byte{bound(1, 0, "")}}
	c := wire.NewConn(server.dial(t), wire.Limits{})
	if err := c.Bind(t.Context(), "cn=reader", ""); err == nil {
		t.Error("it was accepted")
	}
	if err := c.Bind(t.Context(), "", ""); err != nil {
		t.Errorf("the connection is spoilt: %v", err)
	}
}

// TestRequestsAreThoseOfGoLDAP compares the octets that two clients send.
func TestRequestsAreThoseOfGoLDAP(t *testing.T) {
	replies := [][]byte{
		bound(1, 0, ""), bound(2, 0, ""), bound(3, 0, ""),
		page(4, "cookie"), page(5, ""), page(6, ""),
	}
	const text = `(&(objectClass=person)(!(cn:dn:2.4.8.10:=D\2ar))(sn=M*ü*r)(uidNumber>=5))`
	attributes := []string{"cn", "mail;lang-en", "+"}

	theirs := &script{replies: replies}
	conn := theirs.dial(t)
	client := goldap.NewConn(conn, false)
	client.Start()
	defer client.Close()
	request := goldap.NewSearchRequest("dc=ü", goldap.ScopeSingleLevel, goldap.NeverDerefAliases, 7, 0, false, text, attributes,
		[]goldap.Control{goldap.NewControlPaging(500)})
	plain := goldap.NewSearchRequest("", goldap.ScopeBaseObject, goldap.NeverDerefAliases, 0, 0, false, "(objectClass=*)", nil, nil)
	if err := errors.Join(
		client.Bind("cn=reader", "secret"),
		client.UnauthenticatedBind(""),
		client.ExternalBind(),
		second(client.SearchWithPaging(request, 500)),
		second(client.Search(plain)),
	); err != nil {
		t.Fatal(err)
	}

	ours := &script{replies: replies}
	c := wire.NewConn(ours.dial(t), wire.Limits{})
	if err := errors.Join(
		c.Bind(t.Context(), "cn=reader", "secret"),
		c.Bind(t.Context(), "", ""),
		c.External(t.Context()),
		second(read(t.Context(), c, wire.Search{Base: "dc=ü", Scope: wire.SingleLevel, Filter: filter(t, text),
			Attributes: attributes, PageSize: 500, SizeLimit: 7})),
		second(read(t.Context(), c, wire.Search{Filter: filter(t, "(objectClass=*)")})),
	); err != nil {
		t.Fatal(err)
	}

	want, got := theirs.asked(), ours.asked()
	if len(want) != len(replies) || len(got) != len(replies) {
		t.Fatalf("go-ldap sent %d requests and we %d, want %d", len(want), len(got), len(replies))
	}
	for i := range want {
		if !bytes.Equal(got[i].Bytes(), want[i].Bytes()) {
			t.Errorf("request %d is %x, want %x", i+1, got[i].Bytes(), want[i].Bytes())
		}
	}
}

// second drops what came with an error.
func second[T any](_ T, err error) error { return err }
