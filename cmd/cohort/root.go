package main

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"cohort/internal/fault"
	"cohort/internal/suggest"
)

func newRoot(w world) *cobra.Command {
	root := &cobra.Command{
		Use:   "cohort COMMAND",
		Short: "Who of the company uses Coder: one table out of an identity provider and a Coder deployment",
		Long: `cohort reads people from an identity provider (LDAP, Active Directory, Okta, a
file), joins them by e-mail with the users of a Coder deployment, and writes one
table: a row a person, the provider's attributes, and whether that person uses
Coder.`,
		Example: `  cohort export --demo
  cohort export --help`,
		Version:           version(),
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
		SilenceErrors:     true,
		SilenceUsage:      true,
		Args:              noArguments,
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetOut(w.stdout)
	root.SetErr(w.stderr)
	root.SetFlagErrorFunc(flagError)
	root.SetVersionTemplate("cohort {{.Version}}\n")
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) { writeCommandHelp(w.stdout, cmd) })
	root.SetHelpCommand(newHelp())
	root.AddCommand(newExport(w), newAudit(w), newExplain(w), newDiff(w), newAttributes(w), newCheck(w), newInit(w), newVersion(), newCompletion())
	root.InitDefaultHelpCmd()
	offerCompletions(root)
	return root
}

// noArguments refuses what is no flag. It does not repeat it: a secret may have
// slipped in.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	hint := "see " + cmd.CommandPath() + " --help"
	if near := suggest.Nearest(args[0], commandNames(cmd)); near != "" {
		hint = "did you mean " + cmd.CommandPath() + " " + near + "?"
	}
	if cmd.HasSubCommands() {
		return fault.New(fault.Usage, hint, "there is no such command")
	}
	return fault.New(fault.Usage, hint, "%s takes flags only", cmd.CommandPath())
}

func commandNames(cmd *cobra.Command) []string {
	var names []string
	for _, command := range cmd.Commands() {
		if command.IsAvailableCommand() {
			names = append(names, command.Name())
		}
	}
	return names
}

// flagError says what is wrong with a flag, by its name and without its value.
func flagError(cmd *cobra.Command, err error) error {
	hint := "see " + cmd.CommandPath() + " --help"
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) {
		name := unknown.GetSpecifiedName()
		if shorts := unknown.GetSpecifiedShortnames(); shorts != "" {
			if long, _, _ := strings.Cut(shorts, "="); cmd.Flags().Lookup(long) != nil {
				hint = "did you mean --" + long + "?"
			}
			return fault.New(fault.Usage, hint, "there is no flag -%s", name)
		}
		if near := suggest.Nearest(name, flagNames(cmd)); near != "" {
			hint = "did you mean --" + near + "?"
		}
		return fault.New(fault.Usage, hint, "there is no flag --%s", name)
	}
	var missing *pflag.ValueRequiredError
	if errors.As(err, &missing) {
		dashes := "--"
		if missing.GetSpecifiedShortnames() != "" {
			dashes = "-"
		}
		return fault.New(fault.Usage, hint, "%s%s needs a value", dashes, missing.GetSpecifiedName())
	}
	var invalid *pflag.InvalidValueError
	if errors.As(err, &invalid) {
		return invalidValue("--"+invalid.GetFlag().Name, invalid.GetFlag(), invalid.Unwrap())
	}
	return fault.New(fault.Usage, hint, "the flags cannot be read")
}

// invalidValue says which values a setting takes. place is what the user calls
// it: a flag, an environment variable or a line of a file. But for words out of
// a list, the value is not repeated: a secret may have slipped in.
func invalidValue(place string, flag *pflag.Flag, err error) error {
	var refused *fault.Error
	if errors.As(err, &refused) {
		return fault.New(fault.Usage, refused.Hint, "%s: %w", place, refused.Err)
	}
	hints := map[string]string{
		"bool":     "it takes true or false",
		"duration": "it takes a time such as 30s or 2m",
		"int":      "it takes a whole number",
		"share":    "it takes a percentage, such as 5%",
		"days":     "it takes days, such as 90d",
	}
	return fault.New(fault.Usage, hints[flag.Value.Type()], "%s has a value that it does not take", place)
}

func flagNames(cmd *cobra.Command) []string {
	var names []string
	cmd.Flags().VisitAll(func(flag *pflag.Flag) { names = append(names, flag.Name) })
	return names
}
