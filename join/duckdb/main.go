//go:build linux

// Command duckdb runs the same left join by cohort and by DuckDB, side by side
// from the same files, and compares time, memory and results:
//
//	go run ./join/duckdb                # 1,000,000 people, 100,000 users, 5 runs
//	go run ./join/duckdb -people 10000 -users 1000 -runs 1
//
// It needs Linux, Node.js and npm, which brings @duckdb/node-api into a
// temporary folder. It prints medians and their ratio, and fails where the two
// results differ, or where DuckDB reads from a file of awkward cells something
// else than was written. On a machine that does other work besides, the
// processor time says more than the wall time.
package main

import (
	"bytes"
	"context"
	"embed"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"time"
)

//go:embed join.mjs readback.mjs
var scripts embed.FS

func main() {
	people := flag.Int("people", 1_000_000, "people in the CSV file")
	users := flag.Int("users", 100_000, "users in the JSON file")
	runs := flag.Int("runs", 5, "runs of each, one after the other in turn")
	flag.Parse()
	if err := compare(context.Background(), *people, *users, *runs); err != nil {
		fmt.Fprintln(os.Stderr, err) //nolint:forbidigo // a program of its own
		os.Exit(1)
	}
}

func compare(ctx context.Context, people, users, runs int) error {
	folder, err := os.MkdirTemp("", "cohort-duckdb-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	program := filepath.Join(folder, "cohort")
	if err := run(ctx, ".", "go", "build", "-o", program, "./cmd/cohort"); err != nil {
		return err
	}
	if err := os.CopyFS(folder, scripts); err != nil {
		return err
	}
	if err := run(ctx, folder, "npm", "install", "--silent", "--no-audit", "--no-fund", "@duckdb/node-api"); err != nil {
		return err
	}
	if err := readBack(ctx, folder); err != nil {
		return err
	}
	if err := writePeople(filepath.Join(folder, "people.csv"), people); err != nil {
		return err
	}
	if err := writeUsers(filepath.Join(folder, "users.json"), users, people); err != nil {
		return err
	}

	ours := contender{name: "cohort", command: []string{
		program, "export", "--quiet", "--idp", "people.csv", "--coder", "users.json", "-o", "cohort.csv",
		"--columns", "email,name,username,title,department,employee_type,manager_email,city,country,idp_status,coder_user,coder_active,coder_username,coder_status",
	}}
	theirs := contender{name: "duckdb", command: []string{"node", "join.mjs"}}
	for range runs {
		for _, c := range []*contender{&ours, &theirs} {
			if err := c.measure(ctx, folder); err != nil {
				return err
			}
		}
	}
	if err := sameRows(filepath.Join(folder, "cohort.csv"), filepath.Join(folder, "duckdb.csv"), people); err != nil {
		return err
	}
	for _, c := range []contender{ours, theirs} {
		//nolint:forbidigo // a program of its own
		fmt.Printf("%-8s %6.2f s  %6.2f s of processors  %5d MB  (medians of %d)\n", c.name, median(c.walls), median(c.works), int(median(c.peaks)), runs)
	}
	//nolint:forbidigo // a program of its own
	fmt.Printf("ratio    %6.2f    %6.2f                  %5.2f     (cohort to duckdb; the same %d rows)\n",
		median(ours.walls)/median(theirs.walls), median(ours.works)/median(theirs.works), median(ours.peaks)/median(theirs.peaks), people)
	return nil
}

func run(ctx context.Context, folder, name string, arguments ...string) error {
	command := exec.CommandContext(ctx, name, arguments...)
	command.Dir = folder
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", name, err, out)
	}
	return nil
}

// contender is one of the two, with what its runs took.
type contender struct {
	name    string
	command []string
	walls   []float64 // seconds
	works   []float64 // seconds of processors
	peaks   []float64 // MB
}

