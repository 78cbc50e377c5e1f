package join_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cohort/coder"
	"cohort/idp"
	"cohort/join"
)

// person makes someone who is called by id and active.
func person(id, primary string, more ...func(*idp.Person)) idp.Person {
	p := idp.Person{ID: id, Status: idp.Active, Primary: primary}
	for _, change := range more {
		change(&p)
	}
	return p
}

func disabled(p *idp.Person) { p.Status = idp.Disabled }
func unknown(p *idp.Person)  { p.Status = idp.Unknown }
func alias(addresses ...string) func(*idp.Person) {
	return func(p *idp.Person) { p.Aliases = addresses }
}
func login(addresses ...string) func(*idp.Person) {
	return func(p *idp.Person) { p.Logins = addresses }
}

// user makes an active account that is called by its username.
func user(username, email string, more ...func(*coder.User)) coder.User {
	u := coder.User{ID: "id-" + username, Username: username, Email: email, Status: coder.StatusActive}
	for _, change := range more {
		change(&u)
	}
	return u
}

func suspended(u *coder.User) { u.Status = coder.StatusSuspended }

// table joins and fails the test where that is refused.
func table(t testing.TB, people []idp.Person, users []coder.User, columns []string, options join.Options) *join.Table {
	t.Helper()
	parsed, err := join.ParseColumns(columns)
	if err != nil {
		t.Fatal(err)
	}
	population := join.NewPopulation(parsed.Request())
	source := population.AddSource("test:")
	for _, p := range people {
		if err := source.Add(p); err != nil {
			t.Fatal(err)
		}
	}
	if options.Join == "" {
		options.Join = join.Left
	}
	joined, err := join.Join(population, users, parsed, options)
	if err != nil {
		t.Fatal(err)
	}
	return joined
}

// lines renders a table as CSV without its header.
func lines(t testing.TB, joined *join.Table) []string {
	t.Helper()
	var b strings.Builder
	if _, err := joined.Write(join.NewCSV(&b, join.CSVOptions{})); err != nil {
		t.Fatal(err)
	}
	_, rows, _ := strings.Cut(b.String(), "\n")
	if rows == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(rows, "\n"), "\n")
}

