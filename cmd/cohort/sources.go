package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"

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
	notices   *notices
	close     func() error
}

// notices collects what both sides tell while they are read, and shows it at
// once: it may be that they wait.
type notices struct {
	mu   sync.Mutex
	told []string
	show func(notice string)
}

func (n *notices) tell(notice string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.told = append(n.told, notice)
	if n.show != nil {
		n.show(notice)
	}
}

func (n *notices) all() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.told
}

// settle decides between settings that stand for the same: what was said with
// more authority counts.
func (f *sourceFlags) settle(said layers) error {
	sources := max(said[idpFlag], said[coderFlag])
	switch {
	case !f.demo || said[demoFlag] < sources:
		f.demo = false
	case said[demoFlag] == sources:
		return fault.New(fault.Usage, "leave one of them out", "--demo stands for --idp and --coder")
	default:
		f.idp, f.coder = []string{demoURL}, demoURL
	}
	f.said = said
	return nil
}

// secret is what a file holds that a flag names, or a variable: a variable
// replaces the flag's word in the configuration, as it does everywhere.
func (f *sourceFlags) secret(w world, flag, file, variable string) (string, error) {
	value := w.getenv(variable)
	if file == "" || value != "" && f.said[flag] <= inFile {
		return value, nil
	}
	return readSecret("--"+flag, file)
}

// open makes both sides out of the settings, without reading them. With demo
// addresses it starts the servers of the sample company.
func (f *sourceFlags) open(w world, allowEmpty bool) (*sources, error) {
	switch {
	case len(f.idp) == 0:
		return nil, fault.New(fault.Usage, "give --idp ldaps://host/base, or try --demo", "no identity provider is named")
	case len(f.idp) > 1:
		return nil, fault.New(fault.Usage, "name one", "--idp: one source is read, here are %d", len(f.idp))
	}
	sample := &demo{}
	s := &sources{notices: &notices{}}
	s.close = func() error {
		if s.coder != nil {
			s.coder.Close()
		}
		return sample.close()
	}
	var err error
	s.people, err = idp.Open(f.idp[0], map[string]idp.Opener{
		"ldap":  f.openLDAP(w),
		"ldaps": f.openLDAP(w),
		"ldapi": f.openLDAP(w),
		idp.FileScheme: func(path string) (idp.Connector, error) {
			if !strings.EqualFold(filepath.Ext(path), ".ldif") {
				return nil, fault.New(fault.Usage, "a dump of a directory is FILE.ldif", "--idp: no connector reads such files")
			}
			return ldap.NewLDIF(ldap.LDIFConfig{Path: path})
		},
		"demo": func(url string) (idp.Connector, error) {
			if url != demoURL {
				return nil, fault.New(fault.Usage, "the sample company is "+demoURL, "--idp: there is no such sample")
			}
			return sample.directory()
		},
	})
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	if f.coder == demoURL {
		s.coderName = demoURL
		s.coder, err = sample.deployment(allowEmpty)
	} else {
		s.coder, err = f.openCoder(w, allowEmpty, s.notices.tell)
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
		password, err := f.secret(w, "ldap-password-file", f.ldap.passwordFile, "COHORT_LDAP_PASSWORD")
		if err != nil {
			return nil, err
		}
		switch w.getenv("LDAPTLS_REQCERT") {
		case "never", "allow", "try":
			w.sayWarning("LDAPTLS_REQCERT is ignored: the server's certificate is always verified (--ldap-ca-file names its CA)")
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
			PageSize:       f.ldap.pageSize,
			ReadTimeout:    f.timeout,
		})
	}
}

func (f *sourceFlags) openCoder(w world, allowEmpty bool, notify func(string)) (*coder.Client, error) {
	token, err := f.secret(w, "coder-token-file", f.coderTokenFile, "CODER_SESSION_TOKEN")
	if err != nil {
		return nil, err
	}
	config, err := coder.Config{
		URL: f.coder, Token: token, AllowCleartext: f.coderAllowCleartext, AllowEmpty: allowEmpty,
		HTTP: transport.Config{Version: version(), ReadTimeout: f.timeout, Notify: notify},
	}.Complete(w.getenv)
	if err != nil {
		return nil, err
	}
	return coder.New(config)
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
	if unknown := len(people.MissingManagers()); unknown > 0 {
		s.notices.tell(counted(unknown, "manager is", "managers are") + " not in the directory, or without an address: their people's manager_email is empty")
	}
	return nil
}
