package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"

	"github.com/spf13/pflag"

	"cohort/coder"
	"cohort/idp"
	"cohort/idp/ldap"
	"cohort/internal/fault"
	"cohort/internal/transport"
	"cohort/join"
)

// sources are both sides, checked and ready to be read.
type sources struct {
	people []idp.Connector
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
func (f *sourceFlags) settle(flags *pflag.FlagSet, said layers) error {
	sources := max(said[idpFlag], said[coderFlag])
	switch {
	case !f.demo || said[demoFlag] < sources:
		f.demo = false
	case said[demoFlag] == sources:
		return fault.New(fault.Usage, "leave one of them out", "--demo stands for --idp and --coder")
	default:
		f.idp.urls, f.idp.listed, f.coder = []string{demoURL}, nil, demoURL
	}
	f.said = said
	return f.settleProviders(flags, said)
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

// providerSecret is the secret of one provider. What a variable holds is the
// only one's of its kind.
func (f *sourceFlags) providerSecret(w world, p *provider, flag, file, variable string) (string, error) {
	if p.sole {
		return f.secret(w, flag, file, variable)
	}
	switch {
	case file != "":
		return readSecret("--"+flag, file)
	case w.getenv(variable) != "":
		return "", fault.New(fault.Usage, "unset it, and give each source a file of its own in the list under idp in the settings file",
			"%s: several sources could be meant", variable)
	default:
		return "", nil
	}
}

// open makes both sides out of the settings, without reading them. With demo
// addresses it starts the servers of the sample company.
func (f *sourceFlags) open(w world, allowEmpty bool) (*sources, error) {
	if len(f.providers) == 0 {
		return nil, fault.New(fault.Usage, "give --idp ldaps://host/base, or try --demo", "no identity provider is named")
	}
	sample := &demo{}
	s := &sources{notices: &notices{}}
	s.close = func() error {
		if s.coder != nil {
			s.coder.Close()
		}
		return sample.close()
	}
	for _, p := range f.providers {
		connector, err := idp.Open(p.url, map[string]idp.Opener{
			"ldap":         f.openLDAP(w, p),
			"ldaps":        f.openLDAP(w, p),
			"ldapi":        f.openLDAP(w, p),
			idp.FileScheme: openFile,
			"demo":         sample.open,
		})
		if err != nil {
			return nil, errors.Join(err, s.close())
		}
		s.people = append(s.people, connector)
	}
	var err error
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

func openFile(path string) (idp.Connector, error) {
	if !strings.EqualFold(filepath.Ext(path), ".ldif") {
		return nil, fault.New(fault.Usage, "a dump of a directory is FILE.ldif", "--idp: no connector reads such files")
	}
	return ldap.NewLDIF(ldap.LDIFConfig{Path: path})
}

func (f *sourceFlags) openLDAP(w world, p *provider) idp.Opener {
	return func(url string) (idp.Connector, error) {
		password, err := f.providerSecret(w, p, "ldap-password-file", p.ldap.passwordFile, "COHORT_LDAP_PASSWORD")
		if err != nil {
			return nil, err
		}
		switch w.getenv("LDAPTLS_REQCERT") {
		case "never", "allow", "try":
			w.sayWarning("LDAPTLS_REQCERT is ignored: the server's certificate is always verified (--ldap-ca-file names its CA)")
		}
		return ldap.New(ldap.Config{
			URL:            url,
			Base:           p.ldap.base,
			Filter:         p.ldap.filter,
			BindDN:         p.ldap.bindDN,
			Password:       password,
			CAFile:         cmp.Or(p.ldap.caFile, w.getenv("LDAPTLS_CACERT")),
			CertFile:       cmp.Or(p.ldap.certFile, w.getenv("LDAPTLS_CERT")),
			KeyFile:        cmp.Or(p.ldap.keyFile, w.getenv("LDAPTLS_KEY")),
			Hosts:          p.ldap.hosts,
			StartTLS:       p.ldap.startTLS,
			AllowCleartext: p.ldap.allowCleartext,
			Referrals:      p.ldap.referrals,
			PageSize:       p.ldap.pageSize,
			ReadTimeout:    f.timeout,
		})
	}
}

func (f *sourceFlags) openCoder(w world, allowEmpty bool, notify func(string)) (*coder.Client, error) {
	token, err := f.secret(w, "coder-token-file", f.coderTokenFile, "CODER_SESSION_TOKEN")
	if err != nil {
		return nil, err
	}
	settings := coder.Settings{Flag: f.coder, EnvURL: w.getenv("CODER_URL"), EnvToken: token}
	isComplete := cmp.Or(settings.Flag, settings.EnvURL) != "" && token != ""
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
		HTTP: transport.Config{Version: version(), CAFile: w.getenv("CODER_CLIENT_TLS_CA_FILE"), ReadTimeout: f.timeout, Notify: notify},
	})
}

// peopleName is what to call all providers together.
func (s *sources) peopleName() string {
	names := make([]string, len(s.people))
	for i, from := range s.people {
		names[i] = from.Source().Name
	}
	return strings.Join(names, " and ")
}

// manifest says what each source gave.
func (s *sources) manifest(people *join.Population, users []coder.User) []join.ManifestSource {
	var all []join.ManifestSource
	for i, n := range people.Sizes() {
		from := s.people[i].Source()
		all = append(all, join.ManifestSource{Role: "idp", Name: from.Name, Records: n, Complete: join.Complete(from.Proved)})
	}
	return append(all, join.ManifestSource{Role: "coder", Name: s.coderName, Records: len(users), Complete: join.Complete(true)})
}

// readPeople collects everybody of one source, and counts them as they come.
// Managers who are not among them are looked up afterwards.
func (s *sources) readPeople(ctx context.Context, from idp.Connector, request idp.Request, people *join.Source, count func()) error {
	name := from.Source().Name
	for person, err := range from.People(ctx, request) {
		if err != nil {
			return fmt.Errorf("read people from %s: %w", name, err)
		}
		if err := people.Add(person); err != nil {
			return err
		}
		count()
	}
	lookup, ok := from.(idp.Lookup)
	if !ok {
		return nil
	}
	missing := people.MissingManagers()
	if len(missing) == 0 {
		return nil
	}
	addresses, err := lookup.Addresses(ctx, missing)
	if err != nil {
		return fmt.Errorf("look up %s in %s: %w", counted(len(missing), "manager", "managers"), name, err)
	}
	people.AddManagers(addresses)
	if unknown := len(people.MissingManagers()); unknown > 0 {
		s.notices.tell(counted(unknown, "manager is", "managers are") + " not in the directory, or without an address: their people's manager_email is empty")
	}
	return nil
}
