package main

import (
	"os"
	"runtime"
	"strings"

	"cohort/internal/fault"
)

// readSecret reads a file that holds one secret; flag is what named it. The
// file must not be readable by everybody. One line feed at its end is dropped.
func readSecret(flag, path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", fault.New(fault.Usage, "", "%s: %w", flag, err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o004 != 0 {
		return "", fault.New(fault.Usage, "chmod 600 keeps it to you", "%s: the file is readable by everybody", flag)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return "", fault.New(fault.Usage, "", "%s: %w", flag, err)
	}
	secret := strings.TrimSuffix(strings.TrimSuffix(string(content), "\n"), "\r")
	if secret == "" {
		return "", fault.New(fault.Usage, "", "%s: the file is empty", flag)
	}
	return secret, nil
}
