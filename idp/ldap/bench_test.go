package ldap_test

import (
	"testing"

	"cohort/idp"
	"cohort/internal/slapdtest"
)

// BenchmarkRead reads 20,000 people from slapd on loopback, with what an
// export's default columns ask for: about ten attributes with values each.
func BenchmarkRead(b *testing.B) {
	const people = 20_000
	server := slapdtest.Start(b, slapdtest.Config{LDIF: slapdtest.People(people), SizeLimit: 500})
	c := connect(b, signedIn(server))
	req := idp.Request{Fields: []idp.Field{
		idp.Name, idp.Username, idp.Title, idp.Department, idp.EmployeeType, idp.ManagerEmail, idp.City, idp.Country,
	}}
	b.ReportAllocs()
	for b.Loop() {
		count := 0
		for _, err := range c.People(b.Context(), req) {
			if err != nil {
				b.Fatal(err)
			}
			count++
		}
		if count != people {
			b.Fatalf("%d people came, want %d", count, people)
		}
	}
	b.ReportMetric(float64(people)*float64(b.N)/b.Elapsed().Seconds(), "people/s")
}
