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

// Users reads the file, and keeps what it told.
func (f *userFile) Users(ctx context.Context) ([]coder.User, error) {
	export, err := coder.OpenExport(ctx, f.config)
	if err == nil && f.check != nil {
		err = f.check(export)
	}
	if err != nil {
		return nil, err
	}
	f.export = export
	return export.Users(ctx)
}
