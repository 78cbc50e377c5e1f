package join_test

import (
	"testing"

	"cohort/coder"
	"cohort/idp"
	"cohort/join"
)

func TestNamesOfClearlyAnotherPerson(t *testing.T) {
	for _, test := range []struct {
		person, username, address string
		account, accountUsername  string
		another                   bool
	}{
		{"Ann Lee", "alee", "desk@corp.example", "Robert King", "rking", true},
		{"Böhm, Jörg", "joerg.boehm", "sales@corp.example", "Anke Fuchs", "anke", true},
		{"Νίκος Παππάς", "np", "info@corp.example", "Ελένη Γεωργίου", "eg", true},

		{"Böhm, Jörg", "jb", "sales@corp.example", "Joerg Boehm", "jb", false},
		{"JOHN DOE", "x", "desk@corp.example", "Doe, John", "y", false},
		{"José Álvarez", "x", "desk@corp.example", "Jose Alvarez", "y", false},
		{"Moritz Gau\u017f", "x", "desk@corp.example", "Gauß Moritz", "y", false},
		{"Liam O'Brien", "x", "desk@corp.example", "Seán O\u2019Brien", "y", false},
		{"Łukasz Żak", "x", "desk@corp.example", "Lukasz Nowak", "y", false},
		{"Alexander Stone", "x", "desk@corp.example", "Alex Rivers", "y", false},
		{"J. Doe", "x", "desk@corp.example", "John Smith", "y", false},
		{"Jane Smythe", "jsmith", "desk@corp.example", "John Smith", "y", false},
		{"Mimi Duval", "x", "maria.popescu@corp.example", "Maria Popescu", "y", false},
		{"Ann Lee", "x", "desk@corp.example", "Robert King", "annlee", false},
		{"Ann Lee", "x", "desk@corp.example", "", "rking", false},
		{"", "x", "desk@corp.example", "Robert King", "rking", false},
		{"Ann Lee", "x", "desk@corp.example", "Laboratory", "lab", false},
		{"Suharto", "x", "desk@corp.example", "Robert King", "rking", false},
		{"Ann Lee", "x", "desk@corp.example", "=1+1", "y", false},
		{"田中 由紀", "x", "desk@corp.example", "Robert King", "rking", false},
	} {
		t.Run(test.person+" and "+test.account, func(t *testing.T) {
			got := audited(t, []idp.Person{person("1", test.address, with(idp.Name, test.person), with(idp.Username, test.username))},
				[]coder.User{user(test.accountUsername, test.address, seen(1), called(test.account))}).Findings
			if another := len(got) == 1 && got[0].Kind == join.FindingNameMismatch; another != test.another || len(got) > 1 {
				t.Errorf("found %+v, want another: %v", got, test.another)
			}
		})
	}
}
