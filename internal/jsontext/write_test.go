package jsontext_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cohort/internal/jsontext"
)

func TestWhatIsWrittenIsIndentedAndFitForATerminal(t *testing.T) {
	data := map[string]string{
		"na\u202eme": "\x1b[31m\x7f\u009b31m\u0085\u200f\u061c\u2028\u2029\r\n\t",
		"plain":      "<a href=\"x\">Müller & 田中</a> 👩🏽‍💻",
	}
	want := `{
  "na\u202eme": "\u001b[31m\u007f\u009b31m\u0085\u200f\u061c\u2028\u2029\r\n\t",
  "plain": "<a href=\"x\">Müller & 田中</a> 👩🏽‍💻"
}
`
	var b strings.Builder
	if err := jsontext.Write(&b, data); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("document (-want +got):\n%s", diff)
	}
	var got map[string]string
	if err := json.Unmarshal([]byte(b.String()), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(data, got); diff != "" {
		t.Errorf("data (-want +got):\n%s", diff)
	}
}

type full struct{}

var errFull = errors.New("no space")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestWhatCannotBeWrittenIsAnError(t *testing.T) {
	if err := jsontext.Write(full{}, 1); !errors.Is(err, errFull) {
		t.Errorf("error %v, want the writer's", err)
	}
	if err := jsontext.Write(&strings.Builder{}, func() {}); err == nil {
		t.Error("a function becomes JSON")
	}
}
