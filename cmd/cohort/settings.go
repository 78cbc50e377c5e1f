package main

import (
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"cohort/internal/fault"
)

// A setting has one name in three places: the flag --ldap-base, the variable
// COHORT_LDAP_BASE and the key ldap_base of a YAML file. A flag replaces the
// variable, which replaces the file; lists are replaced, never appended.

func variableName(flag string) string {
	return "COHORT_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

func keyName(flag string) string { return strings.ReplaceAll(flag, "-", "_") }

// layer is where a setting was said; a higher one replaces a lower one.
type layer int

const (
	unsaid layer = iota
	inFile
	inEnvironment
	onCommandLine
)

// layers says where each flag, by name, got its value.
type layers map[string]layer

// fillSettings gives every flag that the command line left alone its value from
// the environment, else from the file.
func fillSettings(cmd *cobra.Command, w world) (layers, error) {
	said := make(layers)
	var failure error
	cmd.Flags().VisitAll(func(flag *pflag.Flag) {
		if flag.Changed {
			said[flag.Name] = onCommandLine
			return
		}
		value := w.getenv(variableName(flag.Name))
		if failure != nil || value == "" || !isSetting(flag.Name) {
			return
		}
		values := []string{value}
		if isList(flag) {
			values = strings.Split(strings.TrimSuffix(value, "\n"), "\n")
		}
		failure = set(flag, variableName(flag.Name), values)
		said[flag.Name] = inEnvironment
	})
	if failure != nil {
		return said, failure
	}
	file := findFile(cmd, w)
	if file == "" {
		return said, nil
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return said, fault.New(fault.Usage, "see --config", "read the configuration: %w", err)
	}
	if err := fillFromFile(cmd, file, content); err != nil {
		return said, err
	}
	cmd.Flags().VisitAll(func(flag *pflag.Flag) {
		if flag.Changed && said[flag.Name] == unsaid {
			said[flag.Name] = inFile
		}
	})
	return said, nil
}

// keepOwnOutput takes the output and its format from the command line alone:
// those of the environment and the file are the export's table, which no other
// command may replace.
func keepOwnOutput(cmd *cobra.Command, said layers) error {
	for _, name := range []string{"output", "format"} {
		if flag := cmd.Flags().Lookup(name); said[name] != onCommandLine {
			if err := flag.Value.Set(flag.DefValue); err != nil {
				return err
			}
		}
	}
	return nil
}

// isSetting leaves out the flags that are about this one call.
func isSetting(flag string) bool {
	return flag != "help" && flag != "config" && flag != "force" && flag != planFlag
}

func isList(flag *pflag.Flag) bool {
	_, ok := flag.Value.(pflag.SliceValue)
	return ok
}

// set gives a flag its value; name is what to call it in an error.
func set(flag *pflag.Flag, name string, values []string) error {
	if list, ok := flag.Value.(pflag.SliceValue); ok {
		if err := list.Replace(nil); err != nil {
			return invalidValue(name, flag)
		}
	}
	for _, value := range values {
		if err := flag.Value.Set(value); err != nil {
			return invalidValue(name, flag)
		}
	}
	flag.Changed = true
	return nil
}

// settingsOfAll are the keys of every command's settings: one file serves all.
func settingsOfAll(root *cobra.Command) []string {
	var keys []string
	for _, command := range append(root.Commands(), root) {
		command.Flags().VisitAll(func(flag *pflag.Flag) {
			if key := keyName(flag.Name); isSetting(flag.Name) && !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
		})
	}
	return keys
}

func flagOfKey(cmd *cobra.Command, key string) *pflag.Flag {
	return cmd.Flags().Lookup(strings.ReplaceAll(key, "_", "-"))
}
