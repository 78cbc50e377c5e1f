package join_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cohort/coder"
	"cohort/idp"
	"cohort/internal/fault"
	"cohort/join"
)

// forDX joins people, whose attributes are Team and Since, for DX.
func forDX(t testing.TB, people []idp.Person, users []coder.User, columns []string, known string, where ...string) (*join.DX, error) {
	t.Helper()
	parsed, err := join.ParseDXColumns(columns)
	if err != nil {
		return nil, err
	}
	if err := parsed.Where(where); err != nil {
		t.Fatal(err)
	}
	population := join.NewPopulation(parsed.Request())
	source := population.AddSource("test:")
	for _, p := range people {
		p.Attributes = p.Attributes[:len(parsed.Request().Attributes)]
		if err := source.Add(p); err != nil {
			t.Fatal(err)
		}
	}
	joined, err := join.Join(population, users, parsed, join.Options{Join: join.Left, AllowMissing: true})
	if err != nil {
		t.Fatal(err)
	}
	if known == "" {
		return joined.DX(nil)
	}
	in, err := join.ReadDXUsers(strings.NewReader(known))
	if err != nil {
		t.Fatal(err)
	}
	return joined.DX(in)
}

// files are the parts as CSV, each behind what it lacks.
func files(t testing.TB, dx *join.DX) []string {
	t.Helper()
	var all []string
	for _, part := range dx.Parts() {
		var b strings.Builder
		if _, err := dx.Write(&b, part, ";"); err != nil {
			t.Fatal(err)
		}
		all = append(all, strings.Join(part.Without, ",")+"\n"+b.String())
	}
	return all
}

func dxPeople() []idp.Person {
	attributes := func(team, since string) []idp.Value { return []idp.Value{idp.TextOf(team), idp.TextOf(since)} }
	return []idp.Person{
		{ID: "1", Status: idp.Active, Primary: " Anna@Corp.example", Attributes: attributes("=Red", "2024-02-01")},
		{ID: "2", Status: idp.Active, Primary: "ben@corp.example", Attributes: attributes("", "2023-05-06T00:00:00Z")},
		{ID: "3", Status: idp.Unknown, Primary: "cora@corp.example", Attributes: attributes("Blue", "")},
		{ID: "4", Status: idp.Disabled, Primary: "gone@corp.example", Attributes: attributes("Blue", "")},
		{ID: "5", Status: idp.Active, Logins: []string{"dan@corp.example"}, Attributes: attributes("", "")},
		{ID: "6", Status: idp.Active, Primary: "twin@corp.example", Attributes: attributes("", "")},
		{ID: "7", Status: idp.Active, Primary: "TWIN@corp.example", Attributes: attributes("", "")},
		{ID: "8", Status: idp.Active, Primary: "lab@corp.example", Attributes: attributes("", "")},
		{ID: "9", Status: idp.Active, Primary: "lab@corp.example", Attributes: attributes("", "")},
	}
}

func TestDXGetsOneCertainRowAPerson(t *testing.T) {
	users := []coder.User{user("a", "anna@corp.example"), user("c", "cora@corp.example", suspended), user("l", "lab@corp.example")}
	for _, test := range []struct {
		name    string
		columns []string
		known   string
		want    []string
		figures join.DXFigures
	}{
		{
			"the default says who has an active account", join.DefaultDXColumns(false), "",
			[]string{"\nemail,attribute:Coder\nanna@corp.example,Yes\nben@corp.example,No\ncora@corp.example,No\n"},
			join.DXFigures{Rows: 3, WithoutAddress: 1, Ambiguous: 2, Disabled: 1, Duplicate: 2},
		},
		{
			"nothing is escaped, and an empty attribute is a word", []string{"email", "Team", "attribute:coder user=coder_user"}, "",
			[]string{"\nemail,attribute:Team,attribute:coder user\nanna@corp.example,=Red,Yes\nben@corp.example,None,No\ncora@corp.example,Blue,Yes\n"},
			join.DXFigures{Rows: 3, WithoutAddress: 1, Ambiguous: 2, Disabled: 1, Duplicate: 2},
		},
		{
			"who lacks a core property goes to a file without it", []string{"Team", "startdate=Since", "email"}, "",
			[]string{
				"\nattribute:Team,startdate,email\n=Red,2024-02-01,anna@corp.example\nNone,2023-05-06,ben@corp.example\n",
				"startdate\nattribute:Team,email\nBlue,cora@corp.example\n",
			},
			join.DXFigures{Rows: 3, WithoutAddress: 1, Ambiguous: 2, Disabled: 1, Duplicate: 2},
		},
		{
			"only whom DX knows, in whatever case", join.DefaultDXColumns(false), "\ufeffName,Email\nA,ANNA@corp.example\nX,elsewhere@corp.example\nG,gone@corp.example\n",
			[]string{"\nemail,attribute:Coder\nanna@corp.example,Yes\n"},
			join.DXFigures{Rows: 1, WithoutAddress: 1, Ambiguous: 2, Disabled: 1, Duplicate: 2, Unknown: 2, NotWritten: 2},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			dx, err := forDX(t, dxPeople(), users, test.columns, test.known)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, files(t, dx)); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.figures, dx.Figures); diff != "" {
				t.Errorf("figures (-want +got):\n%s", diff)
			}
			f := dx.Figures
			if sum := f.Rows + f.WithoutAddress + f.Ambiguous + f.Disabled + f.Duplicate + f.Unknown; sum != len(dxPeople()) {
				t.Errorf("the figures add up to %d of %d people", sum, len(dxPeople()))
			}
			if left := len(dxPeople()) - f.Rows; len(dx.LeftOut()) != left {
				t.Errorf("%d people are listed as left out, want %d", len(dx.LeftOut()), left)
			}
		})
	}
}

