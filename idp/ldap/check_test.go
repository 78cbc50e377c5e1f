package ldap_test

import (
	"strings"
	"testing"
	"time"

	"cohort/idp/idptest"
	"cohort/internal/fault"
	"cohort/internal/ldapfault"
	"cohort/internal/probe"
	"cohort/internal/testca"
)

func TestWhatACheckSaysOfOtherServers(t *testing.T) {
	domain := map[string][]string{
		"supportedCapabilities": {"1.2.840.113556.1.4.800"},
		"currentTime":           {time.Now().UTC().Add(2 * time.Minute).Format("20060102150405.0Z")},
	}
	everybody := func(w *wire, _ int, asked query) {
		w.person(asked.id, "ada")
		w.referral(asked.id, "ldap://elsewhere.example.com/dc=other")
		w.last(asked.id)
	}
	for _, test := range []struct {
		name   string
		script script
		step   string
		want   probe.Step
	}{
		{
			"a clock ahead", script{root: domain, page: everybody}, probe.Clock,
			probe.Step{Outcome: probe.Warn, Detail: "the server's is 2m", Mend: "set the clock that is wrong (NTP)"},
		},
		{
			"no pages", script{root: map[string][]string{"supportedControl": {"1.1.1"}}, page: everybody}, probe.Server,
			probe.Step{Outcome: probe.Warn, Detail: "an LDAP server, which gives no pages, so that"},
		},
		{
			"parts on other servers", script{page: everybody}, probe.Notice,
			probe.Step{Outcome: probe.Warn, Detail: "ldap://127.0.0.1:"},
		},
		{
			"nobody", script{page: func(w *wire, _ int, asked query) { w.last(asked.id) }}, probe.People,
			probe.Step{Outcome: probe.Fail, Detail: "the server shows nobody", Mend: "check --ldap-base and --ldap-filter, and whether the account may read people there"},
		},
		{
			"a connection that is lost after the bind", script{rootErr: 52, page: func(w *wire, _ int, _ query) { _ = w.conn.Close() }}, probe.People,
			probe.Step{Outcome: probe.Fail, Detail: "reading people below dc=example,dc=com from ldap://127.0.0.1:", Mend: "the server's log says why", Kind: fault.Source},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := idptest.Steps(t, connect(t, serve(t, test.script)))[test.step]
			if got.Outcome != test.want.Outcome || !strings.HasPrefix(got.Detail, test.want.Detail) ||
				got.Mend != test.want.Mend || got.Kind != test.want.Kind {
				t.Errorf("%s: %+v, want %+v", test.step, got, test.want)
			}
		})
	}
}

func TestACountThatTakesTooLongIsAtLeastSoMany(t *testing.T) {
	config := serve(t, script{page: func(w *wire, _ int, asked query) {
		if asked.cookie == "" {
			w.person(asked.id, "ada")
			w.person(asked.id, "bob")
			w.more(asked.id, "next")
		} // and nothing after that
	}})
	var got probe.Step
	list := probe.NewChecklist(func(s probe.Step) { got = s }, probe.People)
	stands := connect(t, config).CountPeople(t.Context(), 300*time.Millisecond, list)
	if !stands || got.Outcome != probe.OK || got.Count != 2 || !got.More {
		t.Errorf("%v, %+v; want at least 2", stands, got)
	}
}

// TestNoFaultOfAServerPassesACheck: where a read cannot be complete, a check
// must not say that all is well.
func TestNoFaultOfAServerPassesACheck(t *testing.T) {
	ca := testca.New(t)
	directory := crowd(t, 2*ldapfault.Entries, ca.Issue(t))
	ldapfault.Each(t, ldapfault.MustFails(), func(t *testing.T, misbehaviour ldapfault.Fault) {
		_, config := through(t, directory, ca, misbehaviour)
		for _, step := range idptest.Steps(t, connect(t, config)) {
			if step.Outcome == probe.Fail {
				return
			}
		}
		t.Errorf("no step failed: %s", misbehaviour.Doc)
	})
}
