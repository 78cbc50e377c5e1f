package okta_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"cohort/fixtures"
	"cohort/idp"
	"cohort/idp/idptest"
	"cohort/idp/okta"
	"cohort/internal/fault"
	"cohort/internal/transport"
)

// org serves users and groups until the test ends.
func org(tb testing.TB, users []fixtures.OktaUser, groups []fixtures.OktaGroup, o fixtures.OktaOptions) *fixtures.Org {
	tb.Helper()
	served, err := fixtures.ServeOkta(users, groups, o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := served.Close(); err != nil {
			tb.Error(err)
		}
	})
	return served
}

// company serves the sample company.
func company(tb testing.TB, o fixtures.OktaOptions) (*fixtures.Org, []fixtures.OktaUser) {
	tb.Helper()
	people, err := fixtures.People()
	if err != nil {
		tb.Fatal(err)
	}
	users := fixtures.Okta(people)
	return org(tb, users, fixtures.OktaGroups(users), o), users
}

// signedInTo is a configuration whose retries take no time worth noticing.
func signedInTo(o *fixtures.Org) okta.Config {
	return okta.Config{
		URL: o.URL, Token: o.Token,
		HTTP: transport.Config{CAs: o.CA, BaseDelay: time.Millisecond, ReadTimeout: 10 * time.Second},
	}
}

func connect(tb testing.TB, config okta.Config) *okta.Connector {
	tb.Helper()
	c, err := okta.New(config)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func collect(ctx context.Context, tb testing.TB, c idp.Connector, req idp.Request) ([]idp.Person, error) {
	tb.Helper()
	var people []idp.Person
	var failure error
	for p, err := range c.People(ctx, req) {
		if failure != nil {
			tb.Error("something came after the error")
			break
		}
		if failure = err; err == nil {
			people = append(people, p)
		}
	}
	slices.SortFunc(people, func(a, b idp.Person) int {
		if a.ID < b.ID {
			return -1
		}
		return 1
	})
	return people, failure
}

func TestConformance(t *testing.T) {
	served, users := company(t, fixtures.OktaOptions{RateLimit: 100_000})
	var ids []string
	for _, u := range users {
		ids = append(ids, u.ID)
	}
	refused := signedInTo(served)
	refused.Token = "00another"
	idptest.Run(t, idptest.Suite{
		New:        func(t *testing.T) idp.Connector { return connect(t, signedInTo(served)) },
		IDs:        ids,
		Attributes: []string{"badgeNumber", "skills", "lastLogin", "remote", "device", "employeeNumber"},
		Broken: map[string]idptest.Broken{
			"a refused token": {
				New:  func(t *testing.T) idp.Connector { return connect(t, refused) },
				Kind: fault.Credentials,
			},
		},
		Connections: served.Connections,
	})
}
