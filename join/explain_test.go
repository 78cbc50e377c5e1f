package join_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cohort/coder"
	"cohort/idp"
	"cohort/join"
)

// explainTable joins people for an explanation.
func explainTable(t testing.TB, people []idp.Person, users []coder.User, domains join.DomainAliases) *join.Table {
	t.Helper()
	columns := join.ExplainColumns()
	population := join.NewPopulation(columns.Request())
	source := population.AddSource("test:")
	for _, p := range people {
		fields := make([]idp.Value, len(columns.Request().Fields))
		for i, field := range join.AuditColumns().Request().Fields {
			if p.Fields != nil {
				fields[slices.Index(columns.Request().Fields, field)] = p.Fields[i]
			}
		}
		p.Fields = fields
		if err := source.Add(p); err != nil {
			t.Fatal(err)
		}
	}
	joined, err := join.Join(population, users, columns, join.Options{Join: join.Left, Domains: domains})
	if err != nil {
		t.Fatal(err)
	}
	return joined
}

// crowd is a company in which every outcome occurs once.
func crowd() (people []idp.Person, users []coder.User) {
	return []idp.Person{
			person("1", "Ann@corp.example", login("ann@login.example")),
			person("2", "ben@corp.example", alias("b@corp.example", "b2@corp.example")),
			person("3", "twin@corp.example"), person("4", "twin@corp.example", alias("tw@corp.example")),
			person("5", "back@corp.example"), person("6", "back@corp.example", disabled),
			person("7", "j\u00fc@corp.example"),
			person("8", "late@corp.example", alias("ann@corp.example")),
			person("9", ""),
			person("10", "old@corp.example"),
			person("11", "none@corp.example", with(idp.Name, "Nona Wells"), with(idp.Username, "nona")),
		}, []coder.User{
			user("ann", "ann@corp.example"), user("ann2", "ann@login.example"),
			user("b", "b@corp.example", dormant), user("b2", "b2@corp.example"),
			user("twin", "twin@corp.example"), user("tw", "tw@corp.example"),
			user("back", "back@corp.example"),
			user("ju", "ju\u0308@corp.example"),
			user("old", "old@old.example"),
			user("lost", "nones@corp.example", called("Wells, Nona")),
			user("bot", "", service),
		}
}

func TestWhyTheRowIsAsItIs(t *testing.T) {
	people, users := crowd()
	table := explainTable(t, people, users, testDomains())
	for _, test := range []struct {
		name, asked string
		by          string
		want        []string // match: why, a case
	}{
		{"a match", " ANN@corp.example", "address", []string{
			"email: matched to the account ann, since its e-mail and the person's address Ann@corp.example are the same but for case",
			"none: not matched, since the account ann, of ann@corp.example, went to Ann@corp.example (1) by email",
			"second account: a second account of Ann@corp.example (1), who is matched to the account ann",
		}},
		{"the better of two accounts", "b@corp.example", "address", []string{
			"alias: matched to the account b2, since its e-mail and the person's address b2@corp.example are the same",
			"second account: a second account of ben@corp.example (2), who is matched to the account b2",
		}},
		{"people who share an address", "twin@corp.example", "address", []string{
			"ambiguous: nobody can say whose the account is: 2 people who are not disabled have this address: twin@corp.example (3), twin@corp.example (4)",
			"ambiguous: nobody can say whose the account is: 2 people who are not disabled have this address: twin@corp.example (3), twin@corp.example (4)",
			"ambiguous: nobody can say whose the account is: 2 people who are not disabled have this address: twin@corp.example (3), twin@corp.example (4)",
		}},
		{"a further address of an ambiguous person", "tw@corp.example", "address", []string{
			"ambiguous: nobody can say whose the account is: 2 people who are not disabled have this address: twin@corp.example (3), twin@corp.example (4)",
			"none: nobody's, since twin@corp.example (4) has tw@corp.example, and was decided before",
			"ambiguous: nobody can say whose the account is: 2 people who are not disabled have this address: twin@corp.example (3), twin@corp.example (4)",
		}},
		{"somebody who came back", "back@corp.example", "address", []string{
			"email: matched to the account back, since its e-mail and the person's address back@corp.example are the same; one person more, and disabled, has it",
			"none: not matched, since the account back went to back@corp.example (5), who alone is not disabled of those who have back@corp.example",
		}},
		{"two spellings", "j\u00fc@corp.example", "address", []string{
			"normalized: matched to the account ju, since its e-mail and the person's address jü@corp.example are one in Unicode's Form C, with domains in ASCII",
		}},
		{"two domains", "old@old.example", "address", []string{
			"domain: matched to the account old, since its e-mail and the person's address old@corp.example are one by --domain-alias",
		}},
		{"a person without an account", "none@corp.example", "address", []string{"none: not matched, since no account has an address of the person"}},
		{"a username of the provider", "Nona", "username or id", []string{"none: not matched, since no account has an address of the person"}},
		{"a person without an address", "9", "username or id", []string{"none: not matched, since the person has no address"}},
		{"an account without a person", "lost", "username or id", []string{"none: nobody's, since nobody has its e-mail"}},
		{"an account without an e-mail", "id-bot", "username or id", []string{"none: nobody's, since it has no e-mail"}},
		{"nobody", "who@corp.example", "", nil},
		{"nothing", " ", "", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := table.Explain(test.asked)
			var got []string
			for _, c := range e.Cases {
				got = append(got, c.Match+": "+c.Why)
			}
			if diff := cmp.Diff(test.want, got); diff != "" || e.By != test.by {
				t.Errorf("found by %q (-want +got):\n%s", e.By, diff)
			}
		})
	}
}