func (c *contender) measure(ctx context.Context, folder string) error {
	command := exec.CommandContext(ctx, c.command[0], c.command[1:]...)
	command.Dir = folder
	var told bytes.Buffer
	command.Stdout, command.Stderr = &told, &told
	started := time.Now()
	if err := command.Run(); err != nil {
		return fmt.Errorf("%s: %w\n%s", c.name, err, told.Bytes())
	}
	c.walls = append(c.walls, time.Since(started).Seconds())
	usage, ok := command.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return errors.New("this system does not tell what a process took")
	}
	c.works = append(c.works, (command.ProcessState.UserTime() + command.ProcessState.SystemTime()).Seconds())
	c.peaks = append(c.peaks, float64(usage.Maxrss)/1024)
	return nil
}

func median(values []float64) float64 { return slices.Sorted(slices.Values(values))[len(values)/2] }

// sameRows compares both results cell by cell.
func sameRows(ours, theirs string, want int) error {
	a, closeA, err := rows(ours)
	if err != nil {
		return err
	}
	defer closeA()
	b, closeB, err := rows(theirs)
	if err != nil {
		return err
	}
	defer closeB()
	for n := 0; ; n++ {
		left, errA := a.Read()
		right, errB := b.Read()
		if errors.Is(errA, io.EOF) && errors.Is(errB, io.EOF) {
			if n != want+1 {
				return fmt.Errorf("%d rows were written, want %d", n-1, want)
			}
			return nil
		}
		if err := errors.Join(errA, errB); err != nil {
			return err
		}
		if !slices.Equal(left, right) {
			return fmt.Errorf("line %d differs:\n%q\n%q", n+1, left, right)
		}
	}
}

func rows(path string) (*csv.Reader, func(), error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	reader := csv.NewReader(file)
	reader.ReuseRecord = true
	return reader, func() { _ = file.Close() }, nil
}

// shuffled visits the numbers from 0 to n in an order that is the same each
// time, and far from sorted.
func shuffled(n, i int) int {
	const stride = 999_983 // a prime
	return int(int64(i) * stride % int64(n))
}

func writePeople(path string, n int) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	w := csv.NewWriter(file)
	_ = w.Write([]string{"employee_id", "email", "name", "username", "title", "department", "employee_type", "manager_email", "city", "country", "idp_status"})
	departments := []string{"Platform", "Research", "Sales", "Finance", "Operations", "Research, Applied"}
	cities := []string{"Köln", "München", "London", "Göteborg", "São Paulo", "Reykjavík"}
	for i := range n {
		k := strconv.Itoa(shuffled(n, i))
		email := "person" + k + "@corp.example"
		if i%7 == 0 {
			email = "Person" + k + "@Corp.example"
		}
		status := "active"
		if i%20 == 0 {
			status = "disabled"
		}
		_ = w.Write([]string{
			"E" + k, email, "Person Number " + k, "person" + k, "Engineer " + strconv.Itoa(i%9), departments[i%len(departments)], "employee",
			"person" + strconv.Itoa(i/50) + "@corp.example", cities[i%len(cities)], "DE", status,
		})
	}
	w.Flush()
	return w.Error()
}

// writeUsers writes what "coder users list -o json" would.
func writeUsers(path string, n, people int) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	var b bytes.Buffer
	b.WriteByte('[')
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		k := i * (people / n)
		status := "active"
		if i%10 == 0 {
			status = "suspended"
		}
		fmt.Fprintf(&b, `
  {
    "id": "%08x-0000-4000-8000-%012x",
    "username": "person%d",
    "name": "Person Number %d",
    "email": "PERSON%d@corp.example",
    "created_at": "2025-03-04T05:06:07.123456Z",
    "updated_at": "2026-01-02T03:04:05.123456Z",
    "last_seen_at": "2026-10-11T12:13:14.123456Z",
    "status": %q,
    "login_type": "oidc",
    "organization_ids": ["7c60d51f-b44e-4682-87d6-449835ea4de6"],
    "roles": []
  }`, k, k, k, k, k, status)
	}
	b.WriteString("\n]\n")
	_, err = file.Write(b.Bytes())
	return err
}
