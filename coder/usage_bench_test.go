package coder_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/coder/v2/codersdk"

	"cohort/coder"
)

const (
	busyAccounts = 10_000
	busyLatency  = 100 * time.Millisecond
)

// BenchmarkUsage reads 28 days of 10,000 accounts, all in use every day, from
// a deployment that takes 100 ms before each answer of 2.3 MB. In turn it calls
// codersdk for one day after the other, and cohort; the figures are medians.
// "of-sequential" is cohort's time as a share of the other, and "of-waiting" as
// a share of 28 times 100 ms alone. The deployment is a process of its own.
func BenchmarkUsage(b *testing.B) {
	address := busyDeployment(b)
	now := time.Now().UTC()
	var sequential, ours, shares []float64
	for b.Loop() {
		began := time.Now()
		readOneByOne(b, address, now.Truncate(24*time.Hour))
		sequential = append(sequential, time.Since(began).Seconds())
		began = time.Now()
		readAtOnce(b, address, now)
		ours = append(ours, time.Since(began).Seconds())
		shares = append(shares, ours[len(ours)-1]/sequential[len(sequential)-1])
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(sequential), "s/sequential")
	b.ReportMetric(median(ours), "s/cohort")
	b.ReportMetric(median(shares), "of-sequential")
	b.ReportMetric(median(ours)/(28*busyLatency.Seconds()), "of-waiting")
}

// readOneByOne reads the 28 days before today as a loop over codersdk does.
func readOneByOne(b *testing.B, address string, today time.Time) {
	at, err := url.Parse(address)
	if err != nil {
		b.Fatal(err)
	}
	sdk := codersdk.New(at, codersdk.WithSessionToken(token))
	active := make(map[string]int)
	for day := range 28 {
		answer, err := sdk.UserActivityInsights(b.Context(), codersdk.UserActivityInsightsRequest{
			StartTime: today.AddDate(0, 0, -day-1), EndTime: today.AddDate(0, 0, -day)})
		if err != nil {
			b.Fatal(err)
		}
		for _, u := range answer.Report.Users {
			active[u.UserID.String()]++
		}
	}
	if len(active) != busyAccounts {
		b.Fatalf("%d accounts", len(active))
	}
}

// readAtOnce reads the same by the client.
func readAtOnce(b *testing.B, address string, now time.Time) {
	w, err := coder.ParseWindow(coder.Window28, time.UTC, now)
	if err != nil {
		b.Fatal(err)
	}
	report, err := client(b, coder.Config{URL: address}).Usage(b.Context(), w)
	if err != nil {
		b.Fatal(err)
	}
	if unlisted, err := report.Assign(nil); err != nil || unlisted != busyAccounts {
		b.Fatalf("%d accounts, error %v", unlisted, err)
	}
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

// isBusyDeployment is the environment variable that turns the test's binary
// into a deployment; see TestMain.
const isBusyDeployment = "COHORT_TEST_DEPLOYMENT"

func TestMain(m *testing.M) {
	if os.Getenv(isBusyDeployment) != "" {
		serveBusily()
		return
	}
	os.Exit(m.Run())
}

// busyDeployment starts the test's binary as a deployment, and gives its URL.
func busyDeployment(b *testing.B) string {
	program, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	server := exec.CommandContext(context.WithoutCancel(b.Context()), program)
	server.Env = append(os.Environ(), isBusyDeployment+"=1")
	stdin, err := server.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	stdout, err := server.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := server.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = stdin.Close() // which ends it
		if err := server.Wait(); err != nil {
			b.Error(err)
		}
	})
	address, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return strings.TrimSpace(address)
}

// serveBusily answers for any day with the same rows, made beforehand, until
// standard input ends.
func serveBusily() {
	var rows bytes.Buffer
	for i := range busyAccounts {
		if i > 0 {
			rows.WriteByte(',')
		}
		_, _ = fmt.Fprintf(&rows, `{"template_ids":["c0de0000-0000-4000-8000-00000000000a"],"user_id":"c0de0000-0000-4000-8000-%012d",`+
			`"username":"user-%d","avatar_url":"https://avatars.example.com/u/%d","seconds":%d}`, i+1, i, i, 60*(i%1000+1))
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(busyLatency)
		w.Header().Set("Content-Type", mediaType)
		query := r.URL.Query()
		_, _ = fmt.Fprintf(w, `{"report":{"start_time":%q,"end_time":%q,"template_ids":[],"users":[`,
			query.Get("start_time"), query.Get("end_time"))
		_, _ = w.Write(rows.Bytes())
		_, _ = io.WriteString(w, `]}}`)
	}))
	defer server.Close()
	_, _ = fmt.Println(server.URL) //nolint:forbidigo // a program of its own
	_, _ = io.Copy(io.Discard, os.Stdin)
}
