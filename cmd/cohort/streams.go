package main

import (
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// Paths that mean a stream that is open already. Opening them again would begin
// at the start of the file behind it, and renaming would replace that.

func isStandardOutput(path string) bool { return path == "-" || descriptor(path) == 1 }

func isStandardError(path string) bool { return descriptor(path) == 2 }

// descriptor is the number of the stream that a path means, also through links,
// or -1.
func descriptor(path string) int {
	for range mostLinks {
		switch path {
		case "/dev/stdin":
			return 0
		case "/dev/stdout":
			return 1
		case "/dev/stderr":
			return 2
		}
		for _, folder := range []string{"/dev/fd/", "/proc/self/fd/"} {
			if number, ok := strings.CutPrefix(path, folder); ok {
				if n, err := strconv.ParseUint(number, 10, 16); err == nil {
					return int(n)
				}
			}
		}
		target, err := os.Readlink(path)
		if err != nil {
			break // the file itself
		}
		if !filepath.IsAbs(target) {
			target = filepath.Join(filepath.Dir(path), target)
		}
		path = target
	}
	return -1
}

// stream is what to write to for a path that means a stream, else nil.
func (w world) stream(path string) io.Writer {
	switch {
	case isStandardOutput(path):
		return w.stdout
	case isStandardError(path):
		return w.stderr
	}
	if n := descriptor(path); n >= 0 {
		if file := os.NewFile(uintptr(n), path); infoOf(file) != nil {
			return file
		}
	}
	return nil
}

// outputName is what to call an output to its user.
func outputName(path string) string {
	switch {
	case isStandardOutput(path):
		return "standard output"
	case isStandardError(path):
		return "standard error"
	default:
		return path
	}
}

// info describes what an output is before it is written, or is nil.
func (f *stagedFile) info() os.FileInfo {
	if f.direct != nil {
		return infoOf(f.direct)
	}
	info, err := os.Stat(f.path)
	if err != nil {
		return nil
	}
	return info
}

// inputInfo describes what is read, or is nil.
func (w world) inputInfo(path string) os.FileInfo {
	if path == "-" {
		return infoOf(w.stdin)
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil
	}
	return info
}

// infoOf describes what is behind a stream, or is nil where that is no file.
func infoOf(stream any) os.FileInfo {
	file, ok := stream.(*os.File)
	if !ok {
		return nil
	}
	info, err := file.Stat()
	if err != nil {
		return nil
	}
	return info
}

// isSameFile says whether both are one file, or one pipe. A terminal and a
// socket may well be both.
func isSameFile(a, b os.FileInfo) bool {
	// Windows tells no pipe from another (golang.org/issue/62042).
	isPipe := a != nil && a.Mode()&os.ModeNamedPipe != 0 && runtime.GOOS != "windows"
	return a != nil && b != nil && (a.Mode().IsRegular() || isPipe) && os.SameFile(a, b)
}
