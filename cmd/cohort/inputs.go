package main

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"cohort/coder"
	"cohort/idp"
)

// inputs are the paths of the files that a run reads, so that no output comes
// into the place of one: a secret would be gone, or a list.
type inputs struct {
	paths []string
	// earlier are of manifests of earlier runs, which this run's own may replace.
	earlier []string
}

// inputsOf are the settings file and those that flags and variables name.
func inputsOf(cmd *cobra.Command, w world) inputs {
	var in inputs
	in.add(cmd.Flags())
	in.paths = append(in.paths, findFile(cmd, w))
	for _, variable := range []string{
		"LDAPTLS_CACERT", "LDAPTLS_CERT", "LDAPTLS_KEY",
		"SSL_CERT_FILE", "CODER_CLIENT_TLS_CA_FILE", "CODER_CLIENT_TLS_CERT_FILE", "CODER_CLIENT_TLS_KEY_FILE",
	} {
		in.paths = append(in.paths, w.getenv(variable))
	}
	in.paths = append(in.paths, coder.LoginFiles(w.getenv)...)
	return in
}

// add adds the files that flags name.
func (in *inputs) add(flags *pflag.FlagSet) {
	flags.VisitAll(func(flag *pflag.Flag) {
		file, ok := flag.Value.(path)
		switch {
		case !ok || file.kind == outputPath:
		case file.kind == manifestPath:
			in.earlier = append(in.earlier, file.String())
		default:
			in.paths = append(in.paths, file.String())
		}
	})
}

// addSources adds the sides that are files, and the files of the list of
// providers.
func (in *inputs) addSources(f *sourceFlags) {
	for _, p := range f.providers {
		if p.flags != nil {
			in.add(p.flags)
		}
		if kindOf(p.url) == idp.FileScheme {
			in.paths = append(in.paths, p.url)
		}
	}
	if isFile(f.coder) {
		in.paths = append(in.paths, f.coder)
	}
}
