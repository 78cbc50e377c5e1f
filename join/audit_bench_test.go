package join_test

import (
	"fmt"
	"io"
	"testing"
	"time"

	"cohort/coder"
	"cohort/idp"
	"cohort/join"
)

// BenchmarkAudit joins 100,000 people with 20,000 accounts, of whom one in ten
// is nobody's and one in twenty a leaver's, and finds what there is to find;
// beside it the export of the same.
func BenchmarkAudit(b *testing.B) {
	const people, users = 100_000, 20_000
	now := time.Date(2026, time.August, 3, 0, 0, 0, 0, time.UTC)
	accounts := make([]coder.User, users)
	for i := range accounts {
		email := fmt.Sprintf("Person%d@corp.example", i*5)
		if i%10 == 0 {
			email = fmt.Sprintf("guest%d@agency%d.example", i, i%7)
		}
		accounts[i] = coder.User{
			ID: fmt.Sprint(i), Username: fmt.Sprintf("user%d", i), Name: fmt.Sprintf("Given%d Family%d", i*5, i%100), Email: email,
			Status: coder.StatusActive, LastSeenAt: now.AddDate(0, 0, -i%120),
		}
	}
	fill := func(b *testing.B, columns join.Columns) *join.Population {
		request := columns.Request()
		population := join.NewPopulation(request)
		source := population.AddSource("bench:")
		fields := make([]idp.Value, len(request.Fields))
		for i := range people {
			for f, field := range request.Fields {
				fields[f] = idp.TextOf(fmt.Sprintf("%s%d Family%d", field, i, i%100))
			}
			status := idp.Active
			if i%20 == 5 {
				status = idp.Disabled
			}
			if err := source.Add(idp.Person{
				ID: fmt.Sprint(i), Status: status, Primary: fmt.Sprintf("person%d@corp.example", i), Fields: fields, Attributes: make([]idp.Value, len(request.Attributes)),
				Aliases: []string{fmt.Sprintf("p%d@alias.example", i)},
			}); err != nil {
				b.Fatal(err)
			}
		}
		return population
	}
	b.Run("audit", func(b *testing.B) {
		population := fill(b, join.AuditColumns())
		for b.Loop() {
			joined, err := join.Join(population, accounts, join.AuditColumns(), join.Options{Join: join.RightAnti, AllowMissing: true})
			if err != nil {
				b.Fatal(err)
			}
			audit := joined.Audit(join.AuditOptions{Now: now, Idle: 90 * 24 * time.Hour})
			if _, err := join.WriteFindings(io.Discard, audit.Findings, join.CSVOptions{}); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(len(audit.Findings)), "findings")
		}
	})
	b.Run("export", func(b *testing.B) {
		columns, err := join.ParseColumns(join.DefaultColumns())
		if err != nil {
			b.Fatal(err)
		}
		population := fill(b, columns)
		for b.Loop() {
			joined, err := join.Join(population, accounts, columns, join.Options{Join: join.Left})
			if err != nil {
				b.Fatal(err)
			}
			if _, err := joined.Write(join.NewCSV(io.Discard, join.CSVOptions{})); err != nil {
				b.Fatal(err)
			}
		}
	})
}
