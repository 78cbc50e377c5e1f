package main

import (
	"errors"
	"time"

	"cohort/coder"
	"cohort/fixtures"
	"cohort/idp"
	"cohort/idp/ldap"
	"cohort/idp/okta"
	"cohort/internal/fault"
	"cohort/internal/transport"
)

// demoURL stands for the sample company on either side, demoOktaURL for its
// people as an Okta org.
const (
	demoURL     = "demo:"
	demoOktaURL = "demo:okta"
)

// now is the moment from which days are counted: the sample company's own where
// that is read.
func (f *sourceFlags) now() time.Time {
	if f.coder == demoURL {
		return fixtures.Today()
	}
	return time.Now()
}

// demo serves the sample company on loopback, and reads it as it would read
// any other.
type demo struct {
	ldap  *fixtures.Directory
	okta  *fixtures.Org
	coder *fixtures.Deployment
}

// open serves what a URL of the sample company means.
func (d *demo) open(url string) (idp.Connector, error) {
	switch url {
	case demoURL:
		return d.directory()
	case demoOktaURL:
		return d.org()
	default:
		return nil, fault.New(fault.Usage, "the sample company is "+demoURL+" and "+demoOktaURL, "--idp: there is no such sample")
	}
}

func (d *demo) directory() (idp.Connector, error) {
	people, err := fixtures.People()
	if err != nil {
		return nil, err
	}
	d.ldap, err = fixtures.ServeLDAP(fixtures.LDAP(people), fixtures.LDAPOptions{})
	if err != nil {
		return nil, err
	}
	connector, err := ldap.New(ldap.Config{
		URL: d.ldap.URL, Base: d.ldap.BaseDN, BindDN: d.ldap.BindDN, Password: d.ldap.Password,
		// Small, so that the sample takes several pages like a real directory.
		PageSize: 25,
	})
	if err != nil {
		return nil, err
	}
	return demoDirectory{connector}, nil
}

func (d *demo) org() (idp.Connector, error) {
	people, err := fixtures.People()
	if err != nil {
		return nil, err
	}
	users := fixtures.Okta(people)
	if d.okta, err = fixtures.ServeOkta(users, fixtures.OktaGroups(users), fixtures.OktaOptions{}); err != nil {
		return nil, err
	}
	connector, err := okta.New(okta.Config{
		URL: d.okta.URL, Token: d.okta.Token,
		HTTP: transport.Config{Version: version(), CAs: d.okta.CA},
	})
	if err != nil {
		return nil, err
	}
	return demoOrg{connector}, nil
}

func (d *demo) deployment(allowEmpty bool) (*coder.Client, error) {
	users, err := fixtures.Users()
	if err != nil {
		return nil, err
	}
	activity, err := fixtures.Activity(fixtures.Today())
	if err != nil {
		return nil, err
	}
	d.coder, err = fixtures.ServeCoder(users, fixtures.CoderOptions{Activity: activity})
	if err != nil {
		return nil, err
	}
	return coder.New(coder.Config{
		URL: d.coder.URL, Token: d.coder.Token, AllowEmpty: allowEmpty,
		HTTP: transport.Config{Version: version()},
	})
}

func (d *demo) close() error {
	var failures []error
	if d.ldap != nil {
		failures = append(failures, d.ldap.Close())
	}
	if d.okta != nil {
		failures = append(failures, d.okta.Close())
	}
	if d.coder != nil {
		failures = append(failures, d.coder.Close())
	}
	return errors.Join(failures...)
}

// demoDirectory and demoOrg are called what the user called them, not by their
// port.
type (
	demoDirectory struct{ *ldap.Connector }
	demoOrg       struct{ *okta.Connector }
)

func (demoDirectory) Source() idp.Source { return idp.Source{Name: demoURL} }
func (demoOrg) Source() idp.Source       { return idp.Source{Name: demoOktaURL} }
