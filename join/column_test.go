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

func TestColumnsAskForWhatTheyNeed(t *testing.T) {
	for _, test := range []struct {
		name    string
		specs   []string
		headers []string
		request idp.Request
	}{
		{
			name:    "what every person carries is not asked for",
			specs:   []string{"email", "idp_id", "idp_status", "idp_source", "coder_user", "match"},
			headers: []string{"email", "idp_id", "idp_status", "idp_source", "coder_user", "match"},
		},
		{
			name:    "a field asked for twice is asked for once",
			specs:   []string{"title", "Role=title"},
			headers: []string{"title", "Role"},
			request: idp.Request{Fields: []idp.Field{idp.Title}},
		},
		{
			name:    "fields count in any case and keep the case of their headers",
			specs:   []string{"Email", "Manager_Email"},
			headers: []string{"Email", "Manager_Email"},
			request: idp.Request{Fields: []idp.Field{idp.ManagerEmail}},
		},
		{
			name:    "what is no field is an attribute, in any case the same",
			specs:   []string{"roomNumber", "Room=roomnumber"},
			headers: []string{"roomNumber", "Room"},
			request: idp.Request{Attributes: []string{"roomNumber"}},
		},
		{
			name:    "attr: means the attribute where a field has its name",
			specs:   []string{"attr:title", "a=b=attr:name"},
			headers: []string{"title", "a=b"},
			request: idp.Request{Attributes: []string{"title", "name"}},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			columns, err := join.ParseColumns(test.specs)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.headers, columns.Headers()); diff != "" {
				t.Errorf("headers (-want +got):\n%s", diff)
			}
			got := columns.Request()
			if diff := cmp.Diff(test.request.Fields, got.Fields); diff != "" {
				t.Errorf("fields (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.request.Attributes, got.Attributes); diff != "" {
				t.Errorf("attributes (-want +got):\n%s", diff)
			}
		})
	}
}

