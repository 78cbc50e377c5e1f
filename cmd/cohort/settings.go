package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"cohort/internal/fault"
	"cohort/internal/textfile"
)

// A setting has one name in three places: the flag --ldap-base, the variable
// COHORT_LDAP_BASE and the key ldap_base of a YAML file. A flag replaces the
// variable, which replaces the file; lists are replaced, never appended.

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
	for _, warning := range misspelt(cmd.Root(), w.environ) {
		w.sayWarning(warning)
	}
	said := make(layers)
	var failure error
	cmd.Flags().VisitAll(func(flag *pflag.Flag) {
		if flag.Changed {
			said[flag.Name] = onCommandLine
			return
		}
		value := w.getenv(variableName(flag.Name))
		if failure != nil || value == "" || !isSetting(flag) {
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
	content, err := textfile.File{Path: file, Doing: "read the configuration", Kind: fault.Usage, Hint: "see --config"}.ReadAll(cmd.Context())
	if err != nil {
		return said, err
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

// isSetting leaves out the flags that are about this one call.
func isSetting(flag *pflag.Flag) bool {
	return flag.Name != "help" && flag.Name != "config" && annotation(flag, callAnnotation) == ""
}

// Annotations of flags.
const (
	// callAnnotation marks those that only the command line sets.
	callAnnotation = "call"
	// placeAnnotation is where a flag got its value, as an error names it.
	placeAnnotation = "place"
)

// onCommandLineOnly keeps flags from what the environment and the file say
// under their names, which is for another command.
func onCommandLineOnly(flags *pflag.FlagSet, names ...string) {
	for _, name := range names {
		annotate(flags.Lookup(name), callAnnotation, "true")
	}
}

func isList(flag *pflag.Flag) bool {
	_, ok := flag.Value.(pflag.SliceValue)
	return ok
}

// set gives a flag its value; place is what to call it in an error.
func set(flag *pflag.Flag, place string, values []string) error {
	if list, ok := flag.Value.(pflag.SliceValue); ok {
		if err := list.Replace(nil); err != nil {
			return invalidValue(place, flag, err)
		}
	}
	for _, value := range values {
		if err := flag.Value.Set(value); err != nil {
			return invalidValue(place, flag, err)
		}
	}
	flag.Changed = true
	annotate(flag, placeAnnotation, place)
	return nil
}

// placedError is an error about a setting that names the place where that was
// said.
type placedError struct {
	error
	text string
}

func (e placedError) Error() string { return e.text }
func (e placedError) Unwrap() error { return e.error }

// placed lets an error that begins with a flag begin with what set it, where
// that was the environment or the file.
func placed(cmd *cobra.Command, err error) error {
	if err == nil {
		return nil
	}
	name, isFlag := strings.CutPrefix(err.Error(), "--")
	name, rest, found := strings.Cut(name, ":")
	if !isFlag || !found {
		return err
	}
	flag := cmd.Flags().Lookup(name)
	if flag == nil || annotation(flag, placeAnnotation) == "" {
		return err
	}
	return placedError{err, annotation(flag, placeAnnotation) + ":" + rest}
}

// settingsOfAll are the keys of every command's settings: one file serves all.
func settingsOfAll(root *cobra.Command) []string {
	var keys []string
	for _, command := range append(root.Commands(), root) {
		command.Flags().VisitAll(func(flag *pflag.Flag) {
			if key := keyName(flag.Name); isSetting(flag) && !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
		})
	}
	return keys
}

func flagOfKey(cmd *cobra.Command, key string) *pflag.Flag {
	return cmd.Flags().Lookup(strings.ReplaceAll(key, "_", "-"))
}
