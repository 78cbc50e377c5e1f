package coder_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"cohort/coder"
)

// BenchmarkUsage reads 28 days of 10,000 accounts, all in use every day, from
// a deployment that takes 100 ms for each answer. "of-sequential" is its time
// as a share of what 28 such answers take one after the other.
func BenchmarkUsage(b *testing.B) {
	const (
		accounts = 10_000
		latency  = 100 * time.Millisecond
	)
	var rows bytes.Buffer
	for i := range accounts {
		if i > 0 {
			rows.WriteByte(',')
		}
		_, _ = fmt.Fprintf(&rows, `{"template_ids":["c0de0000-0000-4000-8000-00000000000a"],"user_id":"c0de0000-0000-4000-8000-%012d",`+
			`"username":"user-%d","avatar_url":"https://avatars.example.com/u/%d","seconds":%d}`, i+1, i, i, 60*(i%1000+1))
	}
	var read int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(latency)
		w.Header().Set("Content-Type", "application/json")
		query := r.URL.Query()
		_, _ = fmt.Fprintf(w, `{"report":{"start_time":%q,"end_time":%q,"template_ids":[],"users":[`,
			query.Get("start_time"), query.Get("end_time"))
		_, _ = w.Write(rows.Bytes())
		_, _ = io.WriteString(w, `]}}`)
	}))
	b.Cleanup(server.Close)
	c := client(b, coder.Config{URL: server.URL})
	window, err := coder.ParseWindow(coder.Window28, time.UTC, time.Now())
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		report, err := c.Usage(b.Context(), window)
		if err != nil {
			b.Fatal(err)
		}
		if unlisted, err := report.Assign(nil); err != nil || unlisted != accounts {
			b.Fatalf("%d accounts, error %v", unlisted, err)
		}
	}
	read = int64(window.Days() * rows.Len())
	b.SetBytes(read)
	sequential := time.Duration(window.Days()) * latency
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)/sequential.Seconds(), "of-sequential")
}
