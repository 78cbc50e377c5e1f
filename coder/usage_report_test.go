package coder

import (
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
)

// slowly reads a report by encoding/json, which holds everything in memory.
func slowly(data []byte) (dailyActivity, error) {
	var a dailyActivity
	var answer map[string]json.RawMessage
	if err := json.Unmarshal(data, &answer); err != nil {
		return a, err
	}
	var report map[string]json.RawMessage
	if err := json.Unmarshal(answer["report"], &report); err != nil {
		return a, err
	}
	for name, to := range map[string]*time.Time{"start_time": &a.start, "end_time": &a.end} {
		var text *string
		if err := json.Unmarshal(report[name], &text); err != nil || text == nil {
			return a, errors.Join(err, errors.New(name))
		}
		if err := to.UnmarshalText([]byte(*text)); err != nil || to.IsZero() {
			return a, errors.Join(err, errors.New(name))
		}
	}
	var rows []map[string]json.RawMessage
	if err := json.Unmarshal(report["users"], &rows); err != nil || rows == nil {
		return a, errors.Join(err, errors.New("users"))
	}
	a.rows = []activity{}
	for _, row := range rows {
		var id *string
		if err := json.Unmarshal(row["user_id"], &id); err != nil || id == nil {
			return a, errors.Join(err, errors.New("user_id"))
		}
		user, err := uuid.Parse(*id)
		if err != nil || user == uuid.Nil {
			return a, errors.Join(err, errors.New("user_id"))
		}
		seconds, err := strconv.ParseUint(string(row["seconds"]), 10, 63)
		if err != nil {
			return a, err
		}
		a.rows = append(a.rows, activity{user, int64(seconds)})
	}
	return a, nil
}

func reports() []string {
	const row = `{"template_ids":["c0de0000-0000-4000-8000-00000000000a"],"user_id":"c0de0000-0000-4000-8000-000000000001",` +
		`"username":"a\"d\\a","avatar_url":"","seconds":80500}`
	const head = `{"report":{"start_time":"2025-03-15T00:00:00+01:00","end_time":"2025-03-16T00:00:00+01:00","template_ids":[],`
	return []string{
		head + `"users":[]}}`,
		head + `"users":[` + row + `,` + strings.ReplaceAll(row, "0001", "0002") + `]}}` + "\n",
		" { \"new\" : [ 1 , -2.5e+3 , true , false , null , { } , [ ] , { \"a\" : \"\\u00e4\" } ] ,\n\t\"report\" : { \"users\" : [ ] ,\r" +
			` "end_time":"2025-03-16T00:00:00Z" , "start_time":"2025-03-15T00:00:00Z" } } `,
		head + `"us\u0065rs":[{"seconds":0,"user_id":"C0DE0000-0000-4000-8000-00000000000\u0031"}]}}`,
		head + `"users":[{"seconds":01,"user_id":"c0de0000-0000-4000-8000-000000000001"}]}}`,
		head + `"users":[` + row + `,]}}`,
		head + `"users":[` + row + row + `]}}`,
		head + `"users":[],}}`,
		head + `"users":[]}}x`,
		head + `"users":[{"x":"\u12"}]}}`,
		head + `"users":[{"x":"` + "\n" + `"}]}}`,
		head + `"users":[{"x":tru}]}}`,
		head + `"users":[{"x":[}]}}`,
		head + `"users":[{x:1}]}}`,
		head + `"users":{}}}`,
		`{"report":null}`,
		`{"report":{},"report":{}}`,
	}
}

// compare holds the reader against encoding/json, on the same bytes.
func compare(t *testing.T, data []byte) {
	t.Helper()
	got, err := readActivity(string(data))
	want, wantErr := slowly(data)
	if err != nil && slices.ContainsFunc([]string{"inside each other", "surrogates", "twice"},
		func(stricter string) bool { return strings.Contains(err.Error(), stricter) }) {
		return
	}
	if (err == nil) != (wantErr == nil) {
		t.Fatalf("error %v; encoding/json has %v", err, wantErr)
	}
	if err != nil {
		return
	}
	if diff := cmp.Diff(want.rows, got.rows, cmp.AllowUnexported(activity{})); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if !got.start.Equal(want.start) || !got.end.Equal(want.end) {
		t.Errorf("from %s to %s; want %s to %s", got.start, got.end, want.start, want.end)
	}
}

func TestReportsAreReadAsEncodingJSONReadsThem(t *testing.T) {
	good := 0
	for _, report := range reports() {
		data := []byte(report)
		if _, err := slowly(data); err == nil {
			good++
		}
		compare(t, data)
	}
	if good != 4 {
		t.Errorf("%d reports are good; want 4", good)
	}
}

func TestAReportThatIsCutAnywhereIsAnError(t *testing.T) {
	whole := reports()[1]
	for length := range strings.TrimSpace(whole) {
		if _, err := readActivity(whole[:length]); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("cut after %q: error %v; want the end of the text", whole[:length], err)
		}
	}
}

func TestReportsWithoutABottomAreRefused(t *testing.T) {
	for _, deep := range []string{`{"x":`, `{"report":{"x":`, `{"report":{"users":[{"x":`} {
		if _, err := readActivity(deep + strings.Repeat("[", 1e6)); err == nil || !strings.Contains(err.Error(), "inside each other") {
			t.Errorf("%s: error %v; want one about the depth", deep, err)
		}
	}
}

func FuzzReports(f *testing.F) {
	for _, report := range reports() {
		f.Add([]byte(report))
	}
	f.Fuzz(func(t *testing.T, data []byte) { compare(t, data) })
}
