package slapdtest_test

import (
	"net"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cohort/internal/slapdtest"
)

func TestServerServesWhatWasLoaded(t *testing.T) {
	const people = 300
	server := slapdtest.Start(t, slapdtest.Config{LDIF: slapdtest.People(people), SizeLimit: 100})

	got := server.Values(t, "(objectClass=person)", "entryUUID")
	want := slapdtest.IDs(people)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("entryUUIDs (-want +got):\n%s", diff)
	}
	if got := server.Values(t, "(employeeNumber=100000)", "sn"); !slices.Equal(got, []string{"Müller"}) {
		t.Errorf("the first family name is %q, want Müller", got)
	}
	if got := server.Connections(t); got != 0 {
		t.Errorf("%d connections are open, want none", got)
	}
}

func TestPeopleAreTheSameEveryTime(t *testing.T) {
	first, second := slapdtest.People(50), slapdtest.People(50)
	if first != second {
		t.Error("two calls gave different people")
	}
	if !strings.HasPrefix(first, slapdtest.People(20)) {
		t.Error("a larger company does not begin with the smaller one")
	}
}

func TestKilledServerIsGone(t *testing.T) {
	server := slapdtest.Start(t, slapdtest.Config{})
	u, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	server.Kill()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", u.Host)
	if err == nil {
		_ = conn.Close()
		t.Error("something still listens after Kill")
	}
}
