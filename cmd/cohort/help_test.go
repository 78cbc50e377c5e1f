package main

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"cohort/internal/fault"
	"cohort/internal/terminal"
)

// allHelp is each help that there is, by the words after cohort help.
func allHelp(t *testing.T) map[string]string {
	t.Helper()
	all := make(map[string]string)
	for _, name := range append(helpNames(testRoot()), "", "help") {
		var said strings.Builder
		root := newRoot(world{stdout: &said, stderr: &said, getenv: noVariables})
		root.SetArgs(strings.Fields("help " + name))
		if err := root.ExecuteContext(t.Context()); err != nil {
			t.Fatal(err)
		}
		all[name] = said.String()
	}
	return all
}

func testRoot() *cobra.Command { return newRoot(world{getenv: noVariables}) }

func noVariables(string) string { return "" }

func TestEachHelpFitsAScreen(t *testing.T) {
	for name, text := range allHelp(t) {
		lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
		if len(lines) > 40 {
			t.Errorf("cohort help %s has %d lines, which is more than 40", name, len(lines))
		}
		for _, line := range lines {
			if terminal.Width(line) > 80 || line != strings.TrimRight(line, " ") || strings.Contains(line, "\t") {
				t.Errorf("cohort help %s: the line %q is wider than 80, ends in blanks or has tabs", name, line)
			}
		}
	}
}

func TestEachCommandHasAnExample(t *testing.T) {
	for _, cmd := range testRoot().Commands() {
		if !strings.Contains(cmd.Example, "cohort "+cmd.Name()) {
			t.Errorf("%s has the example %q", cmd.Name(), cmd.Example)
		}
	}
}

// A flag is listed as in "  -o, --output file  …".
func lists(help string, flag *pflag.Flag) bool {
	return regexp.MustCompile(`(?m)^  (-\w,|   ) --` + flag.Name + `( |$)`).MatchString(help)
}

func TestEachFlagIsInOneTopicOrInTheHelpOfItsCommand(t *testing.T) {
	help := allHelp(t)
	for _, cmd := range testRoot().Commands() {
		cmd.Flags().VisitAll(func(flag *pflag.Flag) {
			if flag.Name == "help" {
				return
			}
			var in []string
			for _, topic := range topics() {
				if topicOf(flag) == topic.name && lists(help[topic.name], flag) {
					in = append(in, topic.name)
				}
			}
			isShown := lists(help[cmd.Name()], flag)
			if topicOf(flag) == "" && !isShown || topicOf(flag) != "" && len(in) != 1 {
				t.Errorf("--%s of %s is in the topics %v, of which it names %q", flag.Name, cmd.Name(), in, topicOf(flag))
			}
			if everyday := annotation(flag, everydayAnnotation) != ""; everyday && !isShown {
				t.Errorf("cohort help %s lacks --%s", cmd.Name(), flag.Name)
			}
		})
	}
}

// A topic has one text for a flag, so it must mean the same on every command.
func TestAFlagOfATopicMeansTheSameOnEachCommand(t *testing.T) {
	root := testRoot()
	for _, cmd := range root.Commands() {
		cmd.Flags().VisitAll(func(flag *pflag.Flag) {
			if topicOf(flag) == "" {
				return
			}
			told := topicFlags(root, topicOf(flag)).Lookup(flag.Name)
			if told == nil || told.Usage != flag.Usage || told.DefValue != flag.DefValue {
				t.Errorf("--%s of %s is not what cohort help %s tells", flag.Name, cmd.Name(), topicOf(flag))
			}
		})
	}
}

// Variables that are not named after a flag are told where their topic is.
func TestEachVariableIsInTheHelp(t *testing.T) {
	help := strings.Join(slices.Collect(maps.Values(allHelp(t))), "\n")
	isRead := regexp.MustCompile(`getenv\("([A-Z_]+)"\)|, "(COHORT_[A-Z_]+|OKTA_[A-Z_]+|CODER_[A-Z_]+)"\)`)
	found := 0
	for _, folder := range []string{".", "../../coder", "../../idp"} {
		err := filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			source, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for _, match := range isRead.FindAllStringSubmatch(string(source), -1) {
				name := match[1] + match[2]
				found++
				if !strings.HasPrefix(name, "XDG_") && name != "TERM" && !strings.Contains(help, name) {
					t.Errorf("%s reads %s, of which no help tells", path, name)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if found == 0 {
		t.Error("no variable was found")
	}
}

func TestEachExitCodeIsInTheHelp(t *testing.T) {
	for kind := fault.Other; kind <= fault.Source; kind++ {
		code := exitCode(fault.New(kind, "", "it failed"))
		if !slices.ContainsFunc(exitCodes(), func(one exitMeaning) bool { return one.code == code }) {
			t.Errorf("cohort help exit-codes lacks %d", code)
		}
	}
}
