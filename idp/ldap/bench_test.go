package ldap_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"cohort/idp"
	"cohort/idp/ldap"
	"cohort/internal/slapdtest"
)

// tenAttributes are the attributes that an export's default columns and the
// matching have values for, on the people of slapdtest.
func tenAttributes() []string {
	return []string{"entryUUID", "mail", "displayName", "cn", "uid", "title", "ou", "employeeType", "manager", "l"}
}

func defaultRequest() idp.Request {
	return idp.Request{Fields: []idp.Field{
		idp.Name, idp.Username, idp.Title, idp.Department, idp.EmployeeType, idp.ManagerEmail, idp.City, idp.Country,
	}}
}

// BenchmarkRead reads 20,000 people from slapd on loopback, with what an
// export's default columns ask for.
func BenchmarkRead(b *testing.B) {
	const people = 20_000
	server := slapdtest.Start(b, slapdtest.Config{LDIF: slapdtest.People(people), SizeLimit: 500})
	c := connect(b, signedIn(server))
	b.ReportAllocs()
	for b.Loop() {
		count := 0
		for _, err := range c.People(b.Context(), defaultRequest()) {
			if err != nil {
				b.Fatal(err)
			}
			count++
		}
		if count != people {
			b.Fatalf("%d people came, want %d", count, people)
		}
	}
	b.ReportMetric(float64(people)*float64(b.N)/b.Elapsed().Seconds(), "people/s")
}

// BenchmarkBesideLdapsearch reads 100,000 people with ten attributes, turn by
// turn by ldapsearch and by a process that runs the connector, and reports the
// medians: the wall time of each, their ratio, and the memory that the
// connector's process takes above what it had before it connected.
//
//	go test -run '^$' -bench BesideLdapsearch -benchtime 5x ./idp/ldap
func BenchmarkBesideLdapsearch(b *testing.B) {
	const people = 100_000
	server := slapdtest.Start(b, slapdtest.Config{LDIF: slapdtest.People(people), SizeLimit: 500})
	config := signedIn(server)
	var theirs, ours, ratios, memory []float64
	for b.Loop() {
		dump := exec.CommandContext(b.Context(), "ldapsearch", append([]string{
			"-x", "-LLL", "-o", "ldif-wrap=no", "-H", server.URL, "-D", server.BindDN, "-w", server.Password, "-b", server.Base,
			"-E", "pr=1000/noprompt", "(objectClass=person)",
		}, tenAttributes()...)...)
		dump.Stdout = io.Discard
		started := time.Now()
		if err := dump.Run(); err != nil {
			b.Fatal(err)
		}
		theirs = append(theirs, time.Since(started).Seconds())

		read := exec.CommandContext(b.Context(), os.Args[0])
		read.Env = append(os.Environ(), readerConfig+"="+strings.Join([]string{config.URL, config.BindDN, config.Password}, "\n"))
		read.Stderr = os.Stderr //nolint:forbidigo // a program of its own
		started = time.Now()
		out, err := read.Output()
		if err != nil {
			b.Fatal(err)
		}
		ours = append(ours, time.Since(started).Seconds())
		var count int
		var kilobytes float64
		if _, err := fmt.Sscan(string(out), &count, &kilobytes); err != nil || count != people {
			b.Fatalf("the reader said %q, %v; want %d people", out, err, people)
		}
		memory = append(memory, kilobytes/1024)
		ratios = append(ratios, ours[len(ours)-1]/theirs[len(theirs)-1])
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(theirs), "s/ldapsearch")
	b.ReportMetric(median(ours), "s/cohort")
	b.ReportMetric(median(ratios), "ratio")
	b.ReportMetric(median(memory), "MB/cohort")
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

// readerConfig is the environment variable that turns the test's binary into a
// reader; see TestMain.
const readerConfig = "COHORT_TEST_READER"

func TestMain(m *testing.M) {
	if config := os.Getenv(readerConfig); config != "" {
		if err := readAndReport(config); err != nil {
			fmt.Fprintln(os.Stderr, err) //nolint:forbidigo // a program of its own
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// readAndReport reads everybody, and prints how many there were and by how many
// kilobytes the process grew at its largest.
func readAndReport(config string) error {
	parts := strings.Split(config, "\n")
	connector, err := ldap.New(ldap.Config{URL: parts[0], BindDN: parts[1], Password: parts[2]})
	if err != nil {
		return err
	}
	before, err := largest()
	if err != nil {
		return err
	}
	count := 0
	for _, err := range connector.People(context.Background(), defaultRequest()) {
		if err != nil {
			return err
		}
		count++
	}
	after, err := largest()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(os.Stdout, count, after-before) //nolint:forbidigo // a program of its own
	return err
}

// largest is the most memory that the process has had, in kilobytes (proc(5),
// VmHWM).
func largest() (int, error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	return strconv.Atoi(strings.Fields(rest)[0])
}
