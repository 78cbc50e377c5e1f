package main

import (
	"os"
	"strings"

	"cohort/internal/fault"
	"cohort/internal/secretfile"
)

// readSecret reads a file that holds one secret; flag is what named it. The
// file must not be readable by everybody. One line feed at its end is dropped.
func readSecret(flag, path string) (string, error) {
	if err := secretfile.Check(flag, path); err != nil {
		return "", err
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return "", secretfile.Unreadable(flag, err)
	}
	secret := strings.TrimSuffix(strings.TrimSuffix(string(content), "\n"), "\r")
	if secret == "" {
		return "", fault.New(fault.Usage, "", "%s: the file is empty", flag)
	}
	return secret, nil
}
