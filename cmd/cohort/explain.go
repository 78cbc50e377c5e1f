package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"cohort/internal/fault"
	"cohort/join"
)

func newExplain(w world) *cobra.Command {
	var from sourceFlags
	var match matchFlags
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
		Args:    oneAddress,
		PreRunE: func(cmd *cobra.Command, _ []string) error { return from.fill(cmd, w) },
		RunE: func(cmd *cobra.Command, args []string) error {
			return explain(cmd.Context(), w, &from, &match, args[0])
		},
	}
	from.register(cmd.Flags())
	match.register(cmd.Flags())
	return cmd
}

func oneAddress(cmd *cobra.Command, args []string) error {
	if len(args) == 1 && strings.TrimSpace(args[0]) != "" {
		return nil
	}
	return fault.New(fault.Usage, "see "+cmd.CommandPath()+" --help", "%s takes one address, here are %d", cmd.CommandPath(), len(args))
}

// explain reads both sides, and tells about an address.
func explain(ctx context.Context, w world, from *sourceFlags, match *matchFlags, address string) (err error) {
	outputs := staging{ctx: ctx, world: w, reads: from.reads}
	defer outputs.end(&err)
	out, err := outputs.create("--output", "-")
	if err != nil {
		return err
	}
	domains, err := match.domains()
	if err != nil {
		return err
	}
	usage, err := from.planUsage(ctx, from.now())
	if err != nil {
		return err
	}
	read, err := readAndJoin(ctx, w, from, question{columns: join.ExplainColumns(), options: wholeJoin(domains), usage: usage, allowEmpty: match.allowEmpty})
	if err != nil {
		return err
	}
	return writeExplanation(out, read.table.Explain(address), w.widthOf(out))
}
