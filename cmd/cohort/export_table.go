package main

import (
	"context"
	"slices"
	"strings"

	"cohort/coder"
	"cohort/internal/fault"
	"cohort/join"
)

// tablePlan is what to make of both sides.
type tablePlan struct {
	columns join.Columns
	options join.Options
	format  join.Format
	csv     join.CSVOptions
	// dxUsers are those whom DX knows, and dxNew the attributes that it does
	// not have yet; nil where no file tells.
	dxUsers *join.DXUsers
	dxNew   []string
	// isDefault says that nobody asked for these columns by name.
	isDefault bool

	guards
}

// plan checks the output settings.
func (f *outputFlags) plan(ctx context.Context, said layers, usage bool) (tablePlan, error) {
	p := tablePlan{
		csv:     join.CSVOptions{Separator: f.separator, KeepFormulas: f.formulas == keepFormulas},
		options: join.Options{Join: join.Kind(f.join), AllowMissing: f.allowMissing},

		isDefault: said["columns"] == unsaid,
	}
	format, err := formatOf(f.format, f.output, exportFormats())
	if err != nil {
		return p, err
	}
	p.format = join.Format(format)
	if p.options.Domains, err = f.domains(); err != nil {
		return p, err
	}
	if p.guards, err = f.guards(ctx, said); err != nil {
		return p, err
	}
	if p.format == join.ForDX {
		return p, f.planDX(ctx, &p, usage)
	}
	if f.dxUsers != "" {
		return p, fault.New(fault.Usage, "add --format dx", "--dx-users is for DX alone")
	}
	columns := f.columns
	if p.isDefault && usage {
		columns = slices.Concat(columns, join.UsageFields())
	}
	if p.columns, err = join.ParseColumns(columns); err != nil {
		return p, err
	}
	return p, p.conditions(f.where, usage)
}

// conditions adds --where, after which it is known what has to be read.
func (p *tablePlan) conditions(where []string, usage bool) error {
	if err := p.columns.Where(where); err != nil {
		return err
	}
	if p.columns.NeedsUsage() && !usage {
		return fault.New(fault.Usage, "add --usage 28d", "--columns or --where: the use of Coder is not read")
	}
	return nil
}

// planDX checks what is for DX.
func (f *outputFlags) planDX(ctx context.Context, p *tablePlan, usage bool) error {
	columns := f.columns
	if p.isDefault {
		columns = join.DefaultDXColumns(usage)
	}
	var err error
	if p.columns, err = join.ParseDXColumns(columns); err != nil {
		return err
	}
	if f.dxUsers != "" {
		file, err := readInput(ctx, "--dx-users", f.dxUsers, "")
		if err != nil {
			return err
		}
		if p.dxUsers, err = join.ReadDXUsers(file); err != nil {
			return fault.New(fault.Usage, "", "--dx-users: read %s: %w", f.dxUsers, err)
		}
		if p.dxNew, err = p.dxUsers.Check(p.columns); err != nil {
			return err
		}
	}
	return p.conditions(f.where, usage)
}

// fit leaves out of the default columns what an export of users does not tell,
// and refuses the others.
func (p tablePlan) fit(export *coder.Export) (columns join.Columns, notice string, err error) {
	missing := slices.DeleteFunc(p.columns.CoderFields(), export.Has)
	if len(missing) == 0 {
		return p.columns, "", nil
	}
	names := strings.Join(missing, ", ")
	kept, ok := p.columns.Without(missing)
	if !p.isDefault || !ok || p.format == join.ForDX {
		return p.columns, "", fault.New(fault.Usage, "export with: coder users list -o json", "%s does not tell %s", export.Name(), names)
	}
	return kept, export.Name() + " does not tell " + names + ": left out of the columns; coder users list -o json tells it", nil
}