func TestASlipForDXIsRefused(t *testing.T) {
	for _, test := range []struct {
		name    string
		columns []string
		want    string
	}{
		{"no email", []string{"Coder=coder_active"}, "add email"},
		{"nothing but email", []string{"email"}, "tells DX nothing"},
		{"email in another case", []string{"Email=email", "Coder=coder_user"}, "write email as it is"},
		{"another address as email", []string{"email=username", "Coder=coder_user"}, "write email as it is"},
		{"a property in another spelling", []string{"email", "start_date"}, "write startdate=start_date"},
		{"a property in another case", []string{"email", "GitHubUsername=username"}, "nearly DX's own property githubusername"},
		{"two spellings of an attribute", []string{"email", "Coder=coder_user", "coder=coder_active"}, "differ only in case"},
		{"an attribute without a name", []string{"email", "attribute:=coder_user"}, "no name"},
		{"an attribute that nobody has", []string{"email", "Teem"}, "attribute:Teem is empty for everybody"},
		{"a date that is none", []string{"email", "startdate=Team"}, "YYYY-MM-DD"},
	} {
		people := dxPeople()
		if test.name == "an attribute that nobody has" {
			people = []idp.Person{{ID: "1", Primary: "a@corp.example", Attributes: make([]idp.Value, 1)}}
		}
		_, err := forDX(t, people, nil, test.columns, "")
		if fault.KindOf(err) != fault.Usage || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got error %v, want a usage error with %q", test.name, err, test.want)
		}
	}
}

