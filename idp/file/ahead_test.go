package file_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
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
	for i := range longPeople {
		fmt.Fprintf(&b, "p%d@corp.example,\"P, %d\",\"a\n\"\"b\"\"\"\n", i, i)
		if i%100 == 0 {
			b.WriteString("\n,,\n")
		}
	}
	return b.String()
}

// longJSONLines has the same people.
func longJSONLines() string {
	var b strings.Builder
	for i := range longPeople {
		fmt.Fprintf(&b, `{"email":"p%d@corp.example","name":"P, %d","title":"a\n\"b\""}`+"\n", i, i)
		if i%100 == 0 {
			b.WriteString("\n")
		}
	}
	return b.String()
}

func longJSON() string {
	lines := strings.ReplaceAll(longJSONLines(), "\n\n", "\n")
	return "[" + strings.ReplaceAll(strings.TrimSpace(lines), "\n", ",\n") + "]"
}

const longPeople = 5000

func fromInput(t *testing.T, format, text string) *file.Connector {
	t.Helper()
	connector, err := file.New(file.Config{Path: "-", Format: format, Input: io.MultiReader(strings.NewReader(text))})
	if err != nil {
		t.Fatal(err)
	}
	return connector
}

func TestHoweverItIsReadAFileIsTheSame(t *testing.T) {
	for format, text := range map[string]string{"csv": longCSV(), "jsonl": longJSONLines(), "json": longJSON()} {
		t.Run(format, func(t *testing.T) {
			request := idp.Request{Fields: []idp.Field{idp.Name, idp.Title}, Attributes: []string{"TITLE"}}
			want := read(t, open(t, "people."+format, text), request)
			if len(want) != longPeople {
				t.Fatalf("%d people, want %d", len(want), longPeople)
			}
			for i, person := range want {
				if name := fmt.Sprintf("P, %d", i); person.Fields[0].Text != name || person.Attributes[0].Text != "a\n\"b\"" {
					t.Fatalf("person %d is %+v", i, person)
				}
			}
			if diff := cmp.Diff(want, read(t, fromInput(t, format, text), request)); diff != "" {
				t.Errorf("from standard input (-file +input):\n%s", diff)
			}
			request.Reuse = true
			for way, connector := range map[string]*file.Connector{"file": open(t, "people."+format, text), "input": fromInput(t, format, text)} {
				var got []idp.Person
				for person, err := range connector.People(t.Context(), request) {
					if err != nil {
						t.Fatal(err)
					}
					person.Fields, person.Attributes = slices.Clone(person.Fields), slices.Clone(person.Attributes)
					got = append(got, person)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s, with memory that is used again (-without +with):\n%s", way, diff)
				}
			}
		})
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
			"file": open(t, "people.csv", text+line), "input": fromInput(t, "csv", text+line),
		} {
			people, err := collect(t, connector, idp.Request{})
			if err == nil || !strings.Contains(err.Error(), want+":") || len(people) != longPeople {
				t.Errorf("%s, %s: %d people, error %v, want all before %s", name, way, len(people), err, want)
			}
		}
	}
	again := "email,id\n" + strings.Repeat("\n", 700) + "a@corp.example,7\nb@corp.example,7\n"
	if _, err := collect(t, open(t, "people.csv", again), idp.Request{}); err == nil || !strings.Contains(err.Error(), "line 703:") {
		t.Errorf("an id that comes again: error %v, want one with line 703", err)
	}
}

func TestNobodyReadsOnWhenTheLoopIsLeftOrCancelled(t *testing.T) {
	for format, text := range map[string]string{"csv": longCSV(), "jsonl": longJSONLines()} {
		fromFile := open(t, "people."+format, text)
		before := runtime.NumGoroutine()
		for stop := range 40 {
			connector, want := fromFile, error(nil)
			if stop%2 == 1 {
				want = context.Canceled
			}
			if stop%4 > 1 {
				connector = fromInput(t, format, text)
			}
			ctx, cancel := context.WithCancel(t.Context())
			seen := 0
			var last error
			for _, err := range connector.People(ctx, idp.Request{}) {
				seen++
				last = err
				if seen > stop*100+50 {
					t.Fatalf("%s: %d people came after the end of the context", format, seen-stop*100)
				}
				if seen > stop*100 && want == nil {
					break
				} else if seen > stop*100 {
					cancel()
				}
			}
			if !errors.Is(last, want) {
				t.Fatalf("%s: the last error is %v, want %v", format, last, want)
			}
			cancel()
			// A goroutine that has said its last word may count for a moment.
			for wait := 0; runtime.NumGoroutine() > before; wait++ {
				if wait == 1000 {
					t.Fatalf("%s: %d goroutines, %d before", format, runtime.NumGoroutine(), before)
				}
				time.Sleep(time.Millisecond)
			}
		}
	}
}

// A writer that waits for an answer keeps its end open, and no read of standard
// input can be ended from here.
func TestALoopIsLeftWhileTheInputWaits(t *testing.T) {
	for format, text := range map[string]string{"csv": longCSV(), "jsonl": longJSONLines()} {
		input, output := io.Pipe()
		// More than a block, and no end.
		go func() { _, _ = io.WriteString(output, strings.Repeat(text, 3)) }()
		connector, err := file.New(file.Config{Path: "-", Format: format, Input: input})
		if err != nil {
			t.Fatal(err)
		}
		seen := 0
		for _, err := range connector.People(t.Context(), idp.Request{}) {
			if seen++; err != nil {
				t.Fatal(err)
			}
			if seen == 10 {
				break
			}
		}
		if seen != 10 {
			t.Errorf("%s: %d people, want 10", format, seen)
		}
		input.Close()
	}
}

// endless is a header, and then one record for ever; it counts the records that
// were begun.
type endless struct {
	rest, record string
	begun        int
}

func (e *endless) Read(p []byte) (int, error) {
	if e.rest == "" {
		e.rest = e.record
		e.begun++
	}
	n := copy(p, e.rest)
	e.rest = e.rest[n:]
	return n, nil
}

// Records of a megabyte each, as with photographs, come from a pipe, and whoever
// asked for them does not go on behind the first.
func TestOnlyAFewLongRecordsAreReadAhead(t *testing.T) {
	const enough = 50
	photo := strings.Repeat("x", 1<<20)
	for format, input := range map[string]*endless{
		"csv":   {rest: "email,photo\n", record: "ada@corp.example," + photo + "\n"},
		"jsonl": {record: `{"email":"ada@corp.example","photo":"` + photo + `"}` + "\n"},
	} {
		t.Run(format, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				connector, err := file.New(file.Config{Path: "-", Format: format, Input: input})
				if err != nil {
					t.Fatal(err)
				}
				for _, err := range connector.People(t.Context(), idp.Request{Attributes: []string{"photo"}}) {
					if err != nil {
						t.Fatal(err)
					}
					synctest.Wait()
					if input.begun > enough {
						t.Errorf("%d records were read with the first, want %d at most", input.begun, enough)
					}
					break
				}
			})
		})
	}
}
