package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"

	"cohort/internal/terminal"
	"cohort/join"
)

// explanation writes an explanation for a person to read, on a terminal of a
// width; 0 is none.
type explanation struct {
	strings.Builder
	width int
}

func writeExplanation(to io.Writer, e join.Explanation, width int) error {
	x := &explanation{width: width}
	switch e.By {
	case "":
		x.line("", spelled(e.Asked.Address)+": nobody has this address, username or id")
		x.line("", "")
		x.addresses([]join.ExplainedAddress{e.Asked})
	case "address":
		x.line("", spelled(e.Asked.Address))
	default:
		x.line("", spelled(e.Asked.Address)+": nobody has this address, but as "+e.By)
	}
	for _, c := range e.Cases {
		x.one(c)
	}
	x.nearMisses(e.Near, e.More)
	_, err := io.WriteString(to, x.String())
	return err
}

// one writes one case.
func (x *explanation) one(c join.Case) {
	x.line("", "")
	x.line("match: ", c.Match)
	x.line("why: ", spelled(c.Why))
	x.line("", "")
	x.records(c)
	if len(c.Addresses) > 0 {
		x.line("", "")
		x.addresses(c.Addresses)
	}
	x.line("", "")
	rows := [][]string{{"rung", "outcome"}}
	for _, step := range c.Steps {
		rows = append(rows, []string{"  " + step.Rung, spelled(step.Outcome)})
	}
	x.table(rows)
	for _, remark := range c.Remarks {
		x.line("", "")
		x.line("note: ", terminal.Visible(remark))
	}
}

// records writes the person's and the account's record side by side.
func (x *explanation) records(c join.Case) {
	header := []string{"", "", ""}
	if c.HasPerson {
		header[1] = "person"
	}
	if c.HasUser {
		header[2] = "Coder account"
	}
	rows := [][]string{header}
	for _, field := range c.Fields {
		person, account := terminal.Visible(field.Person), terminal.Visible(field.Account)
		if field.Name == "email" {
			person, account = spelled(field.Person), spelled(field.Account)
		}
		rows = append(rows, []string{"  " + field.Name, person, account})
	}
	x.table(withoutEmpty(rows, 1))
}

// addresses writes addresses with their keys. Those that are the same as the
// stricter one before them are left out.
func (x *explanation) addresses(all []join.ExplainedAddress) {
	rows := [][]string{{"address", "", "exact key", "normalized", "domain alias"}}
	for _, a := range all {
		row := []string{"  " + a.Kind, spelled(a.Address), spelled(a.Exact), "", ""}
		if a.Normalized != a.Exact {
			row[3] = spelled(a.Normalized)
		}
		if a.Domain != a.Normalized {
			row[4] = spelled(a.Domain)
		}
		rows = append(rows, row)
	}
	x.table(withoutEmpty(rows, 1))
}

func (x *explanation) nearMisses(all []join.NearMiss, more int) {
	if len(all) == 0 {
		return
	}
	x.line("", "")
	x.line("", "near misses")
	var rows [][]string
	for _, near := range all {
		rows = append(rows, []string{"  " + near.Side, spelled(near.Address), terminal.Visible(near.Name), near.Why})
	}
	x.table(rows)
	if more > 0 {
		x.line("  ", "and "+grouped(more)+" more")
	}
}

// line writes a text, below which it goes on where it is longer than a line.
func (x *explanation) line(before, text string) {
	fmt.Fprintln(x, before+wrap(text, len(before), x.width))
}

func (x *explanation) table(rows [][]string) {
	for _, line := range align(rows, x.width) {
		fmt.Fprintln(x, line)
	}
}

// spelled gives a text in which addresses that differ also look so: what cannot
// be seen, or joins the letter before it, is spelled out, and blanks around it
// stand within quotation marks.
func spelled(s string) string {
	var b strings.Builder
	for _, r := range terminal.Visible(s) {
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
