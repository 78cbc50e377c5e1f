package main

import (
	"context"
	"errors"

	"cohort/idp"
	"cohort/internal/intent"
	"cohort/internal/jsontext"
	"cohort/join"
)

// intention is what an export is going to do, for whoever has to agree to it.
type intention struct {
	People []intent.Read `json:"people"`
	Users  intent.Read   `json:"users"`
	Reads  []fileRead    `json:"reads,omitempty"`
	Writes []fileWritten `json:"writes"`
}

// fileRead is a file of this machine that is read besides.
type fileRead struct {
	Path string `json:"path"`
	What string `json:"what"`
}

// fileWritten is what is written; "-" is standard output.
type fileWritten struct {
	Path    string          `json:"path"`
	Format  string          `json:"format"`
	What    string          `json:"what"`
	Columns []plannedColumn `json:"columns,omitempty"`
}

// plannedColumn is a column's header, and what it comes from.
type plannedColumn struct {
	Header string `json:"header"`
	Source string `json:"source"`
}

// planExport says what an export is going to do, by asking the connectors and
// the plan of the table themselves, and does none of it.
func planExport(ctx context.Context, w world, from *sourceFlags, to *outputFlags, usage usagePlan, plan tablePlan) (err error) {
	outputs := staging{ctx: ctx, world: w, reads: from.reads}
	defer outputs.end(&err)
	out, err := outputs.create("--plan", "-")
	if err != nil {
		return err
	}
	// What the export would refuse by its name is refused here.
	if _, _, _, err := to.create(&staging{ctx: ctx, world: w, reads: from.reads, planned: true}); err != nil {
		return err
	}
	sources, err := from.open(ctx, w, to.allowEmpty)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, sources.close()) }()
	i, err := intentionOf(sources, to, usage, plan)
	if err != nil {
		return err
	}
	for _, read := range []struct{ path, what string }{
		{to.dxUsers, "the users of DX, whose addresses choose the rows (--dx-users)"},
		{to.baseline, "figures of an earlier run, to compare with (--baseline)"},
		{from.usageThresholds, "thresholds of an earlier run (--usage-thresholds)"},
	} {
		if read.path != "" {
			i.Reads = append(i.Reads, fileRead{read.path, read.what})
		}
	}
	if to.planAs == "text" {
		return i.writeText(out)
	}
	return jsontext.Write(out, i)
}

func intentionOf(s *sources, to *outputFlags, usage usagePlan, plan tablePlan) (intention, error) {
	var i intention
	if err := usage.fit(s.users.deployment); err != nil {
		return i, err
	}
	request := plan.columns.Request()
	request.AllowEmpty = to.allowEmpty
	for _, source := range s.people {
		read := intent.Read{Source: source.name}
		if planner, ok := source.Connector.(idp.Planner); ok {
			read = planner.Plan(request)
		}
		i.People = append(i.People, ofSample(read, source.name))
	}
	switch {
	case s.users.deployment == nil:
		i.Users = intent.File(s.users.name)
		i.Users.Remarks = append(i.Users.Remarks, "default columns that it does not tell are left out, which shows when it is read")
	case usage.isOn():
		i.Users = s.users.deployment.Plan(&usage.window)
	default:
		i.Users = s.users.deployment.Plan(nil)
	}
	i.Users = ofSample(i.Users, s.users.name)
	i.Writes = plan.files(to)
	return i, nil
}

// ofSample calls a source what the user called it. The sample company's servers
// have another port each time.
func ofSample(read intent.Read, name string) intent.Read {
	read.Source = name
	if name == demoURL || name == demoOktaURL {
		read.Hosts = []string{"this machine, which serves the sample company while it is read"}
	}
	return read
}

// files are what an export writes.
func (p tablePlan) files(to *outputFlags) []fileWritten {
	table := fileWritten{Path: to.output, Format: string(p.format), What: rowsOf(p.options.Join)}
	if p.format == join.ForDX {
		table.What = "a row for each e-mail of people who are not disabled and whose account is certain"
		if p.dxUsers != nil {
			table.What += ", of those whom DX knows"
		}
		table.What += "; people without a core property go to a file of their own beside it"
	}
	for _, condition := range to.where {
		table.What += ", where " + condition
	}
	sources := p.columns.Sources()
	for i, header := range p.columns.Headers() {
		table.Columns = append(table.Columns, plannedColumn{header, sources[i]})
	}
	files := []fileWritten{table}
	if to.review != "" {
		files = append(files, fileWritten{Path: to.review, Format: string(join.CSV), What: "whom the join left in doubt, by id, username and address, with the reason and the candidates"})
	}
	if to.summary != "" {
		files = append(files, fileWritten{Path: to.summary, Format: "json", What: "figures of the run, the names of sources, columns and files; nobody's attributes, but that warnings may name addresses"})
	}
	return files
}

// rowsOf says of whom the table has rows.
func rowsOf(kind join.Kind) string {
	switch kind {
	case join.Inner:
		return "a row for each person with a Coder user"
	case join.Right:
		return "a row for each Coder user"
	case join.Full:
		return "a row for each person and each Coder user"
	case join.LeftAnti:
		return "a row for each person without a Coder user"
	case join.RightAnti:
		return "a row for each Coder user without a person"
	default:
		return "a row for each person"
	}
}
