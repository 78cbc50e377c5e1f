package main

import (
	"context"
	"strings"

	"cohort/internal/fault"
	"cohort/internal/secretfile"
	"cohort/internal/textfile"
)

// secret is what a file holds that a flag names, or a variable: a variable
// replaces the flag's word in the configuration, as it does everywhere.
func (f *sourceFlags) secret(ctx context.Context, w world, flag, file, variable string) (string, error) {
	if f.planOnly {
		return "", nil
	}
	value := w.getenv(variable)
	if file == "" || value != "" && f.said[flag] <= inFile {
		return value, nil
	}
	return readSecret(ctx, "--"+flag, file)
}

// providerSecret is the secret of one provider. What a variable holds is the
// only one's of its kind.
func (f *sourceFlags) providerSecret(ctx context.Context, w world, p *provider, flag, file, variable string) (string, error) {
	if p.sole {
		return f.secret(ctx, w, flag, file, variable)
	}
	switch {
	case f.planOnly:
		return "", nil
	case file != "":
		return readSecret(ctx, "--"+flag, file)
	case w.getenv(variable) != "":
		return "", errWhose(variable)
	default:
		return "", nil
	}
}

// errWhose is that a variable holds what belongs to one source.
func errWhose(variable string) error {
	return fault.New(fault.Usage, "unset it, and give each source a file of its own in the list under idp in the settings file",
		"%s: several sources could be meant", variable)
}

// readSecret reads a file that holds one secret; flag is what named it. The
// file must not be readable by everybody. One line feed at its end is dropped,
// with the carriage return that Windows puts before it.
func readSecret(ctx context.Context, flag, path string) (string, error) {
	if err := secretfile.Check(flag, path); err != nil {
		return "", err
	}
	content, err := textfile.File{Path: path, Doing: flag, Kind: fault.Usage}.ReadAll(ctx)
	if err != nil {
		return "", secretfile.Unreadable(flag, err)
	}
	secret := string(content)
	if line, ended := strings.CutSuffix(secret, "\n"); ended {
		secret = strings.TrimSuffix(line, "\r")
	}
	if secret == "" {
		return "", fault.New(fault.Usage, "", "%s: the file is empty", flag)
	}
	return secret, nil
}
