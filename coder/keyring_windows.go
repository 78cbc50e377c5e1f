package coder

import (
	"errors"
	"io/fs"

	"github.com/danieljoos/wincred"
)

// keyring reads the Credential Manager.
func keyring() ([]byte, error) {
	credential, err := wincred.GetGenericCredential(keyringService)
	if errors.Is(err, wincred.ErrElementNotFound) {
		return nil, fs.ErrNotExist
	}
	if err != nil {
		return nil, err
	}
	return credential.CredentialBlob, nil
}