func TestTheLadder(t *testing.T) {
	for _, test := range []struct {
		name    string
		people  []idp.Person
		users   []coder.User
		domains join.DomainAliases
		want    []string // idp_id,match,coder_username,match_email
		figures join.UserFigures
	}{
		{
			name:    "a primary address matches in any case",
			people:  []idp.Person{person("1", " Anna@Corp.example ")},
			users:   []coder.User{user("anna", "anna@corp.EXAMPLE")},
			want:    []string{"1,email,anna,Anna@Corp.example"},
			figures: join.UserFigures{Total: 1, Matched: 1},
		},
		{
			name:    "an alias matches what no primary address did",
			people:  []idp.Person{person("1", "anna@corp.example", alias("aa@corp.example"))},
			users:   []coder.User{user("aa", "aa@corp.example")},
			want:    []string{"1,alias,aa,aa@corp.example"},
			figures: join.UserFigures{Total: 1, Matched: 1},
		},
		{
			name:    "a primary address wins over another person's alias, whoever comes first",
			people:  []idp.Person{person("1", "x@corp.example", alias("bob@corp.example")), person("2", "bob@corp.example")},
			users:   []coder.User{user("bob", "bob@corp.example")},
			want:    []string{"2,email,bob,bob@corp.example", "1,none,,"},
			figures: join.UserFigures{Total: 1, Matched: 1},
		},
		{
			name:    "a login matches last of the exact rungs",
			people:  []idp.Person{person("1", "a@corp.example", login("u1@corp.example"))},
			users:   []coder.User{user("u1", "u1@corp.example")},
			want:    []string{"1,login,u1,u1@corp.example"},
			figures: join.UserFigures{Total: 1, Matched: 1},
		},
		{
			name:    "NFC and NFD meet on the normalized rung",
			people:  []idp.Person{person("1", "j\u00fcrgen@corp.example")},
			users:   []coder.User{user("j", "ju\u0308rgen@corp.example")},
			want:    []string{"1,normalized,j,jürgen@corp.example"},
			figures: join.UserFigures{Total: 1, Matched: 1},
		},
		{
			name:    "a domain alias is the last rung",
			people:  []idp.Person{person("1", "a@new.example")},
			users:   []coder.User{user("a", "a@old.example")},
			domains: join.DomainAliases{"old.example": "new.example"},
			want:    []string{"1,domain,a,a@new.example"},
			figures: join.UserFigures{Total: 1, Matched: 1},
		},
		{
			name:    "without a domain alias another domain is another person",
			people:  []idp.Person{person("1", "a@new.example")},
			users:   []coder.User{user("a", "a@old.example")},
			want:    []string{"1,none,,"},
			figures: join.UserFigures{Total: 1, Unmatched: 1},
		},
		{
			name:    "letters that only EqualFold takes for equal do not match",
			people:  []idp.Person{person("1", "me\u017Fsner@corp.example"), person("2", "\u0131lker@corp.example")},
			users:   []coder.User{user("m", "messner@corp.example"), user("i", "ilker@corp.example")},
			want:    []string{"1,none,,", "2,none,,"},
			figures: join.UserFigures{Total: 2, Unmatched: 2},
		},
		{
			name:    "empty addresses match nothing",
			people:  []idp.Person{person("1", ""), person("2", " ", alias(""), login(" "))},
			users:   []coder.User{user("svc", ""), user("svc2", " ")},
			want:    []string{"1,none,,", "2,none,,"},
			figures: join.UserFigures{Total: 2, WithoutAddress: 2},
		},
		{
			name:    "of two people with one address the one who is not disabled has it",
			people:  []idp.Person{person("1", "a@corp.example", disabled), person("2", "a@corp.example", unknown)},
			users:   []coder.User{user("a", "a@corp.example")},
			want:    []string{"1,none,,", "2,email,a,a@corp.example"},
			figures: join.UserFigures{Total: 1, Matched: 1},
		},
		{
			name:    "a disabled person alone has the address",
			people:  []idp.Person{person("1", "a@corp.example", disabled)},
			users:   []coder.User{user("a", "a@corp.example")},
			want:    []string{"1,email,a,a@corp.example"},
			figures: join.UserFigures{Total: 1, Matched: 1},
		},
		{
			name:    "two living people with one address are ambiguous, and spent",
			people:  []idp.Person{person("1", "a@corp.example", alias("b@corp.example")), person("2", "a@corp.example")},
			users:   []coder.User{user("a", "a@corp.example"), user("b", "b@corp.example")},
			want:    []string{"1,ambiguous,,", "2,ambiguous,,"},
			figures: join.UserFigures{Total: 2, Ambiguous: 1, Unmatched: 1},
		},
		{
			name:    "two disabled people with one address are ambiguous",
			people:  []idp.Person{person("1", "a@corp.example", disabled), person("2", "a@corp.example", disabled)},
			users:   []coder.User{user("a", "a@corp.example")},
			want:    []string{"1,ambiguous,,", "2,ambiguous,,"},
			figures: join.UserFigures{Total: 1, Ambiguous: 1},
		},
		{
			name:    "an address that two people share and no account has is not ambiguous",
			people:  []idp.Person{person("1", "a@corp.example", alias("b@corp.example")), person("2", "a@corp.example")},
			users:   []coder.User{user("b", "b@corp.example")},
			want:    []string{"1,alias,b,b@corp.example", "2,none,,"},
			figures: join.UserFigures{Total: 1, Matched: 1},
		},
		{
			name:    "two accounts with one key are ambiguous",
			people:  []idp.Person{person("1", "j\u00fc@corp.example", login("x@corp.example"))},
			users:   []coder.User{user("a", "JU\u0308@corp.example"), user("b", "ju\u0308@CORP.example")},
			want:    []string{"1,ambiguous,,"},
			figures: join.UserFigures{Total: 2, Ambiguous: 2},
		},
		{
			name:    "an alias with an account of its own is a second account",
			people:  []idp.Person{person("1", "a@corp.example", alias("b@corp.example"))},
			users:   []coder.User{user("a", "a@corp.example"), user("b", "b@corp.example")},
			want:    []string{"1,email,a,a@corp.example"},
			figures: join.UserFigures{Total: 2, Matched: 1, Second: 1},
		},
		{
			name:    "of two aliases with accounts the one in use is the match",
			people:  []idp.Person{person("1", "", alias("a@corp.example", "b@corp.example"))},
			users:   []coder.User{user("a", "a@corp.example", suspended), user("b", "b@corp.example")},
			want:    []string{"1,alias,b,b@corp.example"},
			figures: join.UserFigures{Total: 2, Matched: 1, Second: 1},
		},
		{
			name:    "of two aliases with accounts in use the first in order is the match",
			people:  []idp.Person{person("1", "", alias("b@corp.example", "a@corp.example"))},
			users:   []coder.User{user("b", "b@corp.example"), user("a", "a@corp.example")},
			want:    []string{"1,alias,a,a@corp.example"},
			figures: join.UserFigures{Total: 2, Matched: 1, Second: 1},
		},
		{
			name: "a left-over account whose address two matched people have is ambiguous",
			people: []idp.Person{
				person("1", "a@corp.example", alias("team@corp.example")),
				person("2", "b@corp.example", alias("team@corp.example")),
			},
			users:   []coder.User{user("a", "a@corp.example"), user("b", "b@corp.example"), user("team", "team@corp.example")},
			want:    []string{"1,email,a,a@corp.example", "2,email,b,b@corp.example"},
			figures: join.UserFigures{Total: 3, Matched: 2, Ambiguous: 1},
		},
		{
			name: "an alias that somebody else has too is nobody's, also when that one is matched already",
			people: []idp.Person{
				person("1", "a@corp.example", alias("team@corp.example")),
				person("2", "b@corp.example", alias("team@corp.example")),
			},
			users:   []coder.User{user("a", "a@corp.example"), user("team", "team@corp.example")},
			want:    []string{"1,email,a,a@corp.example", "2,ambiguous,,"},
			figures: join.UserFigures{Total: 2, Matched: 1, Ambiguous: 1},
		},
		{
			name: "an alias of a matched person and a disabled one is a second account",
			people: []idp.Person{
				person("1", "a@corp.example", alias("team@corp.example")),
				person("2", "b@corp.example", alias("team@corp.example"), disabled),
			},
			users:   []coder.User{user("a", "a@corp.example"), user("team", "team@corp.example")},
			want:    []string{"1,email,a,a@corp.example", "2,none,,"},
			figures: join.UserFigures{Total: 2, Matched: 1, Second: 1},
		},
		{
			name: "a disputed alias does not take the undisputed one away",
			people: []idp.Person{
				person("1", "", alias("mine@corp.example", "team@corp.example")),
				person("2", "", alias("team@corp.example")),
			},
			users:   []coder.User{user("mine", "mine@corp.example"), user("team", "team@corp.example")},
			want:    []string{"1,alias,mine,mine@corp.example", "2,ambiguous,,"},
			figures: join.UserFigures{Total: 2, Matched: 1, Ambiguous: 1},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			joined := table(t, test.people, test.users,
				[]string{"idp_id", "match", "coder_username", "match_email"}, join.Options{Domains: test.domains})
			if diff := cmp.Diff(test.want, lines(t, joined)); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.figures, joined.Figures().Users); diff != "" {
				t.Errorf("Coder users (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEveryKindOfJoin(t *testing.T) {
	people := []idp.Person{
		person("1", "a@corp.example"),
		person("2", "b@corp.example"),
		person("3", "twins@corp.example"),
		person("4", "twins@corp.example"),
	}
	users := []coder.User{
		user("a", "a@corp.example"),
		user("orphan", "o@else.example", suspended),
		user("twin", "twins@corp.example"),
		user("svc", ""),
	}
	rows := map[string]string{
		"a":    "a@corp.example,1,true,true,a,email",
		"b":    "b@corp.example,2,false,false,,none",
		"3":    "twins@corp.example,3,,,,ambiguous",
		"4":    "twins@corp.example,4,,,,ambiguous",
		"o":    "o@else.example,,true,false,orphan,none",
		"twin": "twins@corp.example,,true,true,twin,ambiguous",
		"svc":  ",,true,true,svc,none",
	}
	for _, test := range []struct {
		kind join.Kind
		want string
	}{
		{join.Left, "a b 3 4"},
		{join.Inner, "a"},
		{join.Right, "a o twin svc"},
		{join.Full, "a b o 3 4 twin svc"},
		{join.LeftAnti, "b"},
		{join.RightAnti, "o svc"},
	} {
		t.Run(string(test.kind), func(t *testing.T) {
			var want []string
			for name := range strings.FieldsSeq(test.want) {
				want = append(want, rows[name])
			}
			got := lines(t, table(t, people, users,
				[]string{"email", "idp_id", "coder_user", "coder_active", "coder_username", "match"}, join.Options{Join: test.kind}))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
}

func TestManagersBecomeAddresses(t *testing.T) {
	columns, err := join.ParseColumns([]string{"idp_id", "manager_email"})
	if err != nil {
		t.Fatal(err)
	}
	population := join.NewPopulation(columns.Request())
	source := population.AddSource("test:")
	for _, p := range []idp.Person{
		{ID: "1", Primary: "boss@corp.example", Ref: "boss"},
		{ID: "2", Ref: "nomail", Manager: "boss"},
		{ID: "3", Manager: "nomail"},
		{ID: "4", Manager: "left the company"},
		{ID: "6", Manager: "outside"},
		{ID: "5", Manager: "boss", Fields: []idp.Value{idp.TextOf("told@corp.example")}},
	} {
		if p.Fields == nil {
			p.Fields = make([]idp.Value, 1)
		}
		if err := source.Add(p); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"left the company", "outside"}, source.MissingManagers()); diff != "" {
		t.Errorf("missing managers (-want +got):\n%s", diff)
	}
	source.AddManagers(map[string]string{"outside": " outside@corp.example"})
	joined, err := join.Join(population, nil, columns, join.Options{Join: join.Left})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"1,", "2,boss@corp.example", "3,", "4,", "5,told@corp.example", "6,outside@corp.example"}
	if diff := cmp.Diff(want, lines(t, joined)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}
