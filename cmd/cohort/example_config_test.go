package main

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"
)

const exampleFile = "../../docs/config.example.yaml"

// uncommented is the annotated example with every setting in force.
func uncommented(t *testing.T) []byte {
	t.Helper()
	content, err := os.ReadFile(exampleFile)
	if err != nil {
		t.Fatal(err)
	}
	return regexp.MustCompile(`(?m)^#(\S|  )`).ReplaceAll(content, []byte("$1"))
}

func TestTheExampleHasEverySettingAndNothingElse(t *testing.T) {
	top, err := readDocument(exampleFile, uncommented(t))
	if err != nil {
		t.Fatal(err)
	}
	known := settingsOfAll(testRoot())
	settings, err := pairs(exampleFile, top, known)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, setting := range settings {
		told = append(told, setting.key)
	}
	slices.Sort(told)
	slices.Sort(known)
	if diff := cmp.Diff(known, told); diff != "" {
		t.Errorf("settings of the program and of the example (-want +got):\n%s", diff)
	}
}

func TestTheExampleIsTakenByEveryCommand(t *testing.T) {
	for _, cmd := range testRoot().Commands() {
		if err := fillFromFile(cmd, exampleFile, uncommented(t)); err != nil {
			t.Errorf("%s: %v", cmd.Name(), err)
		}
	}
}

func TestTheExampleShowsTheDefaultsAndTheChoices(t *testing.T) {
	top, err := readDocument(exampleFile, uncommented(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, cmd := range testRoot().Commands() {
		remark := ""
		for i := 0; i+1 < len(top.Content); i += 2 {
			key, value := top.Content[i], top.Content[i+1]
			// A remark is about the settings below it up to a blank line.
			if key.HeadComment != "" {
				remark = key.HeadComment
			}
			flag := flagOfKey(cmd, key.Value)
			if flag == nil || !isSetting(flag) {
				continue
			}
			if shown := scalars(value); !isZero(flag) && shown != flag.DefValue {
				t.Errorf("%s: it shows %q, and the default of --%s is %q", key.Value, shown, flag.Name, flag.DefValue)
			}
			for _, word := range choicesOf(flag) {
				if !regexp.MustCompile(`\b` + word + `\b`).MatchString(remark) {
					t.Errorf("%s: the remark lacks %s, which --%s takes", key.Value, word, flag.Name)
				}
			}
		}
	}
}

func scalars(value *yaml.Node) string {
	var items []string
	for _, item := range value.Content {
		items = append(items, item.Value)
	}
	return value.Value + strings.Join(items, ",")
}

// isZero says that a flag has no default that is worth showing.
func isZero(flag *pflag.Flag) bool {
	return slices.Contains([]string{"", "0s"}, flag.DefValue)
}

func choicesOf(flag *pflag.Flag) []string {
	switch value := flag.Value.(type) {
	case *choice:
		return value.words
	case *list:
		return value.allowed
	default:
		return nil
	}
}
