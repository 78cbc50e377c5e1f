package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"

	"cohort/internal/fault"
	"cohort/internal/suggest"
)

// findFile is the file of --config or COHORT_CONFIG, else the one in the user's
// configuration directory where there is one. It is never looked for in the
// working directory, where somebody else's file could send our secrets away.
func findFile(cmd *cobra.Command, w world) string {
	if named, err := cmd.Flags().GetString("config"); err == nil && named != "" {
		return named
	}
	if named := w.getenv(variableName("config")); named != "" {
		return named
	}
	directory, err := os.UserConfigDir()
	if err != nil {
		return "" // without a home there is no file to find
	}
	file := filepath.Join(directory, "cohort", "config.yaml")
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return ""
	}
	return file
}

func fillFromFile(cmd *cobra.Command, file string, content []byte) error {
	var document yaml.Node
	if err := yaml.NewDecoder(bytes.NewReader(content)).Decode(&document); err != nil {
		if len(bytes.TrimSpace(content)) == 0 {
			return nil
		}
		return fault.New(fault.Usage, "", "%s: %s", file, strings.TrimPrefix(err.Error(), "yaml: "))
	}
	top := document.Content[0]
	if top.Kind == yaml.ScalarNode && top.Tag == "!!null" {
		return nil
	}
	if top.Kind != yaml.MappingNode {
		return fault.New(fault.Usage, "", "%s: line %d: the file is not a list of keys and values", file, top.Line)
	}
	known := settingsOfAll(cmd.Root())
	given := make(map[string]bool)
	for i := 0; i+1 < len(top.Content); i += 2 {
		key, value := top.Content[i], top.Content[i+1]
		place := fmt.Sprintf("%s: line %d: %s", file, key.Line, key.Value)
		if !slices.Contains(known, key.Value) {
			return unknownKey(place, key.Value, known)
		}
		if given[key.Value] {
			return fault.New(fault.Usage, "say it once", "%s is there twice", place)
		}
		given[key.Value] = true
		flag := flagOfKey(cmd, key.Value)
		if key.Value == keyName(idpFlag) && isSourceList(value) {
			if err := fillSource(cmd, file, value, flag); err != nil {
				return err
			}
			continue
		}
		// It may be another command's, or said with more authority.
		if flag == nil || flag.Changed {
			continue
		}
		if err := setFromYAML(flag, place, value); err != nil {
			return err
		}
	}
	return nil
}

// isSourceList says whether the key idp holds sources with settings of their
// own: idp: [{url: ldaps://…, bind_dn: …}].
func isSourceList(value *yaml.Node) bool {
	return value.Kind == yaml.SequenceNode && len(value.Content) > 0 && value.Content[0].Kind == yaml.MappingNode
}

// fillSource reads the one source of a list: its keys are those of the LDAP
// flags without their prefix.
func fillSource(cmd *cobra.Command, file string, list *yaml.Node, idp *pflag.Flag) error {
	if len(list.Content) > 1 {
		return fault.New(fault.Usage, "name one", "%s: line %d: idp: one source is read, here are %d", file, list.Line, len(list.Content))
	}
	if idp == nil || idp.Changed {
		return nil
	}
	source := list.Content[0]
	known := []string{"url"}
	cmd.Flags().VisitAll(func(flag *pflag.Flag) {
		if name, ok := strings.CutPrefix(flag.Name, ldapPrefix); ok {
			known = append(known, keyName(name))
		}
	})
	for i := 0; i+1 < len(source.Content); i += 2 {
		key, value := source.Content[i], source.Content[i+1]
		place := fmt.Sprintf("%s: line %d: %s", file, key.Line, key.Value)
		if !slices.Contains(known, key.Value) {
			return unknownKey(place, key.Value, known)
		}
		flag := idp
		if key.Value != "url" {
			flag = flagOfKey(cmd, keyName(ldapPrefix)+key.Value)
		}
		if flag.Changed {
			continue
		}
		if err := setFromYAML(flag, place, value); err != nil {
			return err
		}
	}
	return nil
}

func unknownKey(place, key string, known []string) error {
	hint := "known are the names of the flags, with _ for -"
	if near := suggest.Nearest(key, known); near != "" {
		hint = "did you mean " + near + "?"
	}
	return fault.New(fault.Usage, hint, "%s is no setting", place)
}

// setFromYAML gives a flag the value of its key: one, or a list where the
// setting is one.
func setFromYAML(flag *pflag.Flag, place string, value *yaml.Node) error {
	nodes := []*yaml.Node{value}
	if value.Kind == yaml.SequenceNode && isList(flag) {
		nodes = value.Content
	}
	values := make([]string, len(nodes))
	for i, node := range nodes {
		if node.Kind != yaml.ScalarNode {
			return fault.New(fault.Usage, "", "%s takes one value, not a list or a mapping", place)
		}
		values[i] = node.Value
	}
	return set(flag, place, values)
}