func TestUsersOfDX(t *testing.T) {
	for _, test := range []struct{ name, file, want string }{
		{"an empty file", "", "the file is empty"},
		{"no column email", "Name,Mail\nA,a@corp.example\n", "no column email"},
		{"no users", "email\n\n", "it has no users"},
		{"a short line", "name,email\nA\n", "line 2"},
	} {
		if _, err := join.ReadDXUsers(strings.NewReader(test.file)); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got error %v, want %q in it", test.name, err, test.want)
		}
	}
	columns, err := join.ParseDXColumns([]string{"email", "Coder=coder_user", "Team"})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, headers string
		fresh         []string
		want          string
	}{
		{"a file without attributes tells nothing", "email", nil, ""},
		{"what DX has is not new", "email,attribute:Team,attribute:Coder", nil, ""},
		{"what DX does not have is told", "email,attribute:Team", []string{"Coder"}, ""},
		{"another spelling is refused", "email,attribute:coder", nil, `DX has the attribute "coder"`},
		{"also without its mark", "email,TEAM", nil, `DX has the attribute "TEAM"`},
	} {
		users, err := join.ReadDXUsers(strings.NewReader(test.headers + "\n" + strings.Replace(test.headers, "email", "a@corp.example", 1) + "\n"))
		if err != nil {
			t.Fatal(err)
		}
		fresh, err := users.Check(columns)
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s: got error %v, want %q", test.name, err, test.want)
		}
		if diff := cmp.Diff(test.fresh, fresh); test.want == "" && diff != "" {
			t.Errorf("%s: new attributes (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestAccountsWithoutAPersonAreNotForDX(t *testing.T) {
	columns, err := join.ParseDXColumns(join.DefaultDXColumns(false))
	if err != nil {
		t.Fatal(err)
	}
	population := join.NewPopulation(columns.Request())
	for _, kind := range []join.Kind{join.Right, join.Full, join.RightAnti} {
		joined, err := join.Join(population, nil, columns, join.Options{Join: kind})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := joined.DX(nil); fault.KindOf(err) != fault.Usage {
			t.Errorf("%s: got error %v, want a usage error", kind, err)
		}
	}
}

func TestWhatDXWouldShowAsNothingIsAbsent(t *testing.T) {
	person := func(id, team, since string) idp.Person {
		return idp.Person{ID: id, Status: idp.Active, Primary: id + "@corp.example", Attributes: []idp.Value{idp.TextOf(team), idp.TextOf(since)}}
	}
	columns := []string{"email", "Team", "githubusername=Since"}
	dx, err := forDX(t, []idp.Person{person("a", "\x00", "ada"), person("b", " ", "\x00\t"), person("c", "Red\r\nteam", "cora")}, nil, columns, "")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if written, err := dx.Write(&b, dx.Parts()[0], ""); err != nil || written.Changes.NUL != 1 {
		t.Errorf("%d NULs were counted, error %v, want 1", written.Changes.NUL, err)
	}
	want := []string{
		"\nemail,attribute:Team,githubusername\na@corp.example,None,ada\nc@corp.example,\"Red\r\nteam\",cora\n",
		"githubusername\nemail,attribute:Team\nb@corp.example,None\n",
	}
	if diff := cmp.Diff(want, files(t, dx)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	_, err = forDX(t, []idp.Person{person("a", "\x00", "ada"), person("b", " ", "bob")}, nil, columns, "")
	if fault.KindOf(err) != fault.Usage || !strings.Contains(err.Error(), "attribute:Team is empty for everybody") {
		t.Errorf("a column of NULs and blanks: error %v", err)
	}
}

// Whatever rows are chosen, an e-mail of several people is nobody's.
func TestAnEmailOfSeveralPeopleGoesToNobody(t *testing.T) {
	person := func(id, email, alias, team string) idp.Person {
		p := idp.Person{ID: id, Status: idp.Active, Primary: email, Attributes: []idp.Value{idp.TextOf(team)}}
		p.AddAlias(alias)
		return p
	}
	people := []idp.Person{
		person("1", "shared@corp.example", "ada@corp.example", "A"), person("2", "Shared@corp.example", "", "B"),
		person("3", "zed@corp.example", "ada@corp.example", "C"), person("4", "cy@corp.example", "", "D"),
	}
	users := []coder.User{user("ada", "ada@corp.example"), user("cy", "cy@corp.example")}
	for _, test := range []struct {
		name  string
		where []string
		want  string
	}{
		{"one of whom is ambiguous", nil, "cy@corp.example,D\n"},
		{"one of whom does not meet a condition", []string{"Team!=A"}, "cy@corp.example,D\n"},
	} {
		dx, err := forDX(t, people, users, []string{"email", "Team"}, "", test.where...)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"\nemail,attribute:Team\n" + test.want}, files(t, dx)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestHeadersOfDXHaveNoBlanks(t *testing.T) {
	columns, err := join.ParseDXColumns([]string{" email ", "Coder = coder_active"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"email", "attribute:Coder"}, columns.Headers()); diff != "" {
		t.Errorf("headers (-want +got):\n%s", diff)
	}
	for _, spec := range []string{"attribute: Coder=coder_active", "Attribute:Coder=coder_active"} {
		if _, err := join.ParseDXColumns([]string{"email", spec}); fault.KindOf(err) != fault.Usage {
			t.Errorf("%q: error %v, want one of usage", spec, err)
		}
	}
}

func TestFormulasInListsForDXAreCounted(t *testing.T) {
	list := idp.Person{ID: "1", Status: idp.Active, Primary: "a@corp.example", Attributes: []idp.Value{idp.ListOf("=cmd()", "x"), {}}}
	hidden := idp.Person{ID: "2", Status: idp.Active, Primary: "b@corp.example", Attributes: []idp.Value{idp.TextOf("\x00=1+1"), {}}}
	dx, err := forDX(t, []idp.Person{list, hidden}, nil, []string{"email", "Team"}, "")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	written, err := dx.Write(&b, dx.Parts()[0], "")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("email,attribute:Team\na@corp.example,=cmd()|x\nb@corp.example,=1+1\n", b.String()); diff != "" {
		t.Errorf("file (-want +got):\n%s", diff)
	}
	if written.Changes.FormulasKept != 2 {
		t.Errorf("%d formulas are counted, want 2", written.Changes.FormulasKept)
	}
}
