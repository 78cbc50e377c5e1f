package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"cohort/coder"
	"cohort/idp"
	"cohort/idp/ldap"
	"cohort/internal/fault"
	"cohort/internal/transport"
	"cohort/join"
)

// sources are both sides, checked and ready to be read.
type sources struct {
	people idp.Connector
	coder  *coder.Client
	// coderName is the deployment as the user named it.
	coderName string
	close     func() error
}

// open makes both sides out of the settings, without reading them. With demo
// addresses it starts the servers of the sample company.
func (f *sourceFlags) open(w world, allowEmpty bool) (*sources, error) {
	if f.demo {
		f.idp, f.coder = []string{demoURL}, demoURL
	}
	switch {
	case len(f.idp) == 0:
		return nil, fault.New(fault.Usage, "give --idp ldaps://host/base, or try --demo", "no identity provider is named")
	case len(f.idp) > 1:
		return nil, fault.New(fault.Usage, "name one", "--idp: one source is read, here are %d", len(f.idp))
	}
	sample := &demo{}
	s := &sources{close: sample.close}
	var err error
	s.people, err = idp.Open(f.idp[0], map[string]idp.Opener{
		"ldap":  f.openLDAP(w),
		"ldaps": f.openLDAP(w),
		"ldapi": f.openLDAP(w),
		"demo":  func(string) (idp.Connector, error) { return sample.directory() },
	})
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	if f.coder == demoURL {
		s.coderName = demoURL
		s.coder, err = sample.deployment(allowEmpty)
	} else {
		s.coder, err = f.openCoder(w, allowEmpty)
		if err == nil {
			s.coderName = s.coder.Name()
		}
	}
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func (f *sourceFlags) openLDAP(w world) idp.Opener {
	return func(url string) (idp.Connector, error) {
		password := w.getenv("COHORT_LDAP_PASSWORD")
		if f.ldap.passwordFile != "" {
			secret, err := readSecret("--ldap-password-file", f.ldap.passwordFile)
			if err != nil {
				return nil, err
			}
			password = secret
		}
		return ldap.New(ldap.Config{
			URL:            url,
			Base:           f.ldap.base,
			Filter:         f.ldap.filter,
			BindDN:         f.ldap.bindDN,
			Password:       password,
			CAFile:         cmp.Or(f.ldap.caFile, w.getenv("LDAPTLS_CACERT")),
			CertFile:       cmp.Or(f.ldap.certFile, w.getenv("LDAPTLS_CERT")),
			KeyFile:        cmp.Or(f.ldap.keyFile, w.getenv("LDAPTLS_KEY")),
			Hosts:          f.ldap.hosts,
			StartTLS:       f.ldap.startTLS,
			AllowCleartext: f.ldap.allowCleartext,
			Referrals:      f.ldap.referrals,
			ReadTimeout:    f.timeout,
		})
	}
}

func (f *sourceFlags) openCoder(w world, allowEmpty bool) (*coder.Client, error) {
	settings := coder.Settings{Flag: f.coder, EnvURL: w.getenv("CODER_URL"), EnvToken: w.getenv("CODER_SESSION_TOKEN")}
	if f.coderTokenFile != "" {
		token, err := readSecret("--coder-token-file", f.coderTokenFile)
		if err != nil {
			return nil, err
		}
		settings.TokenFile = token
	}
	isComplete := cmp.Or(settings.Flag, settings.EnvURL) != "" && cmp.Or(settings.TokenFile, settings.EnvToken) != ""
	// Without a home directory nobody has logged in.
	if directory, err := coder.ConfigDir(w.getenv); err == nil && !isComplete {
		if settings.StoredURL, settings.StoredToken, err = coder.Stored(directory); err != nil {
			return nil, err
		}
	}
	url, token, err := coder.Resolve(settings)
	if err != nil {
		return nil, err
	}
	return coder.New(coder.Config{
		URL: url, Token: token, AllowCleartext: f.coderAllowCleartext, AllowEmpty: allowEmpty,
		HTTP: transport.Config{Version: version(), CAFile: w.getenv("CODER_CLIENT_TLS_CA_FILE"), ReadTimeout: f.timeout},
	})
}

// readPeople collects everybody, and counts them as they come. Managers who
// are not among them are looked up afterwards.
func (s *sources) readPeople(ctx context.Context, request idp.Request, people *join.Population, count func()) error {
	for person, err := range s.people.People(ctx, request) {
		if err != nil {
			return fmt.Errorf("read people from %s: %w", s.people.Source().Name, err)
		}
		if err := people.Add(person); err != nil {
			return err
		}
		count()
	}
	lookup, ok := s.people.(idp.Lookup)
	if !ok {
		return nil
	}
	missing := people.MissingManagers()
	if len(missing) == 0 {
		return nil
	}
	addresses, err := lookup.Addresses(ctx, missing)
	if err != nil {
		return fmt.Errorf("look up %s in %s: %w", counted(len(missing), "manager", "managers"), s.people.Source().Name, err)
	}
	people.AddManagers(addresses)
	return nil
}
