package join_test

import (
	"fmt"
	"io"
	"runtime"
	"testing"
	"time"

	"cohort/coder"
	"cohort/idp"
	"cohort/join"
)

// BenchmarkJoin joins 1,000,000 people with 100,000 Coder users, of whom one in
// ten is in no address book, and writes the default columns as CSV. It reports
// the heap that the joined table holds, per person.
func BenchmarkJoin(b *testing.B) {
	const people, users = 1_000_000, 100_000
	columns, err := join.ParseColumns(join.DefaultColumns())
	if err != nil {
		b.Fatal(err)
	}
	request := columns.Request()
	accounts := make([]coder.User, users)
	for i := range accounts {
		accounts[i] = coder.User{
			ID: fmt.Sprint(i), Username: fmt.Sprintf("user%d", i), Email: fmt.Sprintf("Person%d@corp.example", i*11),
			Status: coder.StatusActive, LastSeenAt: time.Unix(int64(1_700_000_000+i), 0),
		}
	}
	fill := func() *join.Population {
		population := join.NewPopulation(request)
		source := population.AddSource("bench:")
		fields := make([]idp.Value, len(request.Fields))
		for i := range people {
			for f, field := range request.Fields {
				fields[f] = idp.TextOf(string(field) + " " + string(rune('a'+i%26)))
			}
			// Every third person is out of order, as in real directories.
			n := i
			if i%3 == 0 {
				n = people - i
			}
			if err := source.Add(idp.Person{
				ID: fmt.Sprint(n), Status: idp.Active, Primary: fmt.Sprintf("person%d@corp.example", n), Fields: fields,
			}); err != nil {
				b.Fatal(err)
			}
		}
		return population
	}
	b.Run("add", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			fill()
		}
	})
	b.Run("join and write", func(b *testing.B) {
		b.ReportAllocs()
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		population := fill()
		var joined *join.Table
		for b.Loop() {
			joined, err = join.Join(population, accounts, columns, join.Options{Join: join.Left})
			if err != nil {
				b.Fatal(err)
			}
			written, err := joined.Write(join.NewCSV(io.Discard, join.CSVOptions{}))
			if err != nil || written.Rows != people {
				b.Fatalf("%d rows, %v", written.Rows, err)
			}
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/people, "heap-B/person")
		runtime.KeepAlive(population)
		runtime.KeepAlive(joined)
	})
}
