package main

import (
	"bytes"
	"context"
	"io"

	"cohort/internal/fault"
	"cohort/internal/textfile"
)

// readInput reads the file that a flag names; hint says where such a file comes
// from. It may be a pipe.
func readInput(ctx context.Context, flag, path, hint string) (io.Reader, error) {
	content, err := textfile.File{Path: path, Doing: flag, Kind: fault.Usage, Hint: hint}.ReadAll(ctx)
	if err != nil {
		return nil, err
	}
	return bytes.NewReader(content), nil
}
