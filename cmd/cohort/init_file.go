package main

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// yaml is the settings file.
func (s settings) yaml() ([]byte, error) {
	var b strings.Builder
	b.WriteString(`# Settings of cohort, written by cohort init. Every flag has a key here, with _
# for -, and cohort export --help lists them. A flag replaces a variable such as
# COHORT_IDP, which replaces this file. No secret belongs in here.
`)
	for _, setting := range s {
		b.WriteString("\n")
		for line := range strings.SplitSeq(setting.about, "\n") {
			b.WriteString("# " + line + "\n")
		}
		if setting.key == "" {
			continue
		}
		value, err := yaml.Marshal(setting.value)
		if err != nil {
			return nil, fmt.Errorf("write %s: %w", setting.key, err)
		}
		b.WriteString(setting.key + ": " + string(value))
	}
	b.WriteString(`
# The columns of the table, in order; cohort attributes shows what there is.
# columns: email,name,department,coder_user,coder_status
`)
	return []byte(b.String()), nil
}
