package main

import (
	"context"
	"errors"
	"io"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/sync/errgroup"

	"cohort/idp"
	"cohort/internal/fault"
	"cohort/internal/textfile"
	"cohort/join/diff"
)

func newDiff(w world) *cobra.Command {
	var f diffFlags
	cmd := &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "Compare two exports: who joined, left, started, stopped",
		Long: `diff compares two files that cohort export wrote, CSV (also for DX) or JSON
lines, also one with the other: who joined and left, who started and stopped
using Coder, whose usage level went up or down, and every other cell that
changed, by column. One of the files may be - for standard input.

Rows are matched by e-mail, trimmed and in lower case; --key names other
columns. Where several rows share a key, equal ones are matched first, then
those most alike; rows without a key are matched only where they are equal. The
table lists the first 20 of each kind, and leaves out the single changes of
columns that change for everybody who works, such as coder_last_seen_at; its
counts, CSV and JSON are always complete.`,
		Example: `  cohort diff last-week.csv people.csv
  cohort diff last-week.csv people.csv --ignore coder_last_seen_at --exit-code
  cohort diff old.jsonl new.csv --key email,username -o changes.csv
  cohort diff old.csv new.csv --format json | jq .counts`,
		Args: diffArguments,
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if len(args) > 1 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return filesEndingIn([]string{"csv", "jsonl", "ndjson"})
		},
		PreRunE: func(cmd *cobra.Command, args []string) error {
			_, err := fillSettings(cmd, w)
			f.reads = inputsOf(cmd, w)
			f.reads.paths = append(f.reads.paths, args...)
			return err
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return compareExports(cmd.Context(), w, cmd.InOrStdin(), args, &f)
		},
	}
	f.register(cmd.Flags())
	return cmd
}

type diffFlags struct {
	config    string
	key       []string
	ignore    []string
	separator string
	output    string
	format    string
	all       bool
	exitCode  bool
	quiet     bool

	reads inputs
}

func (f *diffFlags) register(flags *pflag.FlagSet) {
	f.key = []string{string(idp.Email)}
	registerConfig(flags, &f.config)
	flags.Var(&list{items: &f.key, separator: ",", offer: offerColumns}, "key", "columns that say together which row is whose")
	flags.Var(&list{items: &f.ignore, separator: ",", offer: offerColumns}, "ignore", "columns that are not compared")
	flags.StringVar(&f.separator, "list-separator", "|", "what stands between several values in the CSV files")
	registerTableOutput(flags, &f.output, &f.format)
	flags.BoolVar(&f.all, "all", false, "leave nothing out of the table")
	flags.BoolVar(&f.exitCode, "exit-code", false, "exit with 3 when something changed")
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "no summary beside csv and json")
}

// diffArguments wants both files. What was given is not repeated: a secret may
// have slipped in.
func diffArguments(cmd *cobra.Command, args []string) error {
	switch {
	case len(args) != 2:
		return fault.New(fault.Usage, "see "+cmd.CommandPath()+" --help", "%s takes two files, OLD and NEW", cmd.CommandPath())
	case args[0] == "-" && args[1] == "-":
		return fault.New(fault.Usage, "write one of them to a file first", "standard input can be only one of the files")
	default:
		return nil
	}
}

// registerTableOutput adds the flags of commands that write a table for people,
// CSV or JSON. What the environment and the file say of these is about the
// export, and what that wrote is most likely what a diff compares.
func registerTableOutput(flags *pflag.FlagSet, output, format *string) {
	*output = "-"
	flags.VarP(path{value: output, endings: []string{"csv", "json"}, kind: outputPath}, "output", "o", "file to write; - is standard output")
	formats := choose(format, formatNames(tableFormats())...)
	flags.Var(formats, "format", enumerated(formats.words, "or")+" (default: by the file's ending; table without one)")
	onCommandLineOnly(flags, "output", "format")
}

// compareExports reads both files and writes what changed.
func compareExports(ctx context.Context, w world, stdin io.Reader, paths []string, f *diffFlags) error {
	format, err := formatOf(f.format, f.output, tableFormats())
	if err != nil {
		return err
	}
	outputs := staging{ctx: ctx, world: w, reads: f.reads}
	defer outputs.discard()
	output, err := outputs.create("--output", f.output)
	if err != nil {
		return err
	}
	exports, err := readExports(ctx, stdin, paths, diff.ReadOptions{ListSeparator: f.separator})
	if err != nil {
		return err
	}
	result, err := diff.Compare(exports[0], exports[1], diff.Options{Key: f.key, Ignore: f.ignore})
	if err != nil {
		return err
	}
	warnings, err := writeDiff(output, result, format, f.all, w.widthOf(output))
	if err == nil {
		err = ctx.Err()
	}
	if err == nil {
		err = outputs.commit()
	}
	switch {
	case errors.Is(err, errReaderGone):
		// Whoever has seen enough may still ask for the exit code.
	case err != nil:
		return err
	default:
		for _, warning := range warnings {
			w.sayWarning(warning)
		}
		if format != "table" && !f.quiet {
			writeDiffSummary(w.stderr, result)
		}
	}
	if f.exitCode && result.Differs() {
		return fault.New(fault.Findings, "", "the exports differ")
	}
	return err
}

// writeDiff writes the result in a format, and gives what to warn of.
func writeDiff(to io.Writer, result *diff.Result, format string, all bool, width int) ([]string, error) {
	switch format {
	case "csv":
		changes, err := result.WriteCSV(to)
		if changes.Formulas > 0 {
			return []string{counted(changes.Formulas, "cell", "cells") +
				" that a spreadsheet would run got a ' in front (--format json leaves them)"}, err
		}
		return nil, err
	case "json":
		return nil, result.WriteJSON(to)
	default:
		return nil, writeDiffTable(to, result, all, width)
	}
}

// readExports reads both files at the same time. The first that fails ends the
// wait for the other, where that is standard input or a pipe.
func readExports(ctx context.Context, stdin io.Reader, paths []string, options diff.ReadOptions) ([]*diff.Export, error) {
	exports := make([]*diff.Export, len(paths))
	group, ctx := errgroup.WithContext(ctx)
	for at, path := range paths {
		file := textfile.File{Path: path, Stdin: stdin, Doing: "read the exports", Kind: fault.Usage}
		group.Go(func() error {
			return file.Read(ctx, func(input io.Reader, _ int64) (err error) {
				exports[at], err = diff.Read(file.Name(), input, options)
				return err
			})
		})
	}
	return exports, group.Wait()
}
