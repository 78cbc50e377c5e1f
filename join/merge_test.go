package join_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"cohort/idp"
	"cohort/join"
)

// several joins people of several sources, called a:, b: and so on.
func several(t testing.TB, sources [][]idp.Person, columns []string) *join.Table {
	t.Helper()
	parsed, err := join.ParseColumns(columns)
	if err != nil {
		t.Fatal(err)
	}
	population := join.NewPopulation(parsed.Request())
	for i, people := range sources {
		source := population.AddSource(string(rune('a'+i)) + ":")
		for _, p := range people {
			if p.Fields == nil {
				p.Fields = make([]idp.Value, len(parsed.Request().Fields))
			}
			if err := source.Add(p); err != nil {
				t.Fatal(err)
			}
		}
	}
	joined, err := join.Join(population, nil, parsed, join.Options{Join: join.Left})
	if err != nil {
		t.Fatal(err)
	}
	return joined
}

func TestSourcesAreOnePopulation(t *testing.T) {
	title := func(s string) []idp.Value { return []idp.Value{idp.TextOf(s)} }
	for _, test := range []struct {
		name      string
		sources   [][]idp.Person
		want      []string // email, idp_id, idp_status, idp_source, title
		merged    int
		conflicts int
		doubts    []string
	}{
		{
			name: "whoever shares an address is one person, and the earlier source wins field by field",
			sources: [][]idp.Person{
				{{ID: "1", Primary: "Anna@corp.example", Fields: title("")}},
				{{ID: "x", Primary: "anna@corp.example", Status: idp.Active, Fields: title("Engineer")}},
				{{ID: "y", Primary: "anna@corp.example", Status: idp.Active, Fields: title("Driver")}},
			},
			want: []string{"Anna@corp.example,1,active,a:,Engineer"}, merged: 2,
		},
		{
			name: "an alias and a login join as well",
			sources: [][]idp.Person{
				{{ID: "1", Primary: "anna@corp.example", Aliases: []string{"a.a@corp.example"}}},
				{{ID: "x", Logins: []string{"A.A@corp.example"}, Status: idp.Disabled}},
			},
			want: []string{"anna@corp.example,1,disabled,a:,"}, merged: 1,
		},
		{
			name: "a place is no id that wins over one",
			sources: [][]idp.Person{
				{{ID: "line 2", Placed: true, Primary: "anna@corp.example"}, {ID: "line 3", Placed: true, Primary: "ben@corp.example"}},
				{{ID: "77", Primary: "anna@corp.example"}},
			},
			want: []string{"anna@corp.example,77,unknown,a:,", "ben@corp.example,,unknown,a:,"}, merged: 1,
		},
		{
			name: "statuses that differ are counted and listed",
			sources: [][]idp.Person{
				{{ID: "1", Primary: "anna@corp.example", Status: idp.Disabled}},
				{{ID: "x", Primary: "anna@corp.example", Status: idp.Active}},
			},
			want: []string{"anna@corp.example,1,disabled,a:,"}, merged: 1, conflicts: 1,
			doubts: []string{"status-conflict 1: disabled in a:, active in b:; the source named first counts"},
		},
		{
			name: "an address that one source has twice joins nobody",
			sources: [][]idp.Person{
				{{ID: "1", Primary: "team@corp.example"}, {ID: "2", Primary: "team@corp.example"}},
				{{ID: "x", Primary: "team@corp.example"}},
			},
			want: []string{"team@corp.example,1,unknown,a:,", "team@corp.example,2,unknown,a:,", "team@corp.example,x,unknown,b:,"},
		},
		{
			name: "two people of one source are never one, whatever another source says",
			sources: [][]idp.Person{
				{{ID: "1", Primary: "a@corp.example"}, {ID: "2", Primary: "b@corp.example"}},
				{{ID: "x", Primary: "a@corp.example", Aliases: []string{"b@corp.example"}}},
			},
			want: []string{"a@corp.example,1,unknown,a:,", "a@corp.example,x,unknown,b:,", "b@corp.example,2,unknown,a:,"},
			doubts: []string{
				"unmerged 1: addresses make one person of these, whom one source tells apart",
				"unmerged 2: addresses make one person of these, whom one source tells apart",
				"unmerged x: addresses make one person of these, whom one source tells apart",
			},
		},
		{
			name: "people without an address are nobody else",
			sources: [][]idp.Person{
				{{ID: "1"}}, {{ID: "1", Primary: " "}},
			},
			want: []string{",1,unknown,a:,", ",1,unknown,b:,"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			joined := several(t, test.sources, []string{"email", "idp_id", "idp_status", "idp_source", "title"})
			if diff := gocmp.Diff(test.want, lines(t, joined)); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			people := joined.Figures().People
			if people.Merged != test.merged || people.Conflicts != test.conflicts || people.Total != len(test.want) {
				t.Errorf("%d people, %d merged, %d conflicts, want %d, %d, %d",
					people.Total, people.Merged, people.Conflicts, len(test.want), test.merged, test.conflicts)
			}
			var doubts []string
			for _, d := range joined.Review() {
				doubts = append(doubts, d.Kind+" "+d.Who+": "+d.Why)
			}
			if diff := gocmp.Diff(test.doubts, doubts); diff != "" {
				t.Errorf("doubts (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAManagerOfAnotherSourceHasOneAddress(t *testing.T) {
	// References are one source's own: both call their boss "boss", and mean
	// different people.
	joined := several(t, [][]idp.Person{
		{
			{ID: "1", Primary: "boss@corp.example", Ref: "boss"},
			{ID: "2", Primary: "anna@corp.example", Manager: "boss"},
			{ID: "3", Primary: "ben@corp.example"},
			{ID: "4", Primary: "cora@corp.example", Manager: "gone"},
		},
		{
			{ID: "x", Primary: "other@corp.example", Ref: "boss", Aliases: []string{"chief@corp.example"}},
			{ID: "y", Primary: "ben@corp.example", Manager: "boss"},
			{ID: "z", Primary: "cora@corp.example", Manager: "boss"},
		},
		{
			{ID: "q", Primary: "chief@corp.example", Ref: "q"},
			{ID: "r", Primary: "dan@corp.example", Manager: "q"},
		},
	}, []string{"email", "manager_email"})
	want := []string{
		"anna@corp.example,boss@corp.example",
		"ben@corp.example,other@corp.example",
		"boss@corp.example,",
		"cora@corp.example,other@corp.example",
		"dan@corp.example,other@corp.example",
		"other@corp.example,",
	}
	if diff := gocmp.Diff(want, lines(t, joined)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

// together is who is one person, by comparing everybody with everybody until
// nothing changes: the ids of each person's records, sorted.
func together(sources [][]idp.Person) []string {
	type rec struct {
		source int
		idp.Person
	}
	var all []rec
	for s, people := range sources {
		for _, p := range people {
			all = append(all, rec{s, p})
		}
	}
	has := func(r rec, key string) bool {
		return slices.ContainsFunc(slices.Concat([]string{r.Primary}, r.Aliases, r.Logins), func(a string) bool { return join.ExactKey(a) == key })
	}
	isOne := func(a, b rec) bool {
		for _, address := range slices.Concat([]string{a.Primary}, a.Aliases, a.Logins) {
			key := join.ExactKey(address)
			if key == "" || !has(b, key) {
				continue
			}
			count := make(map[int]int)
			for _, r := range all {
				if has(r, key) {
					count[r.source]++
				}
			}
			unique := true
			for _, n := range count {
				unique = unique && n == 1
			}
			if unique {
				return true
			}
		}
		return false
	}
	var people []string
	done := make(map[string]bool)
	for _, r := range all {
		if done[r.ID] {
			continue
		}
		members := []rec{r}
		done[r.ID] = true
		for i := 0; i < len(members); i++ {
			for _, other := range all {
				if !done[other.ID] && isOne(members[i], other) {
					done[other.ID] = true
					members = append(members, other)
				}
			}
		}
		slices.SortFunc(members, func(a, b rec) int { return cmp.Compare(a.ID, b.ID) })
		sourcesSeen := make(map[int]bool)
		apart := false
		var ids []string
		for _, m := range members {
			apart = apart || sourcesSeen[m.source]
			sourcesSeen[m.source] = true
			ids = append(ids, m.ID)
		}
		if apart {
			people = append(people, ids...)
		} else {
			people = append(people, strings.Join(ids, "+"))
		}
	}
	slices.Sort(people)
	return people
}

func TestMergingAgreesWithComparingEverybody(t *testing.T) {
	merged := 0
	for seed := range uint64(1000) {
		r := rand.New(rand.NewPCG(seed, 1))
		address := func() string {
			return []string{"", "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "A", "B"}[r.IntN(14)] + "@corp.example"
		}
		sources := make([][]idp.Person, 1+r.IntN(3))
		for s := range sources {
			for i := range r.IntN(6) {
				// The ids sort as the sources do, and each is also an attribute
				// of the person, so that the row tells of whom it is made.
				p := idp.Person{ID: fmt.Sprintf("%d%d", s, i), Primary: address(), Status: idp.Status(r.IntN(3))}
				for r.IntN(3) == 0 {
					p.Aliases = append(p.Aliases, address())
				}
				for r.IntN(4) == 0 {
					p.Logins = append(p.Logins, address())
				}
				p.Fields = make([]idp.Value, 3)
				p.Fields[s] = idp.TextOf(p.ID)
				sources[s] = append(sources[s], p)
			}
		}
		joined := several(t, sources, []string{"title", "department", "division"})
		var got []string
		for _, line := range lines(t, joined) {
			got = append(got, strings.Join(strings.FieldsFunc(line, func(r rune) bool { return r == ',' }), "+"))
		}
		slices.Sort(got)
		if diff := gocmp.Diff(together(sources), got); diff != "" {
			t.Fatalf("seed %d: people (-naive +got):\n%s", seed, diff)
		}
		figures := joined.Figures().People
		records := 0
		for s := range sources {
			records += len(sources[s])
			shuffled := slices.Clone(sources[s])
			r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
			sources[s] = shuffled
		}
		if figures.Total+figures.Merged != records {
			t.Fatalf("seed %d: %d people and %d merged do not make %d records", seed, figures.Total, figures.Merged, records)
		}
		merged += figures.Merged
		again := several(t, sources, []string{"title", "department", "division"})
		if diff := gocmp.Diff(lines(t, joined), lines(t, again)); diff != "" {
			t.Fatalf("seed %d: the order of people shows (-first +shuffled):\n%s", seed, diff)
		}
		if diff := gocmp.Diff(joined.Review(), again.Review()); diff != "" {
			t.Fatalf("seed %d: the order of people shows in the review (-first +shuffled):\n%s", seed, diff)
		}
	}
	if merged < 400 {
		t.Errorf("only %d records were merged: the populations are too sparse", merged)
	}
}

// Where a source without ids has somebody is no part of the order of the rows.
func TestTheOrderOfPeopleWithoutIDsIsOfNoAccount(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for range 200 {
		people, _ := random(r)
		for i := range people {
			people[i].Fields = []idp.Value{idp.TextOf(fmt.Sprint("Title ", i%3))}
		}
		want := ""
		for round := range 3 {
			for i := range people {
				people[i].ID, people[i].Placed = fmt.Sprint("line ", i+2), true
			}
			got := strings.Join(lines(t, several(t, [][]idp.Person{people}, []string{"email", "idp_id", "idp_status", "title", "match"})), "\n")
			if round > 0 && got != want {
				t.Fatalf("rows (-want +got):\n%s", gocmp.Diff(want, got))
			}
			want = got
			r.Shuffle(len(people), func(i, j int) { people[i], people[j] = people[j], people[i] })
		}
	}
}

func TestARemarkIsOfThePersonAlone(t *testing.T) {
	placed := func(line int, address string, status idp.Status) idp.Person {
		return idp.Person{ID: fmt.Sprint("line ", line), Placed: true, Primary: address, Status: status}
	}
	joined := several(t, [][]idp.Person{
		{placed(2, "ann@corp.example", idp.Active)},
		{placed(2, "bob@corp.example", idp.Active), placed(3, "ann@corp.example", idp.Disabled)},
	}, []string{"email"})
	for address, want := range map[string][]string{
		"bob@corp.example": nil,
		"ann@corp.example": {"active in a:, disabled in b:; the source named first counts"},
	} {
		cases := joined.Explain(address).Cases
		if len(cases) != 1 {
			t.Fatalf("%d cases of %s", len(cases), address)
		}
		if diff := gocmp.Diff(want, cases[0].Remarks); diff != "" {
			t.Errorf("remarks about %s (-want +got):\n%s", address, diff)
		}
	}
	doubts := joined.Review()
	if len(doubts) != 1 || doubts[0].Who != "a: line 2" {
		t.Errorf("doubts %+v, want one about line 2 of a:", doubts)
	}
}
