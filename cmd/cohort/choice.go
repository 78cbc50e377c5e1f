package main

import (
	"errors"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"cohort/internal/fault"
	"cohort/internal/suggest"
)

// The types of flags beside pflag's own. Each refuses a wrong value when it is
// set, so that the error can name the place where it was said, and tells the
// shell what can be typed.

// Words of --formulas.
const (
	escapeFormulas = "escape"
	keepFormulas   = "keep"
)

// choice is a flag that takes one of a few words.
type choice struct {
	value *string
	words []string
	// optional says that no word is a choice, too.
	optional bool
}

// choose makes a choice whose default is what value holds.
func choose[T ~string](value *string, words ...T) *choice {
	c := &choice{value: value, optional: *value == ""}
	for _, word := range words {
		c.words = append(c.words, string(word))
	}
	return c
}

func (c *choice) String() string {
	if c.value == nil {
		return ""
	}
	return *c.value
}

// Type names the value in the help.
func (c *choice) Type() string { return "word" }

// Set takes one of the words.
func (c *choice) Set(word string) error {
	if word != "" || !c.optional {
		if err := among(word, c.words); err != nil {
			return err
		}
	}
	*c.value = word
	return nil
}

func (c *choice) complete(string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return c.words, cobra.ShellCompDirectiveNoFileComp
}

// among refuses a word that is none of those allowed.
func among(word string, allowed []string) error {
	for _, one := range allowed {
		if word == one {
			return nil
		}
	}
	return fault.New(fault.Usage, suggest.Hint(word, allowed, "allowed are "+enumerated(allowed, "and")), "no such choice")
}

// enumerated writes "a, b and c".
func enumerated(words []string, and string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " " + and + " " + words[last]
}

// percentage is a flag that takes a share such as 5%.
type percentage struct{ percent *float64 }

func (p percentage) String() string {
	if p.percent == nil {
		return ""
	}
	return strconv.FormatFloat(*p.percent, 'g', -1, 64) + "%"
}

// Type names the value in the help.
func (p percentage) Type() string { return "share" }

// Set takes a number from 0 to 100 with its sign.
func (p percentage) Set(text string) error {
	number, isShare := strings.CutSuffix(strings.TrimSpace(text), "%")
	percent, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if !isShare || err != nil || !(0 <= percent && percent <= 100) {
		return errors.New("it is no percentage")
	}
	*p.percent = percent
	return nil
}

// days is a flag that takes a number of days such as 90d.
type days struct{ n *int }

func (d days) String() string {
	if d.n == nil {
		return ""
	}
	return strconv.Itoa(*d.n) + "d"
}

// Type names the value in the help.
func (d days) Type() string { return "days" }

// Set takes a whole number above zero with a d.
func (d days) Set(text string) error {
	number, isDays := strings.CutSuffix(text, "d")
	n, err := strconv.ParseUint(number, 10, 16)
	if !isDays || err != nil || n == 0 {
		return errors.New("it is no number of days")
	}
	*d.n = int(n)
	return nil
}

// pathKind is what a run does with a file that a flag names.
type pathKind int

const (
	inputPath    pathKind = iota
	manifestPath          // of an earlier run, to be read
	outputPath
)

// path is a flag that names a file.
type path struct {
	value *string
	// endings are those that the shell offers; all where there are none.
	endings []string
	kind    pathKind
}

func (p path) String() string {
	if p.value == nil {
		return ""
	}
	return *p.value
}

// Type names the value in the help.
func (p path) Type() string { return "file" }

// Set takes any path.
func (p path) Set(value string) error {
	*p.value = value
	return nil
}

func (p path) complete(string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return filesEndingIn(p.endings)
}

// text is a flag that takes any text, of which the shell knows some.
type text struct {
	value *string
	kind  string
	offer offer
}

func (t text) String() string {
	if t.value == nil {
		return ""
	}
	return *t.value
}

// Type names the value in the help.
func (t text) Type() string { return t.kind }

// Set takes any text.
func (t text) Set(value string) error {
	*t.value = value
	return nil
}

func (t text) complete(typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return t.offer(typed)
}
