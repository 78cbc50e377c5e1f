package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"cohort/internal/fault"
	"cohort/join"
)

func newExplain(w world) *cobra.Command {
	var from sourceFlags
	var f explainFlags
	cmd := &cobra.Command{
		Use:   "explain ADDRESS --idp URL --coder URL",
		Short: "Tell why an address matched, or did not",
		Long: `explain reads both sides as export does, and tells all about one address: the
records of the person and of the account, every address with its keys, what each
rung of the ladder did, and why the row is as it is.

The address may be in any spelling. Where nobody has it, it may be a username or
an id; else explain shows who nearly has it. In addresses, what cannot be seen
is spelled out: u\u0308 is an ü of two characters, which is another address to
Coder than ü.`,
		Example: `  cohort explain --demo d.nguyen@corp.example
  cohort explain --demo yuki
  cohort explain --demo --domain-alias old.example=corp.example ana@old.example`,
		Args: oneAddress,
		PreRunE: func(cmd *cobra.Command, _ []string) error {
			said, err := fillSettings(cmd, w)
			if err != nil {
				return err
			}
			return from.settle(cmd.Flags(), said)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return explain(cmd.Context(), w, &from, &f, args[0])
		},
	}
	from.register(cmd.Flags())
	f.register(cmd.Flags())
	return cmd
}

// explainFlags are those beside the sources'.
type explainFlags struct {
	domainAliases []string
	allowEmpty    bool
}

func (f *explainFlags) register(flags *pflag.FlagSet) {
	registerMatching(flags, &f.domainAliases, &f.allowEmpty)
}

func oneAddress(cmd *cobra.Command, args []string) error {
	if len(args) == 1 && strings.TrimSpace(args[0]) != "" {
		return nil
	}
	return fault.New(fault.Usage, "see "+cmd.CommandPath()+" --help", "%s takes one address, here are %d", cmd.CommandPath(), len(args))
}

// explain reads both sides, and tells about an address.
func explain(ctx context.Context, w world, from *sourceFlags, f *explainFlags, address string) (err error) {
	outputs := staging{ctx: ctx, stdout: w.stdout}
	defer func() {
		outputs.discard()
		err = outputs.readerGone(err)
	}()
	out, err := outputs.create("--output", "-")
	if err != nil {
		return err
	}
	domains, err := join.ParseDomainAliases(f.domainAliases)
	if err != nil {
		return err
	}
	usage, err := from.planUsage(from.now())
	if err != nil {
		return err
	}
	// An explanation looks at the whole join, so that its rows may be any.
	read, err := readAndJoin(ctx, w, from, question{
		tablePlan:  &tablePlan{columns: join.ExplainColumns(), options: join.Options{Join: join.RightAnti, Domains: domains}},
		usage:      usage,
		allowEmpty: f.allowEmpty,
	})
	if err != nil {
		return err
	}
	return writeExplanation(out, read.table.Explain(address))
}

// writeExplanation writes an explanation for a person to read.
func writeExplanation(to io.Writer, e join.Explanation) error {
	var b strings.Builder
	switch e.By {
	case "":
		fmt.Fprintf(&b, "%s: nobody has this address, username or id\n\n", spelled(e.Asked.Address))
		writeAddresses(&b, []join.ExplainedAddress{e.Asked})
	case "address":
		fmt.Fprintf(&b, "%s\n", spelled(e.Asked.Address))
	default:
		fmt.Fprintf(&b, "%s: nobody has this address, but as %s\n", spelled(e.Asked.Address), e.By)
	}
	for _, c := range e.Cases {
		writeCase(&b, c)
	}
	if len(e.Near) > 0 {
		b.WriteString("\nnear misses\n")
		var rows [][]string
		for _, near := range e.Near {
			rows = append(rows, []string{"  " + near.Side, spelled(near.Address), join.Visible(near.Name), near.Why})
		}
		writeLines(&b, align(rows))
		if e.More > 0 {
			fmt.Fprintf(&b, "  and %s more\n", grouped(e.More))
		}
	}
	_, err := to.Write([]byte(b.String()))
	return err
}

func writeCase(b *strings.Builder, c join.Case) {
	fmt.Fprintf(b, "\nmatch: %s\n", c.Match)
	fmt.Fprintf(b, "why: %s\n\n", spelled(c.Why))
	header := []string{"", "", ""}
	if c.HasPerson {
		header[1] = "person"
	}
	if c.HasUser {
		header[2] = "Coder account"
	}
	rows := [][]string{header}
	for _, field := range c.Fields {
		person, account := join.Visible(field.Person), join.Visible(field.Account)
		if field.Name == "email" {
			person, account = spelled(field.Person), spelled(field.Account)
		}
		rows = append(rows, []string{"  " + field.Name, person, account})
	}
	writeLines(b, align(withoutEmpty(rows)))
	if len(c.Addresses) > 0 {
		b.WriteByte('\n')
		writeAddresses(b, c.Addresses)
	}
	b.WriteByte('\n')
	rows = [][]string{{"rung", "outcome"}}
	for _, step := range c.Steps {
		rows = append(rows, []string{"  " + step.Rung, spelled(step.Outcome)})
	}
	writeLines(b, align(rows))
	for _, remark := range c.Remarks {
		fmt.Fprintf(b, "\nnote: %s\n", join.Visible(remark))
	}
}

// writeAddresses writes addresses with their keys. Those that are the same as
// the stricter one before them are left out.
func writeAddresses(b *strings.Builder, addresses []join.ExplainedAddress) {
	rows := [][]string{{"address", "", "exact key", "normalized", "domain alias"}}
	for _, a := range addresses {
		row := []string{"  " + a.Kind, spelled(a.Address), spelled(a.Exact), "", ""}
		if a.Normalized != a.Exact {
			row[3] = spelled(a.Normalized)
		}
		if a.Domain != a.Normalized {
			row[4] = spelled(a.Domain)
		}
		rows = append(rows, row)
	}
	writeLines(b, align(withoutEmpty(rows)))
}

// withoutEmpty drops the columns that have nothing below their header.
func withoutEmpty(rows [][]string) [][]string {
	kept := make([][]string, len(rows))
	for column := range rows[0] {
		empty := true
		for _, row := range rows[1:] {
			empty = empty && row[column] == ""
		}
		if !empty {
			for i, row := range rows {
				kept[i] = append(kept[i], row[column])
			}
		}
	}
	return kept
}

func writeLines(b *strings.Builder, lines []string) {
	for _, line := range lines {
		b.WriteString(line + "\n")
	}
}

// spelled gives a text in which addresses that differ also look so: what cannot
// be seen, or joins the letter before it, is spelled out, and blanks around it
// stand within quotation marks.
func spelled(s string) string {
	var b strings.Builder
	for _, r := range join.Visible(s) {
		if r == ' ' || unicode.IsGraphic(r) && !unicode.In(r, unicode.M, unicode.Zs) {
			b.WriteRune(r)
			continue
		}
		quoted := strconv.QuoteRuneToASCII(r)
		b.WriteString(quoted[1 : len(quoted)-1])
	}
	if strings.TrimSpace(s) != s {
		return `"` + b.String() + `"`
	}
	return b.String()
}
