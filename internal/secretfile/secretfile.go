// Package secretfile guards files that hold a secret.
package secretfile

import (
	"errors"
	"io/fs"
	"os"
	"runtime"

	"cohort/internal/fault"
)

// Unreadable is a [fault.Usage] about a file that cannot be read. It does not
// repeat the path: the secret itself may stand in its place.
func Unreadable(what string, err error) error {
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		err = path.Err
	}
	return fault.New(fault.Usage, "it names the file that holds the secret, not the secret itself", "%s: the file cannot be read: %w", what, err)
}

// Check refuses a file that everybody on this machine can read, and one that is
// not there or a folder, with a [fault.Usage] that begins with what the file is
// for. Who may read a file of Windows does not show in its mode, and is not
// judged.
func Check(what, path string) error {
	info, err := os.Stat(path)
	if err == nil && info.IsDir() {
		err = errors.New("it is a folder")
	}
	if err != nil {
		return Unreadable(what, err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o004 != 0 {
		return fault.New(fault.Usage, "chmod 600 keeps it to you", "%s: the file is readable by everybody", what)
	}
	return nil
}
