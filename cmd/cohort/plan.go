package main

import (
	"os"

	"cohort/internal/fault"
	"cohort/join"
)

// plan is what to make of both sides.
type plan struct {
	columns join.Columns
	options join.Options
	format  join.Format
	csv     join.CSVOptions
	// dxUsers are those whom DX knows, and dxNew the attributes that it does
	// not have yet; nil where no file tells.
	dxUsers *join.DXUsers
	dxNew   []string

	guards
}

// plan checks the output settings.
func (f *outputFlags) plan(said layers) (plan, error) {
	p := plan{
		format:  join.FormatOf(f.output),
		csv:     join.CSVOptions{Separator: f.separator},
		options: join.Options{AllowMissing: f.allowMissing},
	}
	var err error
	if f.output == "" {
		return p, fault.New(fault.Usage, "name a file, or - for standard output", "--output names nothing")
	}
	if f.format == "" && !join.KnowsFormatOf(f.output) {
		return p, fault.New(fault.Usage, "choose one with --format: csv, jsonl or dx", "--output: the file's ending is of no format that is written here")
	}
	if f.format != "" {
		if p.format, err = join.ParseFormat(f.format); err != nil {
			return p, err
		}
	}
	switch f.formulas {
	case "escape":
	case "keep":
		p.csv.KeepFormulas = true
	default:
		return p, fault.New(fault.Usage, "allowed are escape and keep", "--formulas: %q is no such choice", f.formulas)
	}
	if p.options.Join, err = join.ParseKind(f.join); err != nil {
		return p, err
	}
	if p.options.Domains, err = join.ParseDomainAliases(f.domainAliases); err != nil {
		return p, err
	}
	if p.guards, err = f.guards(); err != nil {
		return p, err
	}
	if p.format == join.ForDX {
		return p, f.planDX(&p, said)
	}
	if f.dxUsers != "" {
		return p, fault.New(fault.Usage, "add --format dx", "--dx-users is for DX alone")
	}
	if p.columns, err = join.ParseColumns(f.columns); err != nil {
		return p, err
	}
	return p, p.columns.Where(f.where)
}

// planDX checks what is for DX.
func (f *outputFlags) planDX(p *plan, said layers) error {
	columns := f.columns
	if said["columns"] == unsaid {
		columns = join.DefaultDXColumns(false)
	}
	var err error
	if p.columns, err = join.ParseDXColumns(columns); err != nil {
		return err
	}
	if f.dxUsers != "" {
		file, err := os.Open(f.dxUsers)
		if err != nil {
			return fault.New(fault.Usage, "", "--dx-users: %w", err)
		}
		defer func() { _ = file.Close() }()
		if p.dxUsers, err = join.ReadDXUsers(file); err != nil {
			return fault.New(fault.Usage, "", "--dx-users: read %s: %w", f.dxUsers, err)
		}
		if p.dxNew, err = p.dxUsers.Check(p.columns); err != nil {
			return err
		}
	}
	return p.columns.Where(f.where)
}
