package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"cohort/coder"
	"cohort/idp"
	"cohort/idp/file"
	"cohort/idp/ldap"
	"cohort/internal/fault"
	"cohort/internal/transport"
	"cohort/join"
)

// sources are both sides, checked and ready to be read.
type sources struct {
	people  []peopleSource
	users   usersSource
	notices *notices
	// sample is what serves the sample company, where it is read.
	sample *demo
}

// usersSource is the side of Coder, and how far it is read: a deployment, or a
// file of its users. The other is nil.
type usersSource struct {
	reading
	deployment *coder.Client
	file       *userFile
}

func (s *usersSource) list(ctx context.Context) ([]coder.User, error) {
	if s.deployment != nil {
		return s.deployment.Users(ctx)
	}
	return s.file.Users(ctx)
}

// peopleSource is a provider, and how far it is read.
type peopleSource struct {
	idp.Connector
	*reading
	// checker is the connector below a mapping, where it can check itself; nil
	// for files.
	checker idp.Checker
	format  string // of a file
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

// fill gives the flags of a command that reads both sides their values.
func (f *sourceFlags) fill(cmd *cobra.Command, w world) error {
	said, err := fillSettings(cmd, w)
	if err != nil {
		return err
	}
	if err := f.settle(cmd.Flags(), said); err != nil {
		return err
	}
	f.reads = inputsOf(cmd, w)
	f.reads.addSources(f)
	return nil
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

// open makes both sides out of the settings, without reading them. With demo
// addresses it starts the servers of the sample company.
func (f *sourceFlags) open(ctx context.Context, w world, allowEmpty bool) (*sources, error) {
	s, err := f.openProviders(ctx, w)
	if err != nil {
		return nil, err
	}
	if err := f.openUsers(ctx, w, s, allowEmpty); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// openProviders opens the side of the people alone.
func (f *sourceFlags) openProviders(ctx context.Context, w world) (*sources, error) {
	if len(f.providers) == 0 {
		return nil, fault.New(fault.Usage, "give --idp ldaps://host/base, or try --demo", "no identity provider is named")
	}
	s := &sources{sample: &demo{}, notices: &notices{}, users: usersSource{reading: reading{one: "Coder user", many: "Coder users"}}}
	for _, p := range f.providers {
		source, err := f.openPeople(ctx, w, p, s.sample)
		if err != nil {
			return nil, errors.Join(err, s.close())
		}
		s.people = append(s.people, source)
	}
	return s, nil
}

// close ends the connections that are kept, and the sample company's servers.
func (s *sources) close() error {
	if s.users.deployment != nil {
		s.users.deployment.Close()
	}
	return s.sample.close()
}

// openPeople opens one provider.
func (f *sourceFlags) openPeople(ctx context.Context, w world, p *provider, sample *demo) (peopleSource, error) {
	progress := &reading{one: "person", many: "people"}
	openers := map[string]idp.Opener{
		"ldap":         f.openLDAP(ctx, w, p),
		"ldaps":        f.openLDAP(ctx, w, p),
		"ldapi":        f.openLDAP(ctx, w, p),
		"okta":         f.openOkta(ctx, w, p, progress),
		idp.FileScheme: openFile(w, p),
		"demo":         sample.open,
	}
	connector, err := untilEnd(ctx, func() (idp.Connector, error) { return idp.Open(p.url, openers) })
	if err != nil {
		return peopleSource{}, err
	}
	mapping, err := idp.ParseMapping(p.mapping)
	if err != nil {
		return peopleSource{}, err
	}
	source := peopleSource{Connector: idp.Mapped(connector, mapping), reading: progress}
	source.checker, _ = connector.(idp.Checker)
	if file, ok := connector.(interface{ Format() string }); ok {
		source.format = file.Format()
	}
	progress.name = connector.Source().Name
	return source, nil
}

// ldifFormat is the name of the format of directories' dumps.
const ldifFormat = "ldif"

// openFile takes a dump of a directory by its ending, and all else as the format
// that was named or the ending tells.
func openFile(w world, p *provider) idp.Opener {
	return func(path string) (idp.Connector, error) {
		if p.format == ldifFormat || p.format == "" && strings.EqualFold(filepath.Ext(path), ".ldif") {
			return ldap.NewLDIF(ldap.LDIFConfig{Path: path, Input: w.stdin})
		}
		return file.New(file.Config{Path: path, Format: p.format, Input: w.stdin})
	}
}

// openUsers opens the side of Coder: the sample company, a file, or a
// deployment.
func (f *sourceFlags) openUsers(ctx context.Context, w world, s *sources, allowEmpty bool) (err error) {
	switch {
	case f.coder == demoURL:
		s.users.name = demoURL
		s.users.deployment, err = s.sample.deployment(allowEmpty)
		return err
	case isFile(f.coder) && f.planOnly:
		s.users.name = f.coder
		return nil
	case isFile(f.coder):
		if f.coder == "-" && slices.ContainsFunc(f.providers, func(p *provider) bool { return p.url == "-" }) {
			return fault.New(fault.Usage, "write one of them to a file", "--idp and --coder are both standard input")
		}
		s.users.file = &userFile{config: coder.ExportConfig{Path: f.coder, Input: w.stdin, AllowEmpty: allowEmpty}}
		s.users.name = s.users.file.Name()
	default:
		waits := func(retry transport.Retry) {
			s.notices.tell(retry.String())
			s.users.wait(retry.Reason, retry.Until)
		}
		if s.users.deployment, err = f.openCoder(ctx, w, allowEmpty, waits, s.users.doDays); err != nil {
			return err
		}
		s.users.name = s.users.deployment.Name()
	}
	return nil
}

// isFile tells a path from the address of a deployment without its scheme,
// about which the client has something to say.
func isFile(name string) bool {
	if scheme, err := idp.Scheme(name); err != nil || scheme != idp.FileScheme || name == "" {
		return false
	}
	if _, err := os.Stat(name); err == nil || name == "-" || strings.ContainsAny(name, `/\`) {
		return true
	}
	switch strings.ToLower(filepath.Ext(name)) {
	case ".csv", ".json", ".jsonl", ".ndjson", ".txt", ".tsv":
		return true
	default:
		return false
	}
}

func (f *sourceFlags) openCoder(ctx context.Context, w world, allowEmpty bool, notify func(transport.Retry), progress func(come, days int)) (*coder.Client, error) {
	token, err := f.secret(ctx, w, "coder-token-file", f.coderTokenFile, "CODER_SESSION_TOKEN")
	if err != nil {
		return nil, err
	}
	config := coder.Config{
		URL: f.coder, Token: token, AllowCleartext: f.coderAllowCleartext, AllowEmpty: allowEmpty, PlanOnly: f.planOnly, Progress: progress,
		HTTP: transport.Config{Version: version(), ReadTimeout: f.timeout, BaseDelay: w.retryDelay, MaxDelay: f.patience, Notify: notify},
	}
	return untilEnd(ctx, func() (*coder.Client, error) {
		whole, err := config.Complete(w.getenv)
		if err != nil {
			return nil, err
		}
		return coder.New(whole)
	})
}

// untilEnd does what may read certificates, or what coder login stored, out of a
// pipe that nobody writes to: the end of ctx ends the waiting.
func untilEnd[T any](ctx context.Context, do func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		value, err := do()
		done <- result{value, err}
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}

// peopleName is what to call all providers together.
func (s *sources) peopleName() string {
	names := make([]string, len(s.people))
	for i, from := range s.people {
		names[i] = from.name
	}
	return strings.Join(names, " and ")
}

// areFiles says whether all providers are files.
func (s *sources) areFiles() bool {
	return !slices.ContainsFunc(s.people, func(from peopleSource) bool { return kindOf(from.name) != idp.FileScheme })
}

// manifest says what each source gave.
func (s *sources) manifest(people *join.Population, users []coder.User) []join.ManifestSource {
	var all []join.ManifestSource
	for i, n := range people.Sizes() {
		from := s.people[i].Source()
		all = append(all, join.ManifestSource{Role: "idp", Name: from.Name, Records: n, Complete: join.Complete(from.Proved)})
	}
	return append(all, join.ManifestSource{Role: "coder", Name: s.users.name, Records: len(users), Complete: join.Complete(s.users.deployment != nil)})
}
