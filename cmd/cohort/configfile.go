package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
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
	if flag := cmd.Flags().Lookup("config"); flag != nil && flag.Value.String() != "" {
		return flag.Value.String()
	}
	if named := w.getenv(variableName("config")); named != "" {
		return named
	}
	file, err := standardFile()
	if err != nil {
		return "" // without a home there is no file to find
	}
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return ""
	}
	return file
}

// standardFile is the settings file of somebody who names none.
func standardFile() (string, error) {
	directory, err := os.UserConfigDir()
	if err == nil && !filepath.IsAbs(directory) {
		err = errors.New("its path is relative")
	}
	return filepath.Join(directory, "cohort", "config.yaml"), err
}

func fillFromFile(cmd *cobra.Command, file string, content []byte) error {
	top, err := readDocument(file, content)
	if top == nil || err != nil {
		return err
	}
	known := settingsOfAll(cmd.Root())
	settings, err := pairs(file, top, known)
	if err != nil {
		return err
	}
	foreign := secretsForOthers(cmd, settings)
	for _, setting := range settings {
		flag := flagOfKey(cmd, setting.key)
		// It may be another command's, or said with more authority, or a
		// secret for another source than the one that was named instead.
		if flag == nil || flag.Changed || !isSetting(flag) || foreign[setting.key] {
			continue
		}
		if setting.key == keyName(idpFlag) && isSource(setting.value) {
			err = fillProviders(file, setting.value, flag)
		} else {
			err = setFromYAML(flag, setting.place, setting.value)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// readDocument gives the top of a YAML file, or nil where it says nothing.
func readDocument(file string, content []byte) (*yaml.Node, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	var document, second yaml.Node
	err := decoder.Decode(&document)
	if errors.Is(err, io.EOF) {
		return nil, nil
	}
	if err != nil {
		said := strings.TrimPrefix(err.Error(), "yaml: ")
		hint := "look at that line, and at the next"
		switch {
		case strings.Contains(said, "mapping values are not allowed"):
			hint = "a value that holds \": \" or ends in : needs quotes"
		case strings.Contains(said, "tab character"):
			hint += ": YAML wants blanks, no tabs"
		}
		if at, ok := strings.CutPrefix(said, "line "); ok {
			return nil, fault.New(fault.Usage, hint, "%s:%s", file, at)
		}
		return nil, fault.New(fault.Usage, hint, "%s: %s", file, said)
	}
	if err := decoder.Decode(&second); !errors.Is(err, io.EOF) {
		return nil, fault.New(fault.Usage, "leave out what follows ---", "%s: the file holds more than one document", file)
	}
	top := document.Content[0]
	if top.Kind == yaml.ScalarNode && top.Tag == "!!null" {
		return nil, nil
	}
	if top.Kind != yaml.MappingNode {
		return nil, fault.New(fault.Usage, "", "%s:%d: the file is not a list of keys and values", file, top.Line)
	}
	return top, nil
}

// keyValue is one key of a mapping; place names it in errors.
type keyValue struct {
	key   string
	value *yaml.Node
	place string
}

// pairs are the keys of a mapping, each known and there once.
func pairs(file string, mapping *yaml.Node, known []string) ([]keyValue, error) {
	var all []keyValue
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		key := mapping.Content[i]
		pair := keyValue{key.Value, mapping.Content[i+1], fmt.Sprintf("%s:%d: %s", file, key.Line, key.Value)}
		if !slices.Contains(known, pair.key) {
			return nil, unknownKey(pair.place, pair.key, known)
		}
		if hasKey(all, pair.key) {
			return nil, fault.New(fault.Usage, "say it once", "%s is there twice", pair.place)
		}
		all = append(all, pair)
	}
	return all, nil
}

func hasKey(all []keyValue, key string) bool {
	return slices.ContainsFunc(all, func(pair keyValue) bool { return pair.key == key })
}

// secretsForOthers are the keys that hold a secret for the source that the file
// names, further hosts that get it, or the consent to send it unencrypted, where
// a flag or a variable names another.
func secretsForOthers(cmd *cobra.Command, settings []keyValue) map[string]bool {
	foreign := make(map[string]bool)
	for key, source := range map[string]string{
		"coder_allow_cleartext": coderFlag,
		"coder_token_file":      coderFlag,
		"ldap_allow_cleartext":  idpFlag,
		"ldap_host":             idpFlag,
		"ldap_password_file":    idpFlag,
		"ldap_key_file":         idpFlag,
		"okta_token_file":       idpFlag,
		"okta_private_key_file": idpFlag,
	} {
		named := cmd.Flags().Changed(source) || cmd.Flags().Changed(demoFlag)
		foreign[key] = named && hasKey(settings, source)
	}
	return foreign
}

// isSource says whether the key idp holds a source with settings of its own:
// idp: [{url: ldaps://…, bind_dn: …}], with or without the list around it.
func isSource(value *yaml.Node) bool {
	return value.Kind == yaml.MappingNode ||
		value.Kind == yaml.SequenceNode && len(value.Content) > 0 && value.Content[0].Kind == yaml.MappingNode
}

// fillProviders reads a list of providers: the keys of each are its url and
// those of its kind's flags without their prefix.
func fillProviders(file string, value *yaml.Node, idp *pflag.Flag) error {
	into, ok := idp.Value.(*providerList)
	if !ok {
		return fmt.Errorf("the flag --%s takes no providers", idp.Name)
	}
	nodes := []*yaml.Node{value}
	if value.Kind == yaml.SequenceNode {
		nodes = value.Content
	}
	var urls []string
	for _, node := range nodes {
		p, err := readProvider(file, node)
		if err != nil {
			return err
		}
		into.listed = append(into.listed, p)
		urls = append(urls, p.url)
	}
	return set(idp, "idp", urls)
}

// readProvider reads one provider of the list.
func readProvider(file string, node *yaml.Node) (*provider, error) {
	p := &provider{flags: pflag.NewFlagSet("", pflag.ContinueOnError)}
	p.register(p.flags)
	place := fmt.Sprintf("%s:%d: idp", file, node.Line)
	if node.Kind != yaml.MappingNode {
		return nil, fault.New(fault.Usage, "add url: ldaps://host/base", "%s: the source has no url", place)
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == "url" {
			p.url = node.Content[i+1].Value
		}
	}
	if p.url == "" {
		return nil, fault.New(fault.Usage, "add url: ldaps://host/base", "%s: the source has no url", place)
	}
	own := map[string]*pflag.Flag{}
	known := []string{"url"}
	p.flags.VisitAll(func(flag *pflag.Flag) {
		if isOwn(flag, kindOf(p.url)) {
			key := keyName(strings.TrimPrefix(flag.Name, kindOf(p.url)+"-"))
			own[key] = flag
			known = append(known, key)
		}
	})
	settings, err := pairs(file, node, known)
	if err != nil {
		return nil, err
	}
	for _, setting := range settings {
		if setting.key == "url" {
			continue
		}
		if err := setFromYAML(own[setting.key], setting.place, setting.value); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func unknownKey(place, key string, known []string) error {
	hint := suggest.Hint(key, known, "known are the names of the flags, with _ for -")
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