func TestColumnsThatAreRefused(t *testing.T) {
	for _, test := range []struct {
		name  string
		specs []string
		want  string
	}{
		{"no column at all", nil, "there are none"},
		{"an empty column", []string{"email", " "}, `names no column`},
		{"a header without a source", []string{"Level="}, `"Level=" names no column`},
		{"a source without a header", []string{"=title"}, `"=title" names no column`},
		{"two equal headers", []string{"email", "email=title"}, `two columns are called "email"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := join.ParseColumns(test.specs)
			if fault.KindOf(err) != fault.Usage || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got error %v, want a usage error with %q", err, test.want)
			}
		})
	}
}

func TestEveryFieldIsAColumn(t *testing.T) {
	columns, err := join.ParseColumns(join.Fields())
	if err != nil {
		t.Fatal(err)
	}
	request := columns.Request()
	if diff := cmp.Diff(idp.MappedFields(), request.Fields); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
	if len(request.Attributes) > 0 {
		t.Errorf("taken for attributes: %q", request.Attributes)
	}
	for _, column := range join.DefaultColumns() {
		if !strings.Contains(" "+strings.Join(join.Fields(), " ")+" ", " "+column+" ") {
			t.Errorf("the default column %q is no field", column)
		}
	}
}

func TestAnAttributeThatNobodyHas(t *testing.T) {
	for _, test := range []struct{ column, hint string }{
		{"mangaer_email", "did you mean manager_email?"},
		{"departement", "did you mean department?"},
		{"coderuser", "did you mean coder_user?"},
		{"roomNumber", "--allow-missing-columns"},
	} {
		columns, err := join.ParseColumns([]string{test.column})
		if err != nil {
			t.Fatal(err)
		}
		population := join.NewPopulation(columns.Request())
		source := population.AddSource("test:")
		if err := source.Add(idp.Person{ID: "1", Attributes: make([]idp.Value, 1)}); err != nil {
			t.Fatal(err)
		}
		_, err = join.Join(population, nil, columns, join.Options{Join: join.Left})
		if fault.KindOf(err) != fault.Usage || !strings.Contains(err.Error(), test.hint) {
			t.Errorf("%s: got error %v, want a usage error with %q", test.column, err, test.hint)
		}
		allowed, err := join.Join(population, nil, columns, join.Options{Join: join.Left, AllowMissing: true})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{`""`}, lines(t, allowed)); diff != "" {
			t.Errorf("rows (-want +got):\n%s", diff)
		}
	}
}

func TestAPersonOfAnotherRequestIsRefused(t *testing.T) {
	source := join.NewPopulation(idp.Request{Fields: []idp.Field{idp.Title}}).AddSource("test:")
	if err := source.Add(idp.Person{ID: "1"}); err == nil {
		t.Error("a person without the field that was asked for was taken")
	}
}

func TestConditionsChooseRows(t *testing.T) {
	people := []idp.Person{
		{ID: "1", Status: idp.Active, Primary: "a@corp.example", Attributes: []idp.Value{idp.ListOf("admins", "staff")}},
		{ID: "2", Status: idp.Disabled, Primary: "b@corp.example", Attributes: []idp.Value{idp.TextOf("staff")}},
		{ID: "3", Status: idp.Active, Primary: "c@corp.example", Attributes: make([]idp.Value, 1)},
	}
	users := []coder.User{user("a", "a@corp.example"), user("c", "c@corp.example", suspended)}
	for _, test := range []struct {
		where []string
		want  string
	}{
		{nil, "1 2 3"},
		{[]string{"coder_user=true"}, "1 3"},
		{[]string{"coder_user=true", "coder_status!=suspended"}, "1"},
		{[]string{"Team=staff"}, "1 2"},
		{[]string{"attr:team!=admins"}, "2 3"},
		{[]string{"team="}, "3"},
		{[]string{"team!="}, "1 2"},
		{[]string{"IDP_Status=disabled"}, "2"},
		{[]string{"match=none", "coder_user=true"}, ""},
	} {
		columns, err := join.ParseColumns([]string{"idp_id", "team"})
		if err != nil {
			t.Fatal(err)
		}
		if err := columns.Where(test.where); err != nil {
			t.Fatal(err)
		}
		population := join.NewPopulation(columns.Request())
		source := population.AddSource("test:")
		for _, p := range people {
			if err := source.Add(p); err != nil {
				t.Fatal(err)
			}
		}
		joined, err := join.Join(population, users, columns, join.Options{Join: join.Left})
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		written, err := joined.Write(join.NewCSV(&b, join.CSVOptions{}))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for line := range strings.Lines(b.String()) {
			if id, _, _ := strings.Cut(line, ","); id != "idp_id" {
				got = append(got, id)
			}
		}
		if strings.Join(got, " ") != test.want || written.Rows != len(got) || written.Rows+written.LeftOut != len(people) {
			t.Errorf("%q gave %q (%d rows, %d left out), want %q", test.where, got, written.Rows, written.LeftOut, test.want)
		}
	}
	var columns join.Columns
	for _, spec := range []string{"coder_user", "=x", "!=x", ""} {
		if err := columns.Where([]string{spec}); fault.KindOf(err) != fault.Usage {
			t.Errorf("%q: got error %v, want a usage error", spec, err)
		}
	}
}

func TestColumnsAndConditionsSayWhetherTheyNeedUsage(t *testing.T) {
	for _, test := range []struct {
		columns, where []string
		usage, levels  bool
	}{
		{columns: join.DefaultColumns()},
		{columns: []string{"email", "coder_active", "attr:coder_active_days"}},
		{columns: []string{"email", "Days=coder_active_days"}, usage: true},
		{columns: []string{"Coder_Active_Seconds"}, usage: true},
		{columns: []string{"coder_last_active_day"}, usage: true},
		{columns: []string{"Level=coder_usage_level"}, usage: true, levels: true},
		{columns: []string{"email"}, where: []string{"coder_active_days=0"}, usage: true},
		{columns: []string{"email"}, where: []string{"CODER_usage_level!=None"}, usage: true, levels: true},
		{columns: []string{"email"}, where: []string{"coder_user=true"}},
	} {
		columns, err := join.ParseColumns(test.columns)
		if err != nil {
			t.Fatal(err)
		}
		if err := columns.Where(test.where); err != nil {
			t.Fatal(err)
		}
		if columns.NeedsUsage() != test.usage || columns.NeedsLevels() != test.levels {
			t.Errorf("%q where %q: usage %t, levels %t; want %t and %t", test.columns, test.where,
				columns.NeedsUsage(), columns.NeedsLevels(), test.usage, test.levels)
		}
	}
	dx, err := join.ParseDXColumns(join.DefaultDXColumns(true))
	if err != nil {
		t.Fatal(err)
	}
	if !dx.NeedsUsage() || !dx.NeedsLevels() {
		t.Error("the columns for DX forgot that they need usage")
	}
}

func TestUsageIsOfTheMatchedAccount(t *testing.T) {
	using := func(usage coder.Usage) func(*coder.User) {
		return func(u *coder.User) { u.Usage = &usage }
	}
	people := []idp.Person{
		person("1", "heavy@corp.example"), person("2", "idle@corp.example"), person("3", "nobody@corp.example"),
		person("4", "shared@corp.example"), person("5", "shared@corp.example"), person("6", ""), person("7", "unread@corp.example"),
	}
	users := []coder.User{
		user("heavy", "heavy@corp.example", using(coder.Usage{Days: 20, Seconds: 576000, LastDay: "2025-03-28", Level: coder.Heavy})),
		user("idle", "idle@corp.example", using(coder.Usage{Level: coder.NoUse})),
		user("shared", "shared@corp.example", using(coder.Usage{Days: 1, Seconds: 60, LastDay: "2025-03-03", Level: coder.Minimal})),
		user("unread", "unread@corp.example"),
	}
	columns := []string{"idp_id", "coder_active_days", "coder_active_seconds", "coder_last_active_day", "coder_usage_level"}
	want := []string{
		"1,20,576000,2025-03-28,Heavy",
		"2,0,0,,None",
		"3,,,,None",
		"4,,,,",
		"5,,,,",
		",1,60,2025-03-03,Minimal", // the shared account's own row
		"7,,,,",
		"6,,,,None",
	}
	got := lines(t, table(t, people, users, columns, join.Options{Join: join.Full}))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}
