package ldap_test

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"cohort/idp"
	"cohort/idp/ldap"
	"cohort/internal/fault"
	"cohort/internal/slapdtest"
	"cohort/internal/testca"
)

func portOf(t *testing.T, url string) uint16 {
	t.Helper()
	address, err := net.ResolveTCPAddr("tcp", url[strings.Index(url, "://")+3:])
	if err != nil {
		t.Fatal(err)
	}
	return uint16(address.Port)
}

// closedPort is an address that refuses connections.
func closedPort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

func TestFurtherHostsAreTriedInTurn(t *testing.T) {
	server := slapdtest.Start(t, slapdtest.Config{LDIF: slapdtest.People(20)})
	config := signedIn(server)
	live := strings.TrimPrefix(server.URL, "ldap://")
	dead := closedPort(t)
	config.URL = "ldap://" + dead + "/" + server.Base
	config.Hosts = []string{closedPort(t), live}
	people, err := collect(t.Context(), t, connect(t, config), idp.Request{})
	if err != nil || len(people) != 20 {
		t.Errorf("%d people and the error %v, want 20", len(people), err)
	}

	config.Hosts = []string{closedPort(t)}
	_, err = collect(t.Context(), t, connect(t, config), idp.Request{})
	wantFailure(t, err, fault.Source, "ldap://"+dead+": ", "ldap://"+config.Hosts[0]+": ", "connection refused")

	// Who answers and refuses is the end: another host would hide it.
	config.URL, config.Hosts = server.URL+"/"+server.Base, []string{live}
	config.Password = "wrong"
	_, err = collect(t.Context(), t, connect(t, config), idp.Request{})
	wantFailure(t, err, fault.Credentials, server.URL)
}

func TestASocketOfThisMachine(t *testing.T) {
	server := slapdtest.Start(t, slapdtest.Config{LDIF: slapdtest.People(20)})
	config := signedIn(server)
	config.URL = server.SocketURL + "/" + server.Base
	people, err := collect(t.Context(), t, connect(t, config), idp.Request{})
	if err != nil || len(people) != 20 {
		t.Errorf("%d people and the error %v, want 20", len(people), err)
	}
	// Without an account it is this process's user.
	server = slapdtest.Start(t, slapdtest.Config{LDIF: slapdtest.People(20), Anonymous: slapdtest.AnonymousSeesNothing})
	people, err = collect(t.Context(), t, connect(t, ldap.Config{URL: server.SocketURL + "/" + server.Base}), idp.Request{})
	if err != nil || len(people) != 20 {
		t.Errorf("%d people and the error %v, want 20", len(people), err)
	}
	config.URL = "ldapi://%2Fnowhere%2Fldapi"
	_, err = collect(t.Context(), t, connect(t, config), idp.Request{})
	wantFailure(t, err, fault.Source, "ldapi://%2fnowhere%2fldapi", "no such file")
}

// What is in front of a good server, and whether that one is reached.
func TestHostsThatDoNotServe(t *testing.T) {
	ca := testca.New(t)
	certificate := ca.Issue(t)
	server := slapdtest.Start(t, slapdtest.Config{LDIF: slapdtest.People(20), TLS: &certificate})
	untrusted := testca.New(t).Issue(t)
	stranger := slapdtest.Start(t, slapdtest.Config{TLS: &untrusted})
	withoutTLS := slapdtest.Start(t, slapdtest.Config{})
	silent := listen(t, func(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) })
	closing := listen(t, func(net.Conn) {})
	tests := []struct {
		name  string
		front string
		kind  fault.Kind
		says  string // of the failure; none where the good server is reached
	}{
		{"one that is not there", "ldaps://" + closedPort(t), 0, ""},
		{"one that is silent before TLS", "ldaps://" + silent, 0, ""},
		{"one that is silent before StartTLS", "ldap://" + silent, 0, ""},
		{"one that closes before TLS", "ldaps://" + closing, 0, ""},
		{"one that closes before StartTLS", "ldap://" + closing, 0, ""},
		{"one that is not trusted", stranger.LDAPSURL, fault.Source, "no CA in --ldap-ca-file"},
		{"one that is not trusted after StartTLS", stranger.URL, fault.Source, "no CA in --ldap-ca-file"},
		{"one that has no StartTLS", withoutTLS.URL, fault.Source, "asking for StartTLS"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			config := signedIn(server)
			config.URL, config.CAFile = test.front+"/"+server.Base, ca.File
			config.ConnectTimeout = time.Second // a busy machine needs some for the good one
			config.StartTLS = "require"
			good := strings.TrimPrefix(server.URL, "ldap://")
			if strings.HasPrefix(test.front, "ldaps://") {
				config.StartTLS = ""
				good = strings.TrimPrefix(server.LDAPSURL, "ldaps://")
			}
			config.Hosts = []string{good}
			people, err := collect(t.Context(), t, connect(t, config), idp.Request{})
			if test.says != "" {
				wantFailure(t, err, test.kind, test.front, test.says)
				return
			}
			if err != nil || len(people) != 20 {
				t.Errorf("%d people and the error %v, want 20", len(people), err)
			}
		})
	}
}

func TestCancellationEndsTheRoundOfHosts(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var others atomic.Int64
	first := listen(t, func(conn net.Conn) {
		cancel()
		_, _ = io.Copy(io.Discard, conn)
	})
	other := listen(t, func(net.Conn) { others.Add(1) })
	config := ldap.Config{URL: "ldaps://" + first + "/dc=x", Hosts: []string{other}, ConnectTimeout: time.Minute}
	_, err := collect(ctx, t, connect(t, config), idp.Request{})
	if !errors.Is(err, context.Canceled) || fault.KindOf(err) != fault.Other {
		t.Errorf("the error is %v, want the context's", err)
	}
	if n := others.Load(); n != 0 {
		t.Errorf("another host was tried %d times", n)
	}
}
