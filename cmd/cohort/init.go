package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"cohort/internal/fault"
)

func newInit(w world) *cobra.Command {
	var file string
	var force bool
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Ask for both sides, check them, and write the settings file",
		Long: `init asks where the people and the users of Coder are and as whom to read them,
checks both as cohort check does, and writes a settings file that all commands
read. It asks for no secret, but for the file where one is; without a file the
secret stays in the environment. Nothing is written before the last answer.`,
		Example: `  cohort init
  cohort init --config acme.yaml
  cohort export --config acme.yaml -o people.csv`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return initialize(cmd.Context(), w, file, force) },
	}
	cmd.Flags().StringVar(&file, "config", "", "`file` to write (default: $COHORT_CONFIG, else cohort/config.yaml in your configuration directory)")
	cmd.Flags().BoolVar(&force, "force", false, "replace the file where it is there already")
	onCommandLineOnly(cmd.Flags(), "force")
	return cmd
}

// initialize asks, checks and writes.
func initialize(ctx context.Context, w world, file string, force bool) error {
	file, err := settingsFile(w, file)
	if err != nil {
		return err
	}
	if _, err := os.Stat(file); err == nil && !force {
		return fault.New(fault.Usage, "--force replaces it, --config FILE names another", "%s is there already", file)
	}
	ask := newQuestions(ctx, w)
	answers, err := askAll(ask, w.getenv)
	if err != nil {
		return err
	}
	content, err := answers.yaml()
	if err != nil {
		return err
	}
	ask.say("")
	failed := checkSettings(ctx, w, content)
	if failed != nil {
		if ctx.Err() != nil {
			return failed
		}
		w.sayError(failed)
		anyway, askErr := ask.yes("Write the settings all the same?")
		if ctx.Err() != nil {
			return askErr
		}
		if !anyway {
			return fault.New(fault.KindOf(failed), "mend what is marked FAIL, and run it again", "no settings were written")
		}
	}
	if err := writeSettings(ctx, file, content); err != nil {
		return err
	}
	ask.say("Wrote " + file + ".")
	named := ""
	if standard, err := settingsFile(w, ""); err != nil || standard != file {
		named = " --config " + file
	}
	next := "cohort export" + named + " -o people.csv"
	if failed != nil {
		next = "mend what is marked FAIL, here or on the other side, and look again: cohort check" + named
	}
	ask.say("Next: " + next)
	return nil
}

// settingsFile is where the settings go: where the other commands look for them.
func settingsFile(w world, named string) (string, error) {
	if named == "" {
		named = w.getenv(variableName("config"))
	}
	if named != "" {
		return named, nil
	}
	file, err := standardFile()
	if err != nil {
		return "", fault.New(fault.Usage, "name a file by --config", "there is no configuration directory: %w", err)
	}
	return file, nil
}

// checkSettings checks both sides as cohort check would with this file, and
// says what it says on standard error.
func checkSettings(ctx context.Context, w world, content []byte) (err error) {
	draft, err := os.CreateTemp("", "cohort-*.yaml")
	if err != nil {
		return fmt.Errorf("check the settings: %w", err)
	}
	defer func() { err = errors.Join(err, os.Remove(draft.Name())) }()
	_, err = draft.Write(content)
	if err = errors.Join(err, draft.Close()); err != nil {
		return fmt.Errorf("check the settings: %w", err)
	}
	w.stdin, w.stdout = strings.NewReader(""), w.stderr
	var from sourceFlags
	reader := &cobra.Command{}
	reader.SetContext(ctx)
	from.register(reader.Flags())
	from.config = draft.Name()
	if err := from.fill(reader, w); err != nil { //nolint:contextcheck // the command has it
		return err
	}
	usage, err := from.planUsage(ctx, from.now())
	if err != nil {
		return err
	}
	return check(ctx, w, &from, usage, false)
}

// writeSettings puts the file into place, for its owner alone.
func writeSettings(ctx context.Context, file string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return fault.New(fault.Usage, "name another file by --config", "%w", err)
	}
	outputs := staging{ctx: ctx}
	defer outputs.discard()
	staged, err := outputs.create("--config", file)
	if err != nil {
		return err
	}
	if _, err := bytes.NewReader(content).WriteTo(staged); err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	return outputs.commit()
}
