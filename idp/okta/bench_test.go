package okta_test

import (
	"net/http"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	sdk "github.com/okta/okta-sdk-golang/v2/okta"
	"github.com/okta/okta-sdk-golang/v2/okta/query"

	"cohort/fixtures"
	"cohort/idp"
	"cohort/internal/oktafault"
	"cohort/internal/transport"
)

// columns are what an export asks for by default.
func columns() idp.Request {
	return idp.Request{Fields: []idp.Field{
		idp.Name, idp.Username, idp.Title, idp.Department, idp.EmployeeType, idp.ManagerEmail, idp.City, idp.Country,
	}}
}

// BenchmarkBesideTheSDK reads 20,000 people at 200 ms a page, and as the SDK's
// own documentation has it: "of-the-SDK" is our part of its time.
func BenchmarkBesideTheSDK(b *testing.B) {
	const people = 20_000
	served := org(b, oktafault.People(people), nil, fixtures.OktaOptions{RateLimit: 1 << 20, Latency: 200 * time.Millisecond})
	var ours, theirs time.Duration
	for b.Loop() {
		start := time.Now()
		got, err := collect(b.Context(), b, connect(b, signedInTo(served)), columns())
		if err != nil || len(got) != people {
			b.Fatalf("%d people and the error %v", len(got), err)
		}
		ours += time.Since(start)

		start = time.Now()
		if n := sdkLoop(b, served); n != people*19/20 {
			b.Fatalf("the SDK gave %d people, who have not left", n)
		}
		theirs += time.Since(start)
	}
	b.ReportMetric(ours.Seconds()/float64(b.N), "s/ours")
	b.ReportMetric(theirs.Seconds()/float64(b.N), "s/SDK")
	b.ReportMetric(ours.Seconds()/theirs.Seconds(), "of-the-SDK")
}

// sdkLoop reads the plain list, which is without those who have left.
func sdkLoop(b *testing.B, served *fixtures.Org) int {
	b.Helper()
	client, err := transport.New(transport.Config{CAs: served.CA})
	if err != nil {
		b.Fatal(err)
	}
	defer client.CloseIdleConnections()
	ctx, c, err := sdk.NewClient(b.Context(), sdk.WithOrgUrl(served.Origin), sdk.WithToken(served.Token),
		sdk.WithHttpClientPtr(&http.Client{Transport: client.Transport}))
	if err != nil {
		b.Fatal(err)
	}
	users, resp, err := c.User.ListUsers(ctx, query.NewQueryParams(query.WithLimit(200)))
	if err != nil {
		b.Fatal(err)
	}
	count := len(users)
	for resp.HasNextPage() {
		var page []*sdk.User
		if resp, err = resp.Next(ctx, &page); err != nil {
			b.Fatal(err)
		}
		count += len(page)
	}
	return count
}

// BenchmarkUnderABudget reads 20,000 people where 40 calls fit into each window
// of four seconds, half of which are ours: "of-the-budget" is the time beside
// what five pages a second come to, "left-to-others" the least part of the
// limit that any window had left. The server's clock has whole seconds, as its
// headers do.
func BenchmarkUnderABudget(b *testing.B) {
	const people, limit, window, share = 20_000, 40, 4 * time.Second, 50
	users := oktafault.People(people)
	var took time.Duration
	var calls int
	least := limit
	for b.Loop() {
		var mu sync.Mutex
		served := org(b, users, nil, fixtures.OktaOptions{
			RateLimit: limit, Window: window,
			Now: func() time.Time { return time.Now().Truncate(time.Second) },
			Wrap: func(h http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					h.ServeHTTP(w, r)
					if left, err := strconv.Atoi(w.Header().Get("X-Rate-Limit-Remaining")); err == nil {
						mu.Lock()
						least = min(least, left)
						mu.Unlock()
					}
				})
			},
		})
		config := signedInTo(served)
		config.RateShare = share
		start := time.Now()
		got, err := collect(b.Context(), b, connect(b, config), columns())
		if err != nil || len(got) != people {
			b.Fatalf("%d people and the error %v", len(got), err)
		}
		took += time.Since(start)
		calls += served.Calls()["/api/v1/users"]
	}
	read := took.Seconds() / float64(b.N)
	allowed := float64(people/200) / (limit * share / 100) * window.Seconds()
	b.ReportMetric(read, "s/read")
	b.ReportMetric(float64(calls)/float64(b.N), "calls/read")
	b.ReportMetric(read/allowed, "of-the-budget")
	b.ReportMetric(float64(least)/limit, "left-to-others")
}

// BenchmarkMemory reads 20,000 people and keeps none: "kept-B/person" is what
// stays in memory of each until the end, by which people are known again.
func BenchmarkMemory(b *testing.B) {
	const people = 20_000
	served := org(b, oktafault.People(people), nil, fixtures.OktaOptions{RateLimit: 1 << 20})
	live := func() float64 {
		var m runtime.MemStats
		for range 3 { // what pools hold survives one
			runtime.GC()
		}
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc)
	}
	read := func() (kept float64) {
		var before float64
		count := 0
		for _, err := range connect(b, signedInTo(served)).People(b.Context(), columns()) {
			if err != nil {
				b.Fatal(err)
			}
			switch count++; count {
			case 1:
				before = live()
			case people:
				kept = live() - before
			}
		}
		return kept
	}
	read() // the org keeps its users in JSON
	var kept float64
	for b.Loop() {
		kept += read()
	}
	b.ReportMetric(kept/float64(b.N)/people, "kept-B/person")
}
