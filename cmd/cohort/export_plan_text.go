package main

import (
	"fmt"
	"io"
	"strings"

	"cohort/internal/intent"
	"cohort/internal/terminal"
)

// writeText writes the intention for a person to read, and to sign.
func (i intention) writeText(to io.Writer) error {
	d := document{}
	d.line(0, "What this export is going to do. Nobody has been read yet, and nobody asked.")
	for _, read := range i.People {
		d.read("people", read)
	}
	d.read("Coder users", i.Users)
	d.line(0, "")
	d.line(0, "on this machine")
	for _, file := range i.Reads {
		d.item(2, "reads "+file.Path+": "+file.What)
	}
	for _, file := range i.Writes {
		where := outputName(file.Path)
		if !isStandardOutput(file.Path) {
			where += " (only you may read it)"
		}
		d.item(2, "writes "+where+", "+file.Format+": "+file.What)
		var columns []string
		for _, column := range file.Columns {
			text := column.Header
			if column.Source != column.Header {
				text += " (" + column.Source + ")"
			}
			columns = append(columns, text)
		}
		if len(columns) > 0 {
			d.item(4, "columns "+strings.Join(columns, ", "))
		}
	}
	d.line(0, "")
	d.item(0, "Nothing else is sent, and to no other host, but that DNS is asked for the addresses of these. Nothing is changed on either side. There is no telemetry.")
	_, err := io.WriteString(to, d.String())
	return err
}

// document is text of limited width.
type document struct{ strings.Builder }

func (d *document) line(indent int, text string) {
	d.WriteString(strings.TrimRight(strings.Repeat(" ", indent)+text, " ") + "\n")
}

// item writes a text that may take several lines; all but the first stand two
// columns further in.
func (d *document) item(indent int, text string) {
	line, first := "", true
	flush := func() {
		if first {
			d.line(indent, line)
		} else {
			d.line(indent+2, line)
		}
		line, first = "", false
	}
	for word := range strings.FieldsSeq(terminal.Visible(text)) {
		room := narrowest - indent
		if !first {
			room -= 2
		}
		if line != "" && terminal.Width(line)+1+terminal.Width(word) > room {
			flush()
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	flush()
}

func (d *document) read(side string, read intent.Read) {
	d.line(0, "")
	d.item(0, side+": "+read.Source)
	if len(read.Hosts) > 0 {
		d.item(2, "connects to "+strings.Join(read.Hosts, ", else "))
		d.item(2, "protection: "+read.Protection)
		d.item(2, "signs in as "+read.Account)
	}
	for _, right := range read.Rights {
		d.item(2, "needs "+right)
	}
	for _, call := range read.Calls {
		d.call(call)
	}
	for _, remark := range read.Remarks {
		d.item(2, "note: "+remark)
	}
}

func (d *document) call(call intent.Call) {
	text := fmt.Sprintf("%s %s: %s", call.Method, call.Target, call.Purpose)
	if call.Times != "" {
		text += ", " + call.Times
	}
	if call.OnlyIf != "" {
		text += "; only if " + call.OnlyIf
	}
	d.item(2, text)
	if len(call.Parameters) > 0 {
		d.item(4, strings.Join(call.Parameters, "; "))
	}
	if len(call.Attributes) > 0 {
		d.item(4, "asks for "+strings.Join(call.Attributes, ", "))
	}
}
