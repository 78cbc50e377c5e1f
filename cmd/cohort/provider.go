package main

import (
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"cohort/idp"
	"cohort/idp/file"
	"cohort/internal/fault"
)

// provider is one identity provider: its URL and the settings of its own.
type provider struct {
	url  string
	ldap ldapFlags
	okta oktaFlags
	// format is of a file, and mapping replaces what fields come from.
	format  string
	mapping []string

	// sole says that it is the only one of its kind, so that what a variable
	// holds is its.
	sole bool
	// flags are those that the list in the configuration filled, under the
	// names of the command line; nil for a provider that was not listed there.
	flags *pflag.FlagSet
}

// register adds the flags that belong to one provider. Their names begin with
// what [kindOf] calls it.
func (p *provider) register(flags *pflag.FlagSet) {
	p.ldap.register(flags)
	p.okta.register(flags)
	formats := choose(&p.format, append(file.Formats(), ldifFormat)...)
	flags.Var(formats, "idp-format", "format of a file of people: "+enumerated(formats.words, "or")+" (default: by its ending)")
	flags.Var(&list{items: &p.mapping, kind: "field=attribute", offer: offerMapping}, "map", "take a person field from another attribute, or column of a file")
	inTopic(flags, "idp")
}

// providerList is the flag --idp: URLs, or providers with settings of their own
// where the configuration lists them.
type providerList struct {
	list
	urls   []string
	listed []*provider
}

// kindOf is the kind of provider that a URL means; the names of its flags begin
// with it and a dash. A URL that is wrong has none.
func kindOf(url string) string {
	scheme, err := idp.Scheme(url)
	if err != nil {
		return ""
	}
	if strings.HasPrefix(scheme, "ldap") {
		return "ldap"
	}
	return scheme
}

// isOwn says whether a flag belongs to one provider of a kind.
func isOwn(flag *pflag.Flag, kind string) bool {
	return strings.HasPrefix(flag.Name, kind+"-") || kind == idp.FileScheme && flag.Name == "idp-format"
}

// settleProviders gives each provider its settings: a listed one those of the
// list, unless a flag or a variable replaces them; all others those of the
// command's flags. Where several are of one kind, only the list can tell whose
// a setting is.
func (f *sourceFlags) settleProviders(flags *pflag.FlagSet, said layers) error {
	if f.timeout < 0 {
		return fault.New(fault.Usage, "it takes a time such as 30s or 2m", "--timeout: it is negative")
	}
	f.providers = f.idp.listed
	if said[idpFlag] > inFile || f.idp.listed == nil {
		f.providers = nil
		for _, url := range f.idp.urls {
			p := f.provider
			p.url = url
			f.providers = append(f.providers, &p)
		}
	}
	kinds := make(map[string]int)
	for i, p := range f.providers {
		if slices.ContainsFunc(f.providers[:i], p.isSame) {
			return fault.New(fault.Usage, "name each once", "--idp: two of the sources are the same")
		}
		kinds[kindOf(p.url)]++
	}
	for _, p := range f.providers {
		kind := kindOf(p.url)
		p.sole = kinds[kind] == 1
		if err := p.overlay(flags, said, kind); err != nil {
			return err
		}
	}
	return nil
}

// isSame says whether both are one source, also a file by two names.
func (p *provider) isSame(other *provider) bool {
	if p.url == other.url || kindOf(p.url) != idp.FileScheme || kindOf(other.url) != idp.FileScheme {
		return p.url == other.url
	}
	one, err := os.Stat(p.url)
	if err != nil {
		return false // which shows when it is read
	}
	two, err := os.Stat(other.url)
	return err == nil && os.SameFile(one, two)
}

// overlay puts what the command's flags say over what the list says.
func (p *provider) overlay(flags *pflag.FlagSet, said layers, kind string) error {
	var failure error
	flags.VisitAll(func(flag *pflag.Flag) {
		if failure != nil || !flag.Changed || !isOwn(flag, kind) {
			return
		}
		if !p.sole {
			failure = fault.New(fault.Usage, "list the sources with their settings under idp in the settings file",
				"--%s: several sources could be meant", flag.Name)
			return
		}
		if p.flags == nil {
			return
		}
		if own := p.flags.Lookup(flag.Name); said[flag.Name] > inFile || !own.Changed {
			values := []string{flag.Value.String()}
			if items, ok := flag.Value.(pflag.SliceValue); ok {
				values = items.GetSlice()
			}
			failure = set(own, "--"+flag.Name, values)
		}
	})
	return failure
}
