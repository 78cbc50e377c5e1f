package main

import (
	"path/filepath"
	"slices"
	"strings"

	"cohort/internal/fault"
	"cohort/join"
)

// format is one that a command writes, with the endings of files that choose it.
// The first of a command is what it writes where nothing chooses.
type format struct {
	name    string
	endings []string
}

// exportFormats are the formats of an export.
func exportFormats() []format {
	return []format{
		{string(join.CSV), []string{"csv", "txt"}},
		{string(join.JSONLines), []string{"jsonl", "ndjson"}},
		{string(join.ForDX), nil},
	}
}

// tableFormats are the formats of commands that write a table for people, CSV or
// JSON.
func tableFormats() []format {
	return []format{{"table", textEndings()}, {"csv", []string{"csv"}}, {"json", []string{"json"}}}
}

// auditFormats are the formats of an audit.
func auditFormats() []format {
	return []format{
		{"text", textEndings()}, {"csv", []string{"csv"}}, {"json", []string{"json"}}, {"markdown", []string{"md", "markdown"}},
	}
}

// textEndings are those of files for people.
func textEndings() []string { return []string{"txt", "text", "log"} }

// formatNames are the words of --format.
func formatNames(formats []format) []string {
	names := make([]string, len(formats))
	for i, f := range formats {
		names[i] = f.name
	}
	return names
}

// formatOf is the format that was named, else that of the output's ending. A
// file whose ending is of none would surprise whoever opens it; devices and what
// has no ending get the first.
func formatOf(named, output string, formats []format) (string, error) {
	switch {
	case output == "":
		return "", fault.New(fault.Usage, "name a file, or - for standard output", "--output names nothing")
	case named != "":
		return named, nil
	}
	ending := strings.ToLower(strings.TrimPrefix(filepath.Ext(output), "."))
	for _, f := range formats {
		if slices.Contains(f.endings, ending) {
			return f.name, nil
		}
	}
	if ending == "" || filepath.Dir(output) == "/dev" {
		return formats[0].name, nil
	}
	return "", fault.New(fault.Usage, "choose one with --format: "+enumerated(formatNames(formats), "or"),
		"--output: the file's ending is of no format that is written here")
}
