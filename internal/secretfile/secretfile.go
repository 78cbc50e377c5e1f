// Package secretfile guards files that hold a secret.
package secretfile

import (
	"os"
	"runtime"

	"cohort/internal/fault"
)

// Check refuses a file that everybody on this machine can read, and one that is
// not there, with a [fault.Usage] that begins with what the file is for. Who may
// read a file of Windows does not show in its mode, and is not judged.
func Check(what, path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return fault.New(fault.Usage, "", "%s: %w", what, err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o004 != 0 {
		return fault.New(fault.Usage, "chmod 600 keeps it to you", "%s: the file is readable by everybody", what)
	}
	return nil
}
