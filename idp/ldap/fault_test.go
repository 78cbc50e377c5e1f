package ldap_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"cohort/fixtures"
	"cohort/idp"
	"cohort/idp/ldap"
	"cohort/internal/fault"
	"cohort/internal/ldapfault"
	"cohort/internal/testca"
)

// crowd is a directory of n people, with StartTLS.
func crowd(t *testing.T, n int, certificate testca.Certificate) *fixtures.Directory {
	t.Helper()
	people := make([]fixtures.Person, n)
	for i := range people {
		name := fmt.Sprintf("p%03d", i)
		people[i] = fixtures.Person{
			Number: fmt.Sprint(1000 + i), Username: name, Name: name, FamilyName: name, Mail: name + "@corp.example",
		}
	}
	directory, err := fixtures.ServeLDAP(fixtures.LDAP(people), fixtures.LDAPOptions{TLS: certificate.Config()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := directory.Close(); err != nil {
			t.Error(err)
		}
	})
	return directory
}

// through puts a fault before a directory, and gives the settings to read it.
func through(t *testing.T, directory *fixtures.Directory, ca *testca.CA, misbehaviour ldapfault.Fault) (*ldapfault.Server, ldap.Config) {
	t.Helper()
	server := ldapfault.Start(t, directory.URL, misbehaviour)
	config := ldap.Config{
		URL: server.URL + "/" + directory.BaseDN, BindDN: directory.BindDN, Password: directory.Password, CAFile: ca.File,
		ConnectTimeout: time.Second, ReadTimeout: 1500 * time.Millisecond, PageSize: ldapfault.PageSize,
	}
	if misbehaviour.StartTLS {
		config.StartTLS = "require"
	}
	return server, config
}

// TestEveryFaultIsAnErrorOrHarmless reads a directory through each way to
// misbehave: what comes is everybody once, or an error.
func TestEveryFaultIsAnErrorOrHarmless(t *testing.T) {
	const people = 2 * ldapfault.Entries
	ca := testca.New(t)
	directory := crowd(t, people, ca.Issue(t))
	ldapfault.Each(t, ldapfault.All(), func(t *testing.T, misbehaviour ldapfault.Fault) {
		server, config := through(t, directory, ca, misbehaviour)
		// Far beyond what the time-outs above come to.
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		if misbehaviour.Outcome == ldapfault.Endless {
			ctx, cancel = context.WithTimeout(t.Context(), time.Second)
			defer cancel()
		}
		var ids []string
		var failure error
		for p, err := range connect(t, config).People(ctx, idp.Request{}) {
			if failure != nil {
				t.Fatal("something came after the error")
			}
			if failure = err; err == nil {
				ids = append(ids, p.ID)
			}
		}
		slices.Sort(ids)
		if distinct := len(slices.Compact(slices.Clone(ids))); distinct != len(ids) {
			t.Errorf("%d people came, %d of them different", len(ids), distinct)
		}
		whole := failure == nil && len(ids) == people
		switch misbehaviour.Outcome {
		case ldapfault.MustFail:
			if failure == nil {
				t.Errorf("%d people came and no error: %s", len(ids), misbehaviour.Doc)
			}
		case ldapfault.MayFail:
			if failure == nil && !whole {
				t.Errorf("%d of %d people came and no error: %s", len(ids), people, misbehaviour.Doc)
			}
			// A connection that is lost once is no reason to give up.
			if misbehaviour.Once && strings.Contains(misbehaviour.Name, "closed") && strings.Contains(misbehaviour.Name, "page") && !whole {
				t.Errorf("it did not heal: %v", failure)
			}
		case ldapfault.Harmless:
			if !whole {
				t.Errorf("%d of %d people came, and the error %v: %s", len(ids), people, failure, misbehaviour.Doc)
			}
		case ldapfault.Unknowable, ldapfault.Endless:
		}
		if errors.Is(failure, context.DeadlineExceeded) != (misbehaviour.Outcome == ldapfault.Endless && failure != nil) {
			t.Errorf("only the test's own time ended it: %v", failure)
		}
		if failure == nil || errors.Is(failure, context.DeadlineExceeded) {
			return
		}
		if fault.KindOf(failure) == fault.Other {
			t.Errorf("the error says nobody's move: %v", failure)
		}
		if misbehaviour.Says != "" && !strings.Contains(failure.Error(), misbehaviour.Says) {
			t.Errorf("the error is %q, want the server's %q in it", failure, misbehaviour.Says)
		}
		if misbehaviour.Code != 0 && !strings.Contains(failure.Error(), fmt.Sprintf("(%d)", misbehaviour.Code)) {
			t.Errorf("the error is %q, want the result %d in it", failure, misbehaviour.Code)
		}
		for range 200 {
			if server.Connections() == 0 {
				return
			}
			time.Sleep(5 * time.Millisecond)
		}
		t.Errorf("%d connections are still open", server.Connections())
	})
}
