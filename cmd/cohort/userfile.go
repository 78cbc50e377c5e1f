package main

import (
	"context"

	"cohort/coder"
)

// userFile is a file of users, read only when they are asked for: at the same
// time as the people.
type userFile struct {
	config coder.ExportConfig
	// export is what was read, nil before.
	export *coder.Export
	// check looks at it before anybody waits for the people.
	check func(*coder.Export) error
}

// Name is the file in messages.
func (f *userFile) Name() string {
	if f.config.Path == "-" {
		return "standard input"
	}
	return f.config.Path
}

// Users implements [userSource].
func (f *userFile) Users(ctx context.Context) ([]coder.User, error) {
	type result struct {
		export *coder.Export
		err    error
	}
	read := make(chan result, 1)
	// A pipe without a writer waits for ever, which an interrupt must end.
	go func() {
		export, err := coder.OpenExport(f.config)
		read <- result{export, err}
	}()
	select {
	case r := <-read:
		if r.err != nil {
			return nil, r.err
		}
		f.export = r.export
		if f.check != nil {
			if err := f.check(r.export); err != nil {
				return nil, err
			}
		}
		return f.export.Users(ctx)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
