package file_test

import (
	"encoding/csv"
	"strings"
	"testing"

	"cohort/fixtures"
)

// companyCSV is the sample company as encoding/csv writes it.
func companyCSV(t testing.TB, people []fixtures.Person) string {
	t.Helper()
	var b strings.Builder
	w := csv.NewWriter(&b)
	w.Write([]string{
		"case", "number", "username", "name", "given_name", "family_name", "mail", "aliases", "login", "title", "department",
		"employee_type", "manager", "city", "country", "cost_center", "disabled",
	})
	for _, p := range people {
		disabled := ""
		if p.Disabled {
			disabled = "true"
		}
		w.Write([]string{
			p.Case, p.Number, p.Username, p.Name, p.GivenName, p.FamilyName, p.Mail, strings.Join(p.Aliases, "|"), p.Login, p.Title,
			p.Department, p.EmployeeType, p.Manager, p.City, p.Country, p.CostCenter, disabled,
		})
	}
	if w.Flush(); w.Error() != nil {
		t.Fatal(w.Error())
	}
	return b.String()
}
