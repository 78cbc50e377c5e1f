package main

import (
	"os"

	"cohort/internal/fault"
)

// openInput opens the file that a flag names; hint says where such a file comes
// from.
func openInput(flag, path, hint string) (*os.File, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fault.New(fault.Usage, hint, "%s: %w", flag, err)
	}
	return file, nil
}