func TestWhatEachRungDid(t *testing.T) {
	people, users := crowd()
	table := explainTable(t, people, users, testDomains())
	for _, test := range []struct {
		asked string
		want  [][]string // rung: outcome, a case
	}{
		{"ann@login.example", [][]string{
			{
				"email: matched to the account ann: both have ann@corp.example",
				"alias: nothing more: matched by email",
				"login: ann@login.example is of the account ann2, and nobody asks for it: whoever has it was decided before",
				"normalized: ann@login.example is of the account ann2, and nobody asks for it: whoever has it was decided before",
				"domain: ann@login.example is of the account ann2, and nobody asks for it: whoever has it was decided before",
				"second accounts: ann@login.example is of the account ann2, which is a second one of this person",
			},
			{
				"email: nobody has ann@login.example",
				"alias: nobody has ann@login.example",
				"login: Ann@corp.example (1) has ann@login.example, and was decided before",
				"normalized: Ann@corp.example (1) has ann@login.example, and was decided before",
				"domain: Ann@corp.example (1) has ann@login.example, and was decided before",
				"second accounts: a second account of Ann@corp.example (1): both have ann@login.example",
			},
		}},
		{"old@corp.example", [][]string{{
			"email: no account left has old@corp.example",
			"alias: the person has no such address",
			"login: the person has no such address",
			"normalized: no account left has old@corp.example",
			"domain: matched to the account old: both have old@corp.example",
			"second accounts: nothing more: matched by domain",
		}}},
		{"b2", [][]string{
			{
				"email: no account left has ben@corp.example",
				"alias: b@corp.example is of the account b, which is a second one of this person; matched to the account b2: both have b2@corp.example",
				"login: nothing more: matched by alias",
				"normalized: nothing more: matched by alias",
				"domain: nothing more: matched by alias",
				"second accounts: nothing more: matched by alias",
			},
			{
				"email: nobody has b@corp.example",
				"alias: a second account of ben@corp.example (2): both have b@corp.example",
				"login: decided before",
				"normalized: decided before",
				"domain: decided before",
				"second accounts: decided before",
			},
		}},
		{"twin", [][]string{
			{
				"email: twin@corp.example is of the account twin, and ambiguous: 2 people who are not disabled have this address: twin@corp.example (3), twin@corp.example (4)",
				"alias: not tried: ambiguous already",
				"login: not tried: ambiguous already",
				"normalized: not tried: ambiguous already",
				"domain: not tried: ambiguous already",
				"second accounts: not tried: ambiguous already",
			},
			{
				"email: twin@corp.example is of the account twin, and ambiguous: 2 people who are not disabled have this address: twin@corp.example (3), twin@corp.example (4)",
				"alias: tw@corp.example is of the account tw, and nobody asks for it: whoever has it was decided before",
				"login: not tried: ambiguous already",
				"normalized: tw@corp.example is of the account tw, and nobody asks for it: whoever has it was decided before",
				"domain: tw@corp.example is of the account tw, and nobody asks for it: whoever has it was decided before",
				"second accounts: tw@corp.example is of the account tw, and nobody asks for it: whoever has it was decided before",
			},
			{
				"email: ambiguous: 2 people who are not disabled have this address: twin@corp.example (3), twin@corp.example (4)",
				"alias: decided before",
				"login: decided before",
				"normalized: decided before",
				"domain: decided before",
				"second accounts: decided before",
			},
		}},
		{"bot", [][]string{slices.Repeat([]string{"the account has no e-mail"}, 6)}},
	} {
		t.Run(test.asked, func(t *testing.T) {
			var got [][]string
			for _, c := range table.Explain(test.asked).Cases {
				var steps []string
				for _, step := range c.Steps {
					steps = append(steps, step.Rung+": "+step.Outcome)
				}
				got = append(got, steps)
			}
			if test.asked == "bot" {
				for i, rung := range []string{"email", "alias", "login", "normalized", "domain", "second accounts"} {
					test.want[0][i] = rung + ": " + test.want[0][i]
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("steps (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTheRecordsSideBySide(t *testing.T) {
	table := explainTable(t, []idp.Person{person("1", "J\u00fc@corp.example", alias("x@old.example"), disabled,
		with(idp.Name, "Jü"), with(idp.StatusRaw, "a=1", "b=2"))},
		[]coder.User{user("ju", "ju\u0308@corp.example", seen(1), made(2), roles("owner", "auditor"), loginBy("oidc"), used(3, "2026-03-30"))}, testDomains())
	got := table.Explain("j\u00fc@corp.example").Cases
	want := []join.Case{{
		Match: "normalized", HasPerson: true, HasUser: true,
		Fields: []join.ExplainedField{
			{"email", "J\u00fc@corp.example", "ju\u0308@corp.example"}, {"name", "Jü", ""}, {"username", "", "ju"}, {"id", "1", "id-ju"},
			{"status", "disabled", "active"}, {"status_raw", "a=1, b=2", ""}, {"source", "test:", ""},
			{"login_type", "", "oidc"}, {"roles", "", "owner, auditor"},
			{"created_at", "", "2026-03-29T12:00:00Z"}, {"last_seen_at", "", "2026-03-30T12:00:00Z"},
			{"active_days", "", "3"}, {"last_active_day", "", "2026-03-30"},
		},
		Addresses: []join.ExplainedAddress{
			{"primary", "J\u00fc@corp.example", "j\u00fc@corp.example", "j\u00fc@corp.example", "j\u00fc@corp.example"},
			{"alias", "x@old.example", "x@old.example", "x@old.example", "x@corp.example"},
			{"account", "ju\u0308@corp.example", "ju\u0308@corp.example", "j\u00fc@corp.example", "j\u00fc@corp.example"},
		},
	}}
	if len(got) == 1 {
		got[0].Steps, got[0].Why = nil, ""
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("case (-want +got):\n%s", diff)
	}
}

func TestWhatSourcesTellDifferentlyIsRemarked(t *testing.T) {
	columns := join.ExplainColumns()
	population := join.NewPopulation(columns.Request())
	for _, from := range []struct {
		name   string
		status idp.Status
	}{{"hr:", idp.Active}, {"ad:", idp.Disabled}} {
		p := person("1", "a@corp.example")
		p.Status, p.Fields = from.status, make([]idp.Value, len(columns.Request().Fields))
		if err := population.AddSource(from.name).Add(p); err != nil {
			t.Fatal(err)
		}
	}
	table, err := join.Join(population, nil, columns, join.Options{Join: join.Left})
	if err != nil {
		t.Fatal(err)
	}
	got := table.Explain("a@corp.example").Cases
	if len(got) != 1 || !slices.Equal(got[0].Remarks, []string{"active in hr:, disabled in ad:; the source named first counts"}) {
		t.Errorf("got %+v", got)
	}
}

func TestNearMisses(t *testing.T) {
	people, users := crowd()
	table := explainTable(t, people, users, nil)
	for _, test := range []struct {
		name, asked string
		want        []string
	}{
		{"a letter more", "bens@corp.example", []string{"person ben@corp.example: one letter off"}},
		{"a letter less", "lat@corp.example", []string{"person late@corp.example: one letter off"}},
		{"two letters swapped", "bne@corp.example", []string{"person ben@corp.example: one letter off"}},
		{"another domain", "BEN@elsewhere.example", []string{"person ben@corp.example: the same local part at another domain"}},
		{"a tag", "ben+coder@corp.example", []string{"person ben@corp.example: the same but for what follows a +"}},
		{"a name", "nona.wells@elsewhere.example", []string{
			"person none@corp.example: the same display name", "account nones@corp.example: the same display name",
		}},
		{"of an account without a person", "lost", []string{"person none@corp.example: one letter off"}},
		{"of a person without an account", "11", []string{"account nones@corp.example: one letter off"}},
		{"none of a match", "ann@corp.example", nil},
		{"none where the address is the same", "tw", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, near := range table.Explain(test.asked).Near {
				got = append(got, near.Side+" "+near.Address+": "+near.Why)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("near misses (-want +got):\n%s", diff)
			}
		})
	}
	var many []idp.Person
	for i := range 25 {
		many = append(many, person(fmt.Sprint(i), fmt.Sprintf("info@host%d.example", i)))
	}
	if e := explainTable(t, many, nil, nil).Explain("info@corp.example"); len(e.Near) != 10 || e.More != 15 {
		t.Errorf("%d near misses and %d more", len(e.Near), e.More)
	}
}

// TestExplanationsAgreeWithTheTable explains everybody of random crowds, and
// compares with the rows.
func TestExplanationsAgreeWithTheTable(t *testing.T) {
	for seed := range uint64(600) {
		people, users := random(rand.New(rand.NewPCG(seed, 11)))
		domains := testDomains()
		if seed%2 == 0 {
			domains = nil
		}
		rows := lines(t, table(t, people, users, []string{"idp_id", "match", "coder_id"}, join.Options{Domains: domains}))
		explained := explainTable(t, people, users, domains)
		for _, line := range rows {
			cells := strings.Split(line, ",")
			e := explained.Explain(cells[0])
			at := slices.IndexFunc(e.Cases, func(c join.Case) bool {
				return slices.Contains(c.Fields, join.ExplainedField{Name: "id", Person: cells[0], Account: cells[2]})
			})
			if at < 0 {
				t.Fatalf("seed %d: %s is not explained: %+v", seed, line, e.Cases)
			}
			c := e.Cases[at]
			matched := ""
			for _, step := range c.Steps {
				if strings.Contains(step.Outcome, "matched to the account") {
					matched += step.Rung
				}
			}
			isMatch := cells[2] != ""
			if c.Match != cells[1] || isMatch != (matched == cells[1]) || !isMatch && matched != "" ||
				isMatch != strings.HasPrefix(c.Why, "matched to the account "+cells[2]+",") ||
				(cells[1] == "none") != strings.HasPrefix(c.Why, "not matched, since ") {
				t.Fatalf("seed %d: %s is explained as %+v", seed, line, c)
			}
		}
		for _, u := range users {
			e := explained.Explain(u.ID)
			if !slices.ContainsFunc(e.Cases, func(c join.Case) bool {
				return slices.ContainsFunc(c.Fields, func(f join.ExplainedField) bool { return f.Name == "id" && f.Account == u.ID })
			}) {
				t.Fatalf("seed %d: the account %s is not explained: %+v", seed, u.ID, e.Cases)
			}
		}
	}
}
