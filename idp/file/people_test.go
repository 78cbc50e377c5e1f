package file_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cohort/idp"
	"cohort/idp/file"
	"cohort/internal/awkward"
	"cohort/internal/fault"
	"cohort/join"
)

// exports are the headers of well-known exports with one person in them, and
// what that person must be.
func TestWellKnownExports(t *testing.T) {
	fields := []idp.Field{
		idp.Name, idp.GivenName, idp.FamilyName, idp.Username, idp.Title, idp.Department, idp.Organization, idp.EmployeeID,
		idp.EmployeeType, idp.ManagerEmail, idp.City, idp.Country, idp.StartDate, idp.Groups, idp.StatusRaw,
	}
	for _, test := range []struct {
		name, file, text string
		want             idp.Person
		fields           map[idp.Field]idp.Value
	}{
		{
			"Get-ADUser", "ad.csv",
			"#TYPE Microsoft.ActiveDirectory.Management.ADUser\r\n" +
				`"City","CN","Company","co","Country","countryCode","Department","DisplayName","DistinguishedName","EmailAddress","EmployeeID","Enabled","GivenName","l","mail","Manager","MemberOf","Name","ObjectGUID","proxyAddresses","SamAccountName","sn","Surname","Title","userAccountControl","UserPrincipalName"` + "\r\n" +
				`"London","Ada Lovelace","Corp","United Kingdom","GB","826","R&D","Ada Lovelace","CN=Ada Lovelace,OU=People,DC=corp,DC=example","ada@corp.example","17","True","Ada","London","Ada@corp.example","CN=Grace Hopper,OU=People,DC=corp,DC=example","CN=Tea\, Biscuits,OU=Groups,DC=corp,DC=example;CN=Math,OU=Groups,DC=corp,DC=example","Ada Lovelace","c0ffee00-0000-4000-8000-000000000001","SMTP:ada@corp.example;smtp:a.lovelace@corp.example;X400:c=GB","ada","Lovelace","Lovelace","Analyst","512","ada@ad.corp.example"` + "\r\n",
			idp.Person{
				ID: "c0ffee00-0000-4000-8000-000000000001", Status: idp.Active, Primary: "ada@corp.example",
				Aliases: []string{"a.lovelace@corp.example"}, Logins: []string{"ada@ad.corp.example"},
				Manager: "cn=grace hopper,ou=people,dc=corp,dc=example",
			},
			map[idp.Field]idp.Value{
				idp.Name: idp.TextOf("Ada Lovelace"), idp.GivenName: idp.TextOf("Ada"), idp.FamilyName: idp.TextOf("Lovelace"), idp.Username: idp.TextOf("ada"),
				idp.Title: idp.TextOf("Analyst"), idp.Department: idp.TextOf("R&D"), idp.Organization: idp.TextOf("Corp"), idp.EmployeeID: idp.TextOf("17"),
				idp.City: idp.TextOf("London"), idp.Country: idp.TextOf("GB"), idp.Groups: idp.ListOf("Tea, Biscuits", "Math"),
				idp.StatusRaw: idp.ListOf("Enabled=True", "512"),
			},
		},
		{
			"Google Workspace", "google.csv",
			"First Name [Required],Last Name [Required],Email Address [Required],Status [READ ONLY],Employee ID,Employee Title,Manager Email,Department,New Status [UPLOAD ONLY]\n" +
				"Ada,Lovelace,ada@corp.example,Suspended,17,Analyst,grace@corp.example,R&D,\n",
			idp.Person{ID: "line 2", Placed: true, Status: idp.Disabled, Primary: "ada@corp.example"},
			map[idp.Field]idp.Value{
				idp.GivenName: idp.TextOf("Ada"), idp.FamilyName: idp.TextOf("Lovelace"), idp.Title: idp.TextOf("Analyst"), idp.Department: idp.TextOf("R&D"),
				idp.EmployeeID: idp.TextOf("17"), idp.ManagerEmail: idp.TextOf("grace@corp.example"), idp.StatusRaw: idp.TextOf("Suspended"),
			},
		},
		{
			"Workday", "workday.csv",
			"Employee ID;Worker;Email - Work;Business Title;Worker Type;Hire Date;Manager ID;Manager;Active Status\n" +
				"17;Ada Lovelace;ada@corp.example;Analyst;Employee;2024-03-01;18;Grace Hopper;Yes\n",
			idp.Person{ID: "line 2", Placed: true, Status: idp.Active, Primary: "ada@corp.example", Manager: "18"},
			map[idp.Field]idp.Value{
				idp.Name: idp.TextOf("Ada Lovelace"), idp.Title: idp.TextOf("Analyst"), idp.EmployeeID: idp.TextOf("17"), idp.EmployeeType: idp.TextOf("Employee"),
				idp.StartDate: idp.TextOf("2024-03-01"), idp.StatusRaw: idp.TextOf("Active Status=Yes"),
			},
		},
		{
			"Okta's API", "okta.json",
			`[{"id":"00u1","status":"LOCKED_OUT","profile":{"login":"ada@corp.example","email":"Ada@corp.example","secondEmail":null,"firstName":"Ada","lastName":"Lovelace","displayName":"Ada Lovelace","employeeNumber":"17","userType":"Employee","countryCode":"GB","managerId":"grace@corp.example"},"type":{"id":"oty1"}}]`,
			idp.Person{ID: "00u1", Status: idp.Active, Primary: "Ada@corp.example", Logins: []string{"ada@corp.example"}},
			map[idp.Field]idp.Value{
				idp.Name: idp.TextOf("Ada Lovelace"), idp.GivenName: idp.TextOf("Ada"), idp.FamilyName: idp.TextOf("Lovelace"), idp.Username: idp.TextOf("ada@corp.example"),
				idp.EmployeeID: idp.TextOf("17"), idp.EmployeeType: idp.TextOf("Employee"), idp.Country: idp.TextOf("GB"),
				idp.ManagerEmail: idp.TextOf("grace@corp.example"), idp.StatusRaw: idp.TextOf("LOCKED_OUT"),
			},
		},
		{
			"Microsoft Graph", "graph.json",
			`{"@odata.context":"x","value":[{"id":"c0ffee","displayName":"Ada Lovelace","givenName":"Ada","surname":"Lovelace","mail":"ada@corp.example","userPrincipalName":"ada@corp.example","jobTitle":"Analyst","companyName":"Corp","accountEnabled":false,"employeeHireDate":"2024-03-01T00:00:00Z","otherMails":["a@corp.example"],"manager":{"mail":"grace@corp.example"}}]}`,
			idp.Person{ID: "c0ffee", Status: idp.Disabled, Primary: "ada@corp.example", Aliases: []string{"a@corp.example"}, Logins: []string{"ada@corp.example"}},
			map[idp.Field]idp.Value{
				idp.Name: idp.TextOf("Ada Lovelace"), idp.GivenName: idp.TextOf("Ada"), idp.FamilyName: idp.TextOf("Lovelace"), idp.Title: idp.TextOf("Analyst"),
				idp.Organization: idp.TextOf("Corp"), idp.ManagerEmail: idp.TextOf("grace@corp.example"), idp.StartDate: idp.TextOf("2024-03-01"),
				idp.StatusRaw: idp.TextOf("accountEnabled=false"),
			},
		},
		{
			"Google's API", "google.json",
			`{"kind":"admin#directory#users","users":[{"id":"117","primaryEmail":"ada@corp.example","name":{"givenName":"Ada","familyName":"Lovelace","fullName":"Ada Lovelace"},"suspended":false,"archived":true,"aliases":["a@corp.example"],"emails":[{"address":"ada@corp.example","primary":true},{"address":"ada@corp.example.test"}]}]}`,
			idp.Person{ID: "117", Status: idp.Disabled, Primary: "ada@corp.example", Aliases: []string{"a@corp.example", "ada@corp.example.test"}},
			map[idp.Field]idp.Value{
				idp.Name: idp.TextOf("Ada Lovelace"), idp.GivenName: idp.TextOf("Ada"), idp.FamilyName: idp.TextOf("Lovelace"),
				idp.StatusRaw: idp.ListOf("suspended=false", "archived=true"),
			},
		},
		{
			"SCIM", "scim.json",
			`{"totalResults":1,"Resources":[{"id":"1","userName":"ada@corp.example","name":{"givenName":"Ada","familyName":"Lovelace"},"emails":[{"value":"ada@corp.example","primary":true}],"active":true,"groups":[{"value":"g1","display":"Math"}]}]}`,
			idp.Person{ID: "1", Status: idp.Active, Aliases: []string{"ada@corp.example"}, Logins: []string{"ada@corp.example"}},
			map[idp.Field]idp.Value{
				idp.GivenName: idp.TextOf("Ada"), idp.FamilyName: idp.TextOf("Lovelace"), idp.Username: idp.TextOf("ada@corp.example"),
				idp.Groups: idp.ListOf("Math"), idp.StatusRaw: idp.TextOf("active=true"),
			},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, field := range fields {
				test.want.Fields = append(test.want.Fields, test.fields[field])
			}
			got := one(t, test.file, test.text, idp.Request{Fields: fields})
			got.Attributes = nil
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("person (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNoticesOfWhatCannotBeRead(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"a status", "email,status\na@b,fine\nc@d,dandy\ne@f,active\n", `the status of 2 people in PATH is unknown, since nobody knows what "fine" means`},
		{"an address", "email,login\nN/A,a@b\nc@d,\n", `what PATH has for the email of 1 person is no address, such as "N/A", and counts as none`},
		{"a date", "email,start_date\na@b,3/1/2024\n", `the start_date of 1 person in PATH stays as it is, since nobody knows which day "3/1/2024" is`},
		{"a manager", "email,manager_email\na@b,N/A\n", `what PATH has for the manager_email of 1 person is no address, such as "N/A", and is left out`},
	} {
		t.Run(test.name, func(t *testing.T) {
			var notices []string
			connector := open(t, "50%discount.csv", test.text)
			read(t, connector, idp.Request{Fields: idp.MappedFields(), Notify: func(notice string) { notices = append(notices, notice) }})
			want := []string{strings.ReplaceAll(test.want, "PATH", connector.Source().Name)}
			if diff := cmp.Diff(want, notices); diff != "" {
				t.Errorf("notices (-want +got):\n%s", diff)
			}
		})
	}
}

func TestManagersAreFoundByWhateverTheFileNamesThem(t *testing.T) {
	request := idp.Request{Fields: []idp.Field{idp.ManagerEmail}}
	for _, test := range []struct {
		name, text string
		want       map[string]string
	}{
		{"a DN", "email,dn,manager\na@x,\"CN=A,DC=x\",\"cn=b,dc=x\"\nb@x,\"CN=B,DC=x\",\n", map[string]string{"cn=b,dc=x": "b@x"}},
		{"an employee number", "email,employee_id,manager_id\na@x,1,2\nb@x,2,\nc@x,3,2\n", map[string]string{"2": "b@x"}},
		{"a user name", "email,username,reports to\na@x,ann,Bob\nb@x,bob,\n", map[string]string{"bob": "b@x"}},
		{"an identifier and not a number that is like it", "id,email,employee_id,manager\n1,a@x,2,2\n2,b@x,9,3\n3,c@x,,\n", map[string]string{"2": "b@x", "3": "c@x"}},
		{"nobody", "email,employee_id,manager_id\na@x,1,7\n", map[string]string{}},
		{"one of two", "email,employee_id,manager_id\na@x,1,2\nb@x,2,3\nc@x,2,\nd@x,3,\n", map[string]string{"3": "d@x"}},
		{"somebody without an address", "email,employee_id,manager_id\na@x,1,2\n,2,\n", map[string]string{}},
		{"an address, which is no reference", "email,employee_id,manager\na@x,1,b@x\nb@x,2,\n", map[string]string{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, streamed := range []bool{true, false} {
				connector := open(t, "people.csv", test.text)
				var refs []string
				for _, person := range read(t, connector, request) {
					if person.Manager != "" && !slices.Contains(refs, person.Manager) {
						refs = append(refs, person.Manager)
					}
				}
				if !streamed {
					// Another connector has to read the file for it.
					var err error
					if connector, err = file.New(file.Config{Path: connector.Source().Name}); err != nil {
						t.Fatal(err)
					}
				}
				got, err := connector.Addresses(t.Context(), refs)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Errorf("addresses of %q (-want +got):\n%s", refs, diff)
				}
			}
		})
	}
}

func TestManagersOfStandardInputAreFoundToo(t *testing.T) {
	connector, err := file.New(file.Config{
		Path: "-", Format: "jsonl",
		Input: strings.NewReader(`{"id":1,"email":"a@x"}` + "\n" + `{"id":2,"email":"b@x","managerId":1}` + "\n"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := connector.Addresses(t.Context(), []string{"1"}); fault.KindOf(err) != fault.Usage {
		t.Errorf("before the read, got error %v, want one of usage", err)
	}
	read(t, connector, idp.Request{Fields: []idp.Field{idp.ManagerEmail}})
	got, err := connector.Addresses(t.Context(), []string{"1"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"1": "a@x"}, got); diff != "" {
		t.Errorf("addresses (-want +got):\n%s", diff)
	}
}

func TestMappedColumns(t *testing.T) {
	const text = "mail,Other Mail,Grade,Boss,Joined,Gone,Number,Teams,Old,department\n" +
		"ada@corp.example,a@corp.example,L3,18,20240301,yes,17,x;y,ada@old.example|x,R&D\n" +
		"grace@corp.example,g@corp.example,L7,,,no,18,,,\n"
	mapping, err := idp.ParseMapping([]string{
		"email=other mail", "employee_type=Grade", "manager_email=Boss", "start_date=Joined", "idp_status=Gone", "idp_id=Number",
		"employee_id=Number", "groups=Teams", "aliases=Old", "logins=mail", "department=Grade",
	})
	if err != nil {
		t.Fatal(err)
	}
	connector := idp.Mapped(open(t, "people.csv", strings.Replace(text, ",Gone,", ",Is Disabled,", 1)), withValue(mapping, idp.StatusName, "Is Disabled"))
	got := read(t, connector, idp.Request{
		Fields: []idp.Field{
			idp.EmployeeType, idp.Department, idp.ManagerEmail, idp.StartDate, idp.Groups, idp.StatusRaw,
		},
		Attributes: []string{"department"},
	})
	want := []idp.Person{
		{
			ID: "17", Status: idp.Disabled, Primary: "a@corp.example", Aliases: []string{"ada@old.example"}, Logins: []string{"ada@corp.example"}, Manager: "18",
			Fields: []idp.Value{
				idp.TextOf("L3"), idp.TextOf("L3"), {}, idp.TextOf("2024-03-01"), idp.ListOf("x", "y"), idp.TextOf("Is Disabled=yes"),
			},
			Attributes: []idp.Value{idp.TextOf("R&D")},
		},
		{
			ID: "18", Status: idp.Active, Primary: "g@corp.example", Logins: []string{"grace@corp.example"},
			Fields:     []idp.Value{idp.TextOf("L7"), idp.TextOf("L7"), {}, {}, {}, idp.TextOf("Is Disabled=no")},
			Attributes: []idp.Value{{}},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("people (-want +got):\n%s", diff)
	}
	addresses, err := connector.(idp.Lookup).Addresses(t.Context(), []string{"18"})
	if diff := cmp.Diff(map[string]string{"18": "g@corp.example"}, addresses); err != nil || diff != "" {
		t.Errorf("error %v, addresses (-want +got):\n%s", err, diff)
	}
}

func withValue(mapping idp.Mapping, field idp.Field, attribute string) idp.Mapping {
	mapping[field] = attribute
	return mapping
}

func TestMappedColumnsThatAreMissing(t *testing.T) {
	csv := idp.Mapped(open(t, "people.csv", "email,Job Level\na@b,L3\n"), idp.Mapping{idp.EmployeeType: "job_levl"})
	_, err := collect(t, csv, idp.Request{})
	wantFailure(t, err, fault.Usage, "--map employee_type=job_levl: no column of ")
	wantFailure(t, err, fault.Usage, "did you mean Job Level?")

	// JSON has no header, and people without a value may lack the key.
	var notices []string
	lines := idp.Mapped(open(t, "people.jsonl", `{"email":"a@b"}`), idp.Mapping{idp.EmployeeType: "grade"})
	read(t, lines, idp.Request{Fields: []idp.Field{idp.EmployeeType}, Notify: func(notice string) { notices = append(notices, notice) }})
	if len(notices) != 1 || !strings.Contains(notices[0], "has grade, so that employee_type is empty") {
		t.Errorf("got the notices %q", notices)
	}
}

// A choice by --map settles what the file leaves open.
func TestMappedColumnsSettleWhatDisagrees(t *testing.T) {
	connector := idp.Mapped(open(t, "people.csv", "mail,EmailAddress\na@b,c@d\n"), idp.Mapping{idp.Email: "EmailAddress"})
	if people := read(t, connector, idp.Request{}); people[0].Primary != "c@d" {
		t.Errorf("the address is %q, want c@d", people[0].Primary)
	}
}

// What this program wrote of a source is a source of the same, but for the guard
// in front of formulas, which stays.
func TestOurOwnExportsAreReadBack(t *testing.T) {
	_, byName := company(t)
	fields := idp.MappedFields()
	specs := []string{"email", "idp_id", "idp_status"}
	for _, field := range fields {
		specs = append(specs, string(field))
	}
	columns, err := join.ParseColumns(specs)
	if err != nil {
		t.Fatal(err)
	}
	original := read(t, open(t, "people.jsonl", byName["people.jsonl"]), columns.Request())
	original[0].Fields[slices.Index(fields, idp.Groups)] = idp.ListOf("one", "two; or more", "three")
	original[1].Fields[slices.Index(fields, idp.Title)] = idp.TextOf(`Head of "It", and |;` + "\r\nmore")

	population := join.NewPopulation(columns.Request())
	source := population.AddSource("test:")
	for i := range original {
		original[i].Placed = false // an export keeps ids alone
		person := original[i]
		person.Manager, person.Aliases, person.Logins = "", nil, nil
		if err := source.Add(person); err != nil {
			t.Fatal(err)
		}
	}
	table, err := join.Join(population, nil, columns, join.Options{Join: join.Left})
	if err != nil {
		t.Fatal(err)
	}
	for name, encoder := range map[string]func(io.Writer) *join.Encoder{
		"export.csv":   func(w io.Writer) *join.Encoder { return join.NewCSV(w, join.CSVOptions{KeepFormulas: true}) },
		"export.jsonl": join.NewJSONLines,
	} {
		var written bytes.Buffer
		if _, err := table.Write(encoder(&written)); err != nil {
			t.Fatal(err)
		}
		byID := map[string]idp.Person{}
		for _, person := range read(t, open(t, name, written.String()), columns.Request()) {
			byID[person.ID] = person
		}
		for _, want := range original {
			got := byID[want.ID]
			got.Logins, got.Aliases, got.Manager = nil, nil, ""
			want.Logins, want.Aliases, want.Manager = nil, nil, ""
			if name == "export.csv" {
				want.Fields = texts(want.Fields, fields)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-written +read):\n%s", name, diff)
			}
		}
	}
}

// texts are values as CSV has them.
func texts(values []idp.Value, fields []idp.Field) []idp.Value {
	values = slices.Clone(values)
	for i, value := range values {
		if fields[i] != idp.Groups && value.Kind != idp.Absent {
			values[i] = idp.TextOf(awkward.InCSV(value.Text))
		}
	}
	return values
}

func TestACancelledReadOfAPipeEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	r, w := io.Pipe()
	connector, err := file.New(file.Config{Path: "-", Format: "jsonl", Input: r})
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		fmt.Fprintln(w, `{"email":"a@b"}`)
		cancel()
		w.Close()
	}()
	var last error
	for _, err := range connector.People(ctx, idp.Request{}) {
		last = err
	}
	if !errors.Is(last, context.Canceled) {
		t.Errorf("got error %v, want that it was cancelled", last)
	}
}

func TestColumnsOfLogins(t *testing.T) {
	for column, isLogin := range map[string]bool{
		"logins": true, "login": true, "username": true, "User Login": true, "userPrincipalName": true, "UPN": true, "uid": true,
		"krbPrincipalName": false, "sAMAccountName": false,
	} {
		var want []string
		if isLogin {
			want = []string{"a@x"}
		}
		got := one(t, "people.csv", "email,"+column+"\na@b,a@x\n", idp.Request{}).Logins
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", column, diff)
		}
	}
}
