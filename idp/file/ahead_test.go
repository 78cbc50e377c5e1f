package file_test

import (
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cohort/idp"
	"cohort/idp/file"
)

// longCSV has people enough for several batches, empty lines, and cells over
// several lines.
func longCSV() string {
	var b strings.Builder
	b.WriteString("email,name,title\n")
	for i := range 1500 {
		fmt.Fprintf(&b, "p%d@corp.example,\"P, %d\",\"a\n\"\"b\"\"\"\n", i, i)
		if i%100 == 0 {
			b.WriteString("\n,,\n")
		}
	}
	return b.String()
}

func fromInput(t *testing.T, text string) *file.Connector {
	t.Helper()
	connector, err := file.New(file.Config{Path: "-", Format: "csv", Input: io.MultiReader(strings.NewReader(text))})
	if err != nil {
		t.Fatal(err)
	}
	return connector
}

func TestHoweverItIsReadCSVIsTheSame(t *testing.T) {
	request := idp.Request{Fields: []idp.Field{idp.Name, idp.Title}, Attributes: []string{"TITLE"}}
	want := read(t, open(t, "people.csv", longCSV()), request)
	if len(want) != 1500 || want[1499].Fields[1].Text != "a\n\"b\"" {
		t.Fatalf("%d people, the last is %+v", len(want), want[len(want)-1])
	}
	if diff := cmp.Diff(want, read(t, fromInput(t, longCSV()), request)); diff != "" {
		t.Errorf("from standard input (-file +input):\n%s", diff)
	}
	request.Reuse = true
	var got []idp.Person
	for person, err := range open(t, "people.csv", longCSV()).People(t.Context(), request) {
		if err != nil {
			t.Fatal(err)
		}
		person.Fields, person.Attributes = slices.Clone(person.Fields), slices.Clone(person.Attributes)
		got = append(got, person)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("with memory that is used again (-without +with):\n%s", diff)
	}
}

func TestAWrongLineFarDownHasItsNumber(t *testing.T) {
	text := longCSV()
	for name, line := range map[string]string{
		"is cut short": "q@corp.example,Q\n",
		"has a quote":  "q@corp.example,Q \"the\" X,\n",
	} {
		want := fmt.Sprintf("line %d", strings.Count(text, "\n")+1)
		for way, connector := range map[string]*file.Connector{
			"file": open(t, "people.csv", text+line), "input": fromInput(t, text+line),
		} {
			people, err := collect(t, connector, idp.Request{})
			if err == nil || !strings.Contains(err.Error(), want+":") || len(people) != 1500 {
				t.Errorf("%s, %s: %d people, error %v, want all before %s", name, way, len(people), err, want)
			}
		}
	}
	again := "email,id\n" + strings.Repeat("\n", 700) + "a@corp.example,7\nb@corp.example,7\n"
	if _, err := collect(t, open(t, "people.csv", again), idp.Request{}); err == nil || !strings.Contains(err.Error(), "line 703:") {
		t.Errorf("an id that comes again: error %v, want one with line 703", err)
	}
}

func TestNobodyReadsOnWhenTheLoopWasLeft(t *testing.T) {
	connector := open(t, "people.csv", longCSV())
	before := runtime.NumGoroutine()
	for stop := range 20 {
		seen := 0
		for _, err := range connector.People(t.Context(), idp.Request{}) {
			if err != nil {
				t.Fatal(err)
			}
			if seen++; seen > stop*50 {
				break
			}
		}
		// A goroutine that has said its last word may count for a moment.
		for wait := 0; runtime.NumGoroutine() > before; wait++ {
			if wait == 1000 {
				t.Fatalf("%d goroutines, %d before", runtime.NumGoroutine(), before)
			}
			time.Sleep(time.Millisecond)
		}
	}
}
