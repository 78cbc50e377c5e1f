package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"cohort/internal/fault"
	"cohort/join"
)

// made is what was written of a table.
type made struct {
	files   []join.ManifestFile
	written join.Written
	// What follows is for DX: the figures, and whom it gets no row of.
	dx       *join.DXFigures
	leftOut  []join.Doubt
	warnings []string
}

// write writes the table into its file; for DX perhaps into more beside it.
func (p tablePlan) write(joined *join.Table, dx *join.DX, to *stagedFile, outputs *staging) (made, error) {
	if dx != nil {
		return p.writeDX(dx, to, outputs)
	}
	written, err := joined.Write(p.encoder(to))
	return made{files: []join.ManifestFile{to.manifest("table", p.format, written.Rows)}, written: written}, err
}

// encoder writes the format that is none of DX.
func (p tablePlan) encoder(to io.Writer) *join.Encoder {
	if p.format == join.JSONLines {
		return join.NewJSONLines(to)
	}
	return join.NewCSV(to, p.csv)
}

// writeDX writes a file for everybody, and further ones for those who lack a
// core property.
func (p tablePlan) writeDX(dx *join.DX, to *stagedFile, outputs *staging) (made, error) {
	parts := dx.Parts()
	if len(parts) > 1 && to.temp == nil {
		return made{}, fault.New(fault.Usage, "write to a file with -o", "people without %s go to a file of their own, beside the first",
			strings.Join(parts[1].Without, ", "))
	}
	m := made{dx: &dx.Figures, leftOut: dx.LeftOut()}
	for i, part := range parts {
		if i > 0 {
			var err error
			if to, err = outputs.create("--output", partPath(outputs.files[0].path, part)); err != nil {
				return m, err
			}
		}
		written, err := dx.Write(to, part, p.csv.Separator)
		if err != nil {
			return m, err
		}
		m.files = append(m.files, to.manifest("table", join.ForDX, written.Rows))
		m.written.Add(written)
	}
	m.warnings = slices.Concat(dxWarnings(dx.Figures, p.dxNew), p.staleParts(m.files))
	return m, nil
}

// partPath is the file for people who lack core properties: dx.csv becomes
// dx.without-startdate.csv.
func partPath(path string, part join.DXPart) string {
	ending := filepath.Ext(path)
	return strings.TrimSuffix(path, ending) + ".without-" + strings.Join(part.Without, "-") + ending
}

// staleParts tells of files beside the first that an earlier run wrote, and
// this one did not.
func (p tablePlan) staleParts(files []join.ManifestFile) []string {
	folder, name := filepath.Dir(files[0].Path), filepath.Base(files[0].Path)
	ending := filepath.Ext(name)
	beginning := strings.TrimSuffix(name, ending) + ".without-"
	beside, _ := os.ReadDir(folder) // of one that cannot be listed, nobody can tell
	var warnings []string
	for _, file := range beside {
		path := filepath.Join(folder, file.Name())
		isPart := strings.HasPrefix(file.Name(), beginning) && strings.HasSuffix(file.Name(), ending)
		isWritten := slices.ContainsFunc(files, func(f join.ManifestFile) bool { return filepath.Clean(f.Path) == path })
		if isPart && !isWritten {
			warnings = append(warnings, fmt.Sprintf("%s is of an earlier run: do not upload it", path))
		}
	}
	return warnings
}

// dxWarnings tell whom DX gets no row of, and what is new to it.
func dxWarnings(f join.DXFigures, fresh []string) []string {
	var warnings []string
	if left := f.LeftOut(grouped); left != "" {
		warnings = append(warnings, "people left out for DX: "+left)
	}
	if f.NotWritten > 0 {
		warnings = append(warnings, counted(f.NotWritten, "user of DX has", "users of DX have")+" no row: what DX has of them stays")
	}
	if len(fresh) > 0 {
		noun := "attributes"
		if len(fresh) == 1 {
			noun = "attribute"
		}
		warnings = append(warnings, "new to DX: the "+noun+" "+strings.Join(fresh, ", "))
	}
	return warnings
}
