package main

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"cohort/internal/jsontext"
)

func newVersion() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version, and what it was built from",
		Long: `version prints the version, the commit that the program was built from with its
time, and Go's version. A build of what is not committed says so.`,
		Example: `  cohort version
  cohort version --json | jq -r .commit`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			b := buildOf(debug.ReadBuildInfo())
			if asJSON {
				return jsontext.Write(cmd.OutOrStdout(), b)
			}
			_, err := fmt.Fprint(cmd.OutOrStdout(), b)
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	onCommandLineOnly(cmd.Flags(), "json")
	return cmd
}

// build is what the program was built from, as far as Go recorded it.
type build struct {
	// Version is the tag of a release, made by go build in a tagged commit or
	// by go install; between tags Go makes one of the time and the commit.
	Version string `json:"version"`
	Commit  string `json:"commit,omitempty"`
	// Time is the commit's, in RFC 3339.
	Time string `json:"time,omitempty"`
	// Modified says that something was not committed.
	Modified bool   `json:"modified"`
	Go       string `json:"go"`
	// Platform is the system and the processor, as in linux/amd64.
	Platform string `json:"platform"`
}

func buildOf(info *debug.BuildInfo, ok bool) build {
	b := build{Version: "devel", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	if !ok {
		return b
	}
	if info.Main.Version != "(devel)" {
		b.Version = cmp.Or(info.Main.Version, b.Version)
	}
	for _, setting := range info.Settings {
		switch setting.Key {
		case "vcs.revision":
			b.Commit = setting.Value
		case "vcs.time":
			b.Time = setting.Value
		case "vcs.modified":
			b.Modified = setting.Value == "true"
		}
	}
	return b
}

func (b build) String() string {
	rows := [][]string{{"cohort", b.Version}}
	if b.Commit != "" {
		commit := b.Commit + " of " + b.Time
		if b.Modified {
			commit += ", modified since"
		}
		rows = append(rows, []string{"commit", commit})
	}
	return columns(append(rows, []string{"built", "with " + b.Go + " for " + b.Platform}))
}

// version is the program's version, in one word.
func version() string { return buildOf(debug.ReadBuildInfo()).Version }
