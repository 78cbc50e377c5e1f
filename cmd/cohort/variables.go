package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"cohort/internal/suggest"
)

// variablePrefix is what the names of our variables begin with.
const variablePrefix = "COHORT_"

// ldapPasswordVariable is the only one of them that is named after no flag.
const ldapPasswordVariable = variablePrefix + "LDAP_PASSWORD"

func variableName(flag string) string {
	return variablePrefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// misspelt are sentences about variables that are none of ours by a slip of the
// pen: nobody reads them, and nothing else would show that. Others that begin
// as ours do may be somebody else's.
func misspelt(root *cobra.Command, environ []string) []string {
	known := []string{ldapPasswordVariable}
	for _, command := range append(root.Commands(), root) {
		command.Flags().VisitAll(func(flag *pflag.Flag) { known = append(known, variableName(flag.Name)) })
	}
	var said []string
	for _, variable := range environ {
		name, value, _ := strings.Cut(variable, "=")
		if value == "" || !strings.HasPrefix(name, variablePrefix) || slices.Contains(known, name) {
			continue
		}
		if near := suggest.Nearest(strings.TrimPrefix(name, variablePrefix), withoutPrefix(known)); near != "" {
			said = append(said, name+" is no setting, and has no effect; did you mean "+variablePrefix+near+"?")
		}
	}
	slices.Sort(said)
	return said
}

// withoutPrefix leaves what may be misspelt.
func withoutPrefix(variables []string) []string {
	names := make([]string, len(variables))
	for i, variable := range variables {
		names[i] = strings.TrimPrefix(variable, variablePrefix)
	}
	return names
}
