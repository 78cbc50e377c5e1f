package coder

import (
	"context"
	"fmt"
	"os/exec"
	"time"
)

// keyring reads the login keychain, which may ask the user.
func keyring() ([]byte, error) {
	return keychain(func(arguments ...string) ([]byte, error) {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		const program = "/usr/bin/security"
		said, err := exec.CommandContext(ctx, program, arguments...).CombinedOutput()
		if err != nil {
			// What it said is left out: it may be the secret.
			return said, fmt.Errorf("%s: %w", program, err)
		}
		return said, nil
	})
}
