package main

import (
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"cohort/coder"
	"cohort/idp"
	"cohort/internal/fault"
	"cohort/join"
)

// offer says what a typed word may become, for the shell. It knows no more than
// the program itself: it reads no settings and asks nobody.
type offer func(typed string) ([]cobra.Completion, cobra.ShellCompDirective)

func newCompletion() *cobra.Command {
	shells := map[string]func(root *cobra.Command, to io.Writer) error{
		"bash":       func(root *cobra.Command, to io.Writer) error { return root.GenBashCompletionV2(to, true) },
		"zsh":        (*cobra.Command).GenZshCompletion,
		"fish":       func(root *cobra.Command, to io.Writer) error { return root.GenFishCompletion(to, true) },
		"powershell": (*cobra.Command).GenPowerShellCompletionWithDesc,
	}
	names := slices.Sorted(maps.Keys(shells))
	return &cobra.Command{
		Use:   "completion SHELL",
		Short: "Write the script that completes commands in a shell",
		Long: `completion writes the script that lets a shell complete commands, flags and
their values. The shells are ` + enumerated(names, "and") + `; bash
needs its package bash-completion.`,
		Example: `  cohort completion bash > ~/.local/share/bash-completion/completions/cohort
  cohort completion zsh > "${fpath[1]}/_cohort"   # after compinit in ~/.zshrc
  cohort completion fish > ~/.config/fish/completions/cohort.fish
  cohort completion powershell | Out-String | Invoke-Expression   # in $PROFILE`,
		ValidArgs: names,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fault.New(fault.Usage, "known are "+enumerated(names, "and"), "cohort completion takes one shell")
			}
			return among(args[0], names)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return shells[args[0]](cmd.Root(), cmd.OutOrStdout())
		},
	}
}

// offerCompletions lets the shell complete the values of all flags.
func offerCompletions(root *cobra.Command) {
	root.CompletionOptions.SetDefaultShellCompDirective(cobra.ShellCompDirectiveNoFileComp)
	for _, cmd := range root.Commands() {
		cmd.Flags().VisitAll(func(flag *pflag.Flag) {
			// It fails for flags that are not there, or registered twice.
			_ = cmd.RegisterFlagCompletionFunc(flag.Name, completionOf(flag))
		})
	}
}

// completionOf is what a flag's type offers; the shell should not propose files
// where none is meant.
func completionOf(flag *pflag.Flag) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		knows, ok := flag.Value.(interface {
			complete(typed string) ([]cobra.Completion, cobra.ShellCompDirective)
		})
		if !ok {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		proposed, directive := knows.complete(typed)
		if directive&cobra.ShellCompDirectiveFilterFileExt == 0 {
			proposed = slices.DeleteFunc(slices.Clone(proposed), func(one string) bool { return !strings.HasPrefix(one, typed) })
		}
		return proposed, directive
	}
}

// words offers some words.
func words(list []string) offer {
	return func(string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return slices.Clone(list), cobra.ShellCompDirectiveNoFileComp
	}
}

// filesEndingIn offers files with one of some endings, or all.
func filesEndingIn(endings []string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(endings) == 0 {
		return nil, cobra.ShellCompDirectiveDefault
	}
	return endings, cobra.ShellCompDirectiveFilterFileExt
}

// addresses offers the beginnings of URLs, and files where none fits.
func addresses(beginnings []string, endings ...string) offer {
	return func(typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if slices.ContainsFunc(beginnings, func(one string) bool { return strings.HasPrefix(one, typed) }) {
			return slices.Clone(beginnings), cobra.ShellCompDirectiveNoSpace
		}
		return filesEndingIn(endings)
	}
}

// offerColumns offers fields, also behind a header of one's own.
func offerColumns(typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	header := typed[:strings.LastIndexByte(typed, '=')+1]
	fields := join.Fields()
	for i := range fields {
		fields[i] = header + fields[i]
	}
	return fields, cobra.ShellCompDirectiveNoSpace
}

// offerConditions offers fields, and the values of those that have few.
func offerConditions(typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	at := strings.IndexByte(typed, '=') + 1
	if at == 0 {
		return withSuffix(join.Fields(), "=")
	}
	field := strings.TrimSuffix(typed[:at-1], "!")
	var conditions []string
	for _, value := range valuesOf(field) {
		conditions = append(conditions, typed[:at]+value)
	}
	return conditions, cobra.ShellCompDirectiveNoFileComp
}

// offerMapping offers the fields that --map may fill.
func offerMapping(typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if strings.Contains(typed, "=") {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var fields []string
	for _, field := range idp.MappableFields() {
		fields = append(fields, string(field))
	}
	return withSuffix(fields, "=")
}

func withSuffix(list []string, suffix string) ([]cobra.Completion, cobra.ShellCompDirective) {
	for i := range list {
		list[i] += suffix
	}
	return list, cobra.ShellCompDirectiveNoSpace
}

// valuesOf are the values of a field that has few.
func valuesOf(field string) []string {
	var values []string
	switch field {
	case "coder_user", "coder_active":
		return []string{"true", "false"}
	case "coder_status":
		return []string{coder.StatusActive, coder.StatusDormant, coder.StatusSuspended}
	case "coder_usage_level":
		for _, level := range coder.Levels() {
			values = append(values, string(level))
		}
	case string(idp.StatusName):
		for _, status := range []idp.Status{idp.Active, idp.Disabled, idp.Unknown} {
			values = append(values, status.String())
		}
	case "match":
		for _, match := range append(join.Rungs(), join.Ambiguous, join.NoMatch) {
			values = append(values, match.String())
		}
	}
	return values
}
