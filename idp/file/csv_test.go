package file_test

import (
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cohort/fixtures"
	"cohort/idp"
	"cohort/internal/fault"
)

// companyCSV is the sample company as encoding/csv writes it.
func companyCSV(t testing.TB, people []fixtures.Person) string {
	t.Helper()
	var b strings.Builder
	w := csv.NewWriter(&b)
	_ = w.Write([]string{
		"case", "number", "username", "name", "given_name", "family_name", "mail", "aliases", "login", "title", "department",
		"employee_type", "manager", "city", "country", "cost_center", "disabled",
	})
	for _, p := range people {
		disabled := ""
		if p.Disabled {
			disabled = "true"
		}
		_ = w.Write([]string{
			p.Case, p.Number, p.Username, p.Name, p.GivenName, p.FamilyName, p.Mail, strings.Join(p.Aliases, "|"), p.Login, p.Title,
			p.Department, p.EmployeeType, p.Manager, p.City, p.Country, p.CostCenter, disabled,
		})
	}
	if w.Flush(); w.Error() != nil {
		t.Fatal(w.Error())
	}
	return b.String()
}

func TestCSVCells(t *testing.T) {
	const ada = "ada@corp.example"
	for _, test := range []struct{ name, text, want string }{
		{"plain", "email,note\n" + ada + ",x\n", "x"},
		{"carriage returns", "email,note\r\n" + ada + ",x\r\n", "x"},
		{"no line feed at the end", "email,note\n" + ada + ",x", "x"},
		{"empty lines at the end", "email,note\n" + ada + ",x\n\n\r\n\n", "x"},
		{"empty lines before", "\n\r\nemail,note\n\n" + ada + ",x\n", "x"},
		{"semicolons", "email;note\n" + ada + ";x,y\n", "x,y"},
		{"tabs", "email\tnote\n" + ada + "\tx;y\n", "x;y"},
		{"semicolons, and commas in the header", "email;note;\"last, first, middle, other\"\n" + ada + ";x;\n", "x"},
		{"semicolons, and more commas in names", "email;note;x, y, z, v, w\n" + ada + ";x;\n", "x"},
		{"quotes in the header", "\"email\";\"note\"\n" + ada + ";x\n", "x"},
		{"a line feed in the header", "email;note;\"a,\nb\"\n" + ada + ";x;\n", "x"},
		{"a separator named for Excel", "sep=;\r\nemail;note\r\n" + ada + ";x\r\n", "x"},
		{"a tab named for Excel", "sep=\t\nemail\tnote\n" + ada + "\tx\n", "x"},
		{"the type that PowerShell writes", "#TYPE Selected.Microsoft.ActiveDirectory.Management.ADUser\r\n\"email\",\"note\"\r\n\"" + ada + "\",\"x\"\r\n", "x"},
		{"quotes", "email,note\n" + ada + ",\"x\"\n", "x"},
		{"quotes in quotes", "email,note\n" + ada + ",\"\"\"x\"\" y\"\n", `"x" y`},
		{"a separator in quotes", "email,note\n" + ada + ",\"x,y\"\n", "x,y"},
		{"a line feed in quotes", "email,note\n" + ada + ",\"x\ny\"\n", "x\ny"},
		{"a carriage return in quotes", "email,note\n" + ada + ",\"x\r\ny\rz\"\n", "x\r\ny\rz"},
		{"blanks", "email,note\n" + ada + ", x \n", " x "},
		{"nothing", "email,note\n" + ada + ",\n", ""},
		{"nothing in quotes", "email,note\n" + ada + ",\"\"\n", ""},
		{"the guard of our own exports", "email,note\n" + ada + ",'=1+1\n", "'=1+1"},
		{"a name with blanks", "email, note \n" + ada + ",x\n", "x"},
		{"a name in capitals", "email,NOTE\n" + ada + ",x\n", "x"},
		{"columns without a name", ",email,note,\n0," + ada + ",x,y\n", "x"},
		{"a long cell", "email,note\n" + ada + "," + strings.Repeat("x", 1<<20) + "\n", strings.Repeat("x", 1<<20)},
		{"a long cell in quotes", "email,note\n" + ada + ",\"" + strings.Repeat("x\n", 1<<19) + "\"\n", strings.Repeat("x\n", 1<<19)},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := one(t, "people.csv", test.text, idp.Request{Attributes: []string{"note"}})
			if got.Primary != ada {
				t.Errorf("the address is %q", got.Primary)
			}
			if diff := cmp.Diff(idp.TextOf(test.want), got.Attributes[0]); diff != "" {
				t.Errorf("note (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCSVOfOneColumn(t *testing.T) {
	people := read(t, open(t, "people.csv", "E-Mail\nada@corp.example\ngrace@corp.example\n"), idp.Request{})
	if len(people) != 2 || people[1].Primary != "grace@corp.example" {
		t.Errorf("got %+v", people)
	}
}

func TestCSVOfNobody(t *testing.T) {
	if people := read(t, open(t, "people.csv", "email,name\n"), idp.Request{}); len(people) > 0 {
		t.Errorf("got %+v", people)
	}
}

func TestCSVThatIsWrong(t *testing.T) {
	const header = "email,name\n"
	const ada = header + "ada@corp.example,Ada\n"
	for _, test := range []struct {
		name, text string
		kind       fault.Kind
		says       string
	}{
		{"a short line", ada + "grace@corp.example\n", fault.Usage, "line 3: it has 1 cells, and the header has 2"},
		{"a long line", ada + "grace@corp.example,Hopper, Grace\n", fault.Usage, "line 3: it has 3 cells, and the header has 2"},
		{"a short line below cells of several lines", header + "\"a@b\",\"x\n\n\ny\"\n\nc@d\n", fault.Usage, "line 7: it has 1 cells"},
		{"an end within quotes", ada + "\n\"grace@corp.example\n\n", fault.Source, "the file ends within a cell whose quote is not closed, in line 4"},
		{"a quote within a cell", ada + "grace@corp.example,the \"Amazing\"\n", fault.Usage, "line 3: a quote stands within a cell"},
		{"a quote within the second line of a record", header + "\"a\nb\",5\"\n", fault.Usage, "line 3: a quote stands within a cell"},
		{"a quote that is not doubled", ada + "grace@corp.example,\"the \"Amazing\"\"\n", fault.Usage, "line 3: a cell goes on behind its closing quote"},
		{"two columns of one name", "email,Name,x,name\n", fault.Usage, `line 1: two columns are called "Name" and "name"`},
		{"no header", "Ada,ada@corp.example\nGrace,grace@corp.example\n", fault.Usage, "line 1: there is no header"},
		{"no column for addresses", "name,city\nAda,London\n", fault.Usage, "name one by --map email=COLUMN; there are name, city"},
		{"many columns, none for addresses", "a,b,c,d,e,f,g,h,i,j,k,l,m,n\n", fault.Usage, "k, l and 2 more"},
		{"carriage returns only", "email,name\rada@corp.example,Ada\r", fault.Usage, "carriage returns only"},
		{"a type and no more", "#TYPE x", fault.Usage, "there is no header"},
		{"an ID twice", "id,email\n7,a@b\n8,c@d\n7,e@f\n", fault.Usage, `line 4: the id "7" comes again`},
		{"the place of another as ID", "id,email\nline 3,a@b\n,c@d\n", fault.Usage, `line 3: the id "line 3" comes again`},
		{"two columns that disagree", "mail,EmailAddress\na@b,A@B\nc@d,e@f\n", fault.Usage,
			"line 3: mail and EmailAddress are both email, and they differ; --map email=mail chooses one"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := collect(t, open(t, "people.csv", test.text), idp.Request{})
			wantFailure(t, err, test.kind, test.says)
		})
	}
}

func TestEmptyRowsOfSpreadsheetsAreToldAndLeftOut(t *testing.T) {
	var notices []string
	people := read(t, open(t, "people.csv", "email,name\na@b,Ada\n,\n\"\",\n"), idp.Request{Notify: func(notice string) { notices = append(notices, notice) }})
	if len(people) != 1 || len(notices) != 1 || !strings.Contains(notices[0], "without a value, which were left out: 2") {
		t.Errorf("%d people and the notices %q, want one and that 2 lines were left out", len(people), notices)
	}
}

// What encoding/csv writes of any people is read back as it was.
func TestCSVReadsBackWhatWasWritten(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	alphabet := []rune("aä👍,;|\t\"' =\n\r")
	for round := range 200 {
		rows := make([][]string, 1+random.IntN(30))
		width := 1 + random.IntN(6)
		for i := range rows {
			rows[i] = append(rows[i], fmt.Sprintf("p%d@corp.example", i))
			for range width {
				cell := make([]rune, random.IntN(8))
				for j := range cell {
					cell[j] = alphabet[random.IntN(len(alphabet))]
				}
				rows[i] = append(rows[i], string(cell))
			}
		}
		header := []string{"email"}
		for column := range width {
			header = append(header, fmt.Sprintf("column %d", column))
		}
		var b strings.Builder
		w := csv.NewWriter(&b)
		if round%2 == 1 {
			w.Comma = []rune{';', '\t'}[random.IntN(2)]
		}
		if err := w.WriteAll(append([][]string{header}, rows...)); err != nil {
			t.Fatal(err)
		}
		people := read(t, open(t, "people.csv", b.String()), idp.Request{Attributes: header})
		var got [][]string
		for _, person := range people {
			var row []string
			for _, value := range person.Attributes {
				row = append(row, value.Text)
			}
			got = append(got, row)
		}
		if diff := cmp.Diff(rows, got); diff != "" {
			t.Fatalf("%q (-written +read):\n%s", b.String(), diff)
		}
	}
}
