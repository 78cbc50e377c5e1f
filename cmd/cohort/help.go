package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"cohort/internal/fault"
	"cohort/internal/suggest"
)

// A command has more flags than a screen has lines. Its help shows its own
// flags and the everyday ones; the others are in topics: cohort help ldap.
// A flag is put into its topic where it is registered.

// Annotations of flags.
const (
	topicAnnotation    = "topic"
	everydayAnnotation = "everyday"
)

// inTopic puts those flags that are in no topic yet into one.
func inTopic(flags *pflag.FlagSet, topic string) {
	flags.VisitAll(func(flag *pflag.Flag) {
		if topicOf(flag) == "" {
			annotate(flag, topicAnnotation, topic)
		}
	})
}

// everydayInTopic does the same with flags that the commands' own help shows,
// too.
func everydayInTopic(flags *pflag.FlagSet, topic string) {
	flags.VisitAll(func(flag *pflag.Flag) {
		if topicOf(flag) == "" {
			annotate(flag, everydayAnnotation, "true")
		}
	})
	inTopic(flags, topic)
}

func annotate(flag *pflag.Flag, name, value string) {
	if flag.Annotations == nil {
		flag.Annotations = make(map[string][]string)
	}
	flag.Annotations[name] = []string{value}
}

// annotation is what a flag was annotated with, or "".
func annotation(flag *pflag.Flag, name string) string {
	return strings.Join(flag.Annotations[name], "")
}

func topicOf(flag *pflag.Flag) string { return annotation(flag, topicAnnotation) }

// flagsWhere are those flags of a command that fit, in the order in which they
// were registered.
func flagsWhere(cmd *cobra.Command, fits func(*pflag.Flag) bool) *pflag.FlagSet {
	found := pflag.NewFlagSet(cmd.Name(), pflag.ContinueOnError)
	found.SortFlags = false
	cmd.Flags().SortFlags = false
	cmd.Flags().VisitAll(func(flag *pflag.Flag) {
		if fits(flag) && !flag.Hidden {
			found.AddFlag(flag)
		}
	})
	return found
}

// writeCommandHelp writes the help of a command: what it is for, how it is
// called, its flags, and where the others are.
func writeCommandHelp(to io.Writer, cmd *cobra.Command) {
	if about := strings.TrimSpace(cmd.Long); about != "" {
		fmt.Fprintf(to, "%s\n\n", about)
	} else {
		fmt.Fprintf(to, "%s\n\n", cmd.Short)
	}
	fmt.Fprintf(to, "Usage:\n  %s\n", strings.TrimSuffix(cmd.UseLine(), " [flags]"))
	if cmd.Example != "" {
		fmt.Fprintf(to, "\nExamples:\n%s\n", cmd.Example)
	}
	if cmd.HasAvailableSubCommands() {
		var rows [][]string
		for _, command := range cmd.Commands() {
			if command.IsAvailableCommand() {
				rows = append(rows, []string{"  " + command.Name(), command.Short})
			}
		}
		fmt.Fprintf(to, "\nCommands:\n%s", columns(rows))
	}
	own := flagsWhere(cmd, func(flag *pflag.Flag) bool {
		// Cobra adds help to all, and version to the first.
		isCobras := flag.Name == "help" || flag.Name == "version"
		return topicOf(flag) == "" && !isCobras || annotation(flag, everydayAnnotation) != ""
	})
	if own.HasAvailableFlags() {
		fmt.Fprintf(to, "\nFlags:\n%s", flagColumns(own))
	}
	var rows [][]string
	for _, topic := range topics() {
		hasFlags := flagsWhere(cmd, func(flag *pflag.Flag) bool { return topicOf(flag) == topic.name }).HasFlags()
		if hasFlags || !cmd.HasParent() {
			rows = append(rows, []string{"  " + topic.name, topic.about})
		}
	}
	if len(rows) > 0 {
		fmt.Fprintf(to, "\nMore flags, by topic (cohort help TOPIC):\n%s", columns(rows))
	}
}

// writeTopic writes the help of a topic: what is to know, and its flags.
func writeTopic(to io.Writer, root *cobra.Command, t topic) {
	fmt.Fprintf(to, "%s\n", strings.TrimSpace(t.text))
	if all := topicFlags(root, t.name); all.HasFlags() {
		fmt.Fprintf(to, "\nFlags:\n%s", flagColumns(all))
	}
	if t.notes != "" {
		fmt.Fprintf(to, "\n%s\n", strings.TrimSpace(t.notes))
	}
}

// topicFlags are the flags of a topic, of all commands.
func topicFlags(root *cobra.Command, topic string) *pflag.FlagSet {
	all := pflag.NewFlagSet(topic, pflag.ContinueOnError)
	all.SortFlags = false
	for _, cmd := range root.Commands() {
		all.AddFlagSet(flagsWhere(cmd, func(flag *pflag.Flag) bool { return topicOf(flag) == topic }))
	}
	return all
}

func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND | TOPIC]",
		Short: "Tell about a command, or about a topic",
		Example: `  cohort help export
  cohort help ldap`,
		ValidArgsFunction: func(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			names := slices.DeleteFunc(helpNames(cmd.Root()), func(name string) bool { return !strings.HasPrefix(name, typed) })
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return cmd.Root().Help()
			}
			for _, topic := range topics() {
				if len(args) == 1 && topic.name == args[0] {
					writeTopic(cmd.OutOrStdout(), cmd.Root(), topic)
					return nil
				}
			}
			found, rest, err := cmd.Root().Find(args)
			if err == nil && len(rest) == 0 {
				return found.Help()
			}
			hint := "cohort help lists both"
			if near := suggest.Nearest(args[0], helpNames(cmd.Root())); near != "" {
				hint = "did you mean cohort help " + near + "?"
			}
			return fault.New(fault.Usage, hint, "there is no such command or topic")
		},
	}
}

// helpNames are the commands and topics that there is help about.
func helpNames(root *cobra.Command) []string {
	names := commandNames(root)
	for _, topic := range topics() {
		names = append(names, topic.name)
	}
	return names
}
