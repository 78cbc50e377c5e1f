package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// measured is what runs of the program took.
type measured struct{ wall, cpu time.Duration }

func (m *measured) add(other measured) {
	m.wall += other.wall
	m.cpu += other.cpu
}

// measure runs the program to its end, which has to come with a code.
func measure(b *testing.B, code int, args ...string) measured {
	b.Helper()
	run := newProgram(b, nil, args...)
	started := time.Now()
	err := run.Run()
	took := measured{wall: time.Since(started)}
	if got := run.exitCode(b, err); got != code {
		b.Fatalf("%q: exit code %d, want %d; said %q", args, got, code, run.stderr.String())
	}
	took.cpu = run.ProcessState.UserTime() + run.ProcessState.SystemTime()
	return took
}

// BenchmarkAuditBesideExport audits 100,000 people of a CSV file and 20,000
// accounts of what coder users list wrote, and exports the same, in turn, each
// as a process from its start to its end.
func BenchmarkAuditBesideExport(b *testing.B) {
	people, users := writeCompany(b)
	read := []string{"--idp", people, "--coder", users, "--quiet"}
	folder := b.TempDir()
	var audits, exports measured
	runs := 0
	for b.Loop() {
		exports.add(measure(b, 0, append([]string{"export", "-o", filepath.Join(folder, "people.csv")}, read...)...))
		audits.add(measure(b, 3, append([]string{"audit", "-o", filepath.Join(folder, "findings.csv")}, read...)...))
		runs++
	}
	b.ReportMetric(0, "ns/op") // of both, which says nothing
	b.ReportMetric(audits.wall.Seconds()*1000/float64(runs), "ms/audit")
	b.ReportMetric(exports.wall.Seconds()*1000/float64(runs), "ms/export")
	b.ReportMetric(audits.wall.Seconds()/exports.wall.Seconds(), "audit/export")
	b.ReportMetric(audits.cpu.Seconds()/exports.cpu.Seconds(), "cpu-audit/export")
}

// BenchmarkDiffOfExports compares exports of those 100,000 people with later
// ones, in which one person in a hundred moved and one account in seven is
// gone.
func BenchmarkDiffOfExports(b *testing.B) {
	people, users := writeCompany(b)
	later, fewer := filepath.Join(b.TempDir(), "later.csv"), filepath.Join(b.TempDir(), "fewer.json")
	writePeople(b, later, func(i int) string {
		if i%100 == 0 {
			return "Moved"
		}
		return benchDepartment(i)
	})
	writeUsers(b, fewer, func(i int) bool { return i%7 > 0 })
	for _, ending := range []string{"csv", "jsonl", "dx"} {
		b.Run(ending, func(b *testing.B) {
			folder := b.TempDir()
			old, current := filepath.Join(folder, "old."+ending), filepath.Join(folder, "new."+ending)
			var format []string
			if ending == "dx" {
				format = []string{"--format", "dx", "--columns", "email,Coder=coder_active,Department=department"}
			}
			measure(b, 0, append([]string{"export", "--idp", people, "--coder", users, "--quiet", "-o", old}, format...)...)
			measure(b, 0, append([]string{"export", "--idp", later, "--coder", fewer, "--quiet", "-o", current}, format...)...)
			var diffs measured
			runs := 0
			for b.Loop() {
				diffs.add(measure(b, 3, "diff", old, current, "--exit-code", "-o", filepath.Join(folder, "changes.json")))
				runs++
			}
			b.ReportMetric(diffs.cpu.Seconds()*1000/float64(runs), "cpu-ms/op")
		})
	}
}

// writeCompany writes 100,000 people and 20,000 accounts, of which one in ten
// is nobody's and about one in twenty a leaver's.
func writeCompany(b *testing.B) (people, users string) {
	people, users = filepath.Join(b.TempDir(), "people.csv"), filepath.Join(b.TempDir(), "users.json")
	writePeople(b, people, benchDepartment)
	writeUsers(b, users, func(int) bool { return true })
	return people, users
}

func benchDepartment(i int) string { return fmt.Sprint("Department ", i%300) }

func writePeople(b *testing.B, path string, department func(i int) string) {
	writeFile(b, path, func(w *bufio.Writer) {
		fmt.Fprintln(w, "email,name,given_name,family_name,username,title,department,employee_type,manager_email,city,country,idp_status,idp_id")
		for i := range 100_000 {
			status := "active"
			if i%20 == 5 {
				status = "disabled"
			}
			fmt.Fprintf(w, "person%d@corp.example,Given%d Family%d,Given%d,Family%d,person%d,Engineer,%s,employee,person%d@corp.example,Berlin,DE,%s,%d\n",
				i, i, i%100, i, i%100, i, department(i), i/10, status, i)
		}
	})
}

func writeUsers(b *testing.B, path string, isKept func(i int) bool) {
	now := time.Now().UTC()
	writeFile(b, path, func(w *bufio.Writer) {
		separator := "["
		for i := range 20_000 {
			if !isKept(i) {
				continue
			}
			email := fmt.Sprintf("Person%d@corp.example", i*5)
			if i%10 == 0 {
				email = fmt.Sprintf("guest%d@agency%d.example", i, i%7)
			}
			fmt.Fprintf(w, `%s{"id":"c0de0000-0000-4000-8000-%012d","username":"user%d","name":"Given%d Family%d","email":"%s","status":"active",`+
				`"login_type":"oidc","created_at":"2025-01-07T09:00:00Z","last_seen_at":"%s","roles":[]}`,
				separator, i, i, i*5, i*5%100, email, now.AddDate(0, 0, -i%120).Format(time.RFC3339))
			separator = ",\n"
		}
		fmt.Fprintln(w, "]")
	})
}

func writeFile(b *testing.B, path string, write func(*bufio.Writer)) {
	b.Helper()
	file, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	w := bufio.NewWriter(file)
	write(w)
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
}
