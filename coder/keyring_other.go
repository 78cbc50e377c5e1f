//go:build !darwin && !windows

package coder

import "io/fs"

// keyring is empty: Coder keeps files here.
func keyring() ([]byte, error) { return nil, fs.ErrNotExist }
