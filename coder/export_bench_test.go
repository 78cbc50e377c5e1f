package coder_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"cohort/coder"
)

// BenchmarkExport reads 100,000 users from files in the formats of Coder. It
// reports what the heap took in addition, in bytes per byte of the file.
func BenchmarkExport(b *testing.B) {
	const n = 100_000
	var table, array strings.Builder
	fmt.Fprintf(&table, "%-13s%-27s%-22s%-11s\n", "USERNAME", "EMAIL", "CREATED AT", "STATUS")
	for i := range n {
		fmt.Fprintf(&table, "%-13s%-27s%-22s%-11s\n", fmt.Sprintf("user-%06d", i), fmt.Sprintf("User-%d@example.com", i),
			"2024-02-29T08:00:00Z", "active")
		fmt.Fprintf(&array, `,{"id":"00000000-0000-4000-8000-%012d","username":"user-%06d","name":"Some Body",`+
			`"avatar_url":"https://avatars.example.com/u/1","email":"User-%[2]d@example.com",`+
			`"created_at":"2024-02-29T08:00:00.123456Z","updated_at":"2024-02-29T08:00:00.123456Z",`+
			`"last_seen_at":"2025-02-28T08:00:00.123456Z","status":"active","login_type":"oidc",`+
			`"organization_ids":["00000000-0000-4000-8000-000000000000"],"roles":[],"has_ai_seat":false}`, i, i)
	}
	for name, text := range map[string]string{"JSON": "[" + array.String()[1:] + "]\n", "table": table.String()} {
		b.Run(name, func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "users")
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			for b.Loop() {
				export, err := coder.OpenExport(b.Context(), coder.ExportConfig{Path: path})
				if err != nil {
					b.Fatal(err)
				}
				if users, err := export.Users(b.Context()); err != nil || len(users) != n {
					b.Fatalf("%d users, error %v", len(users), err)
				}
			}
			runtime.ReadMemStats(&after)
			b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/float64(b.N)/float64(len(text)), "alloc-B/B")
		})
	}
}
