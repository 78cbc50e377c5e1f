package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"cohort/fixtures"
	"cohort/internal/fault"
	"cohort/internal/oktafault"
)

// orgRun is one run of the program against an org, within this process: that
// its waits are short, and that many wait at a time.
type orgRun struct {
	org            *oktafault.Server
	world          world
	args           []string
	secrets        []string
	stdout, stderr bytes.Buffer
	took           time.Duration
	code           int
}

// newOrgRun prepares an export from an org into a file.
func newOrgRun(t *testing.T, org *oktafault.Server, isApp bool, output string, args ...string) *orgRun {
	t.Helper()
	folder := t.TempDir()
	ca, settings := filepath.Join(folder, "ca.pem"), filepath.Join(folder, "config.yaml")
	for file, content := range map[string][]byte{ca: org.CA, settings: nil} {
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	environment := map[string]string{"OKTA_CLIENT_TOKEN": org.Token}
	r := &orgRun{org: org, secrets: []string{org.Token, "client_assertion=", "eyJ", "PRIVATE KEY"}}
	if isApp {
		app, err := org.AddApp()
		if err != nil {
			t.Fatal(err)
		}
		environment = map[string]string{
			"OKTA_CLIENT_CLIENTID": app.ClientID, "OKTA_CLIENT_PRIVATEKEY": string(app.PrivateKey), "OKTA_CLIENT_PRIVATEKEYID": app.KeyID,
		}
	}
	r.args = append([]string{
		"export", "--config", settings, "--idp", org.URL, "--coder", "demo:", "--okta-ca-file", ca, "-o", output,
	}, args...)
	r.world = world{
		stdin: strings.NewReader(""), stdout: &r.stdout, stderr: &r.stderr, retryDelay: time.Millisecond,
		getenv: func(name string) string { return environment[name] },
	}
	return r
}

func (r *orgRun) run() {
	started := time.Now()
	r.code = run(r.args, r.world)
	r.took = time.Since(started)
}

// TestAnOrgThatMisbehaves runs the program against each fault that no read can
// heal, and with credentials that may see nobody: it ends with the right exit
// code and one line that says what to do, and the earlier file stays as it was.
func TestAnOrgThatMisbehaves(t *testing.T) {
	users := oktafault.People(oktafault.Crowd)
	type test struct {
		name   string
		codes  []int
		output earlier
		*orgRun
	}
	var tests []test
	var runs, waits errgroup.Group
	runs.SetLimit(4)
	var later []func() error
	begin := func(name string, o fixtures.OktaOptions, f oktafault.Fault, isApp bool, codes ...int) {
		t.Helper()
		org, err := oktafault.Serve(users, nil, o, f)
		if err != nil {
			t.Fatal(err)
		}
		output := earlierOutput(t)
		timeout := "20s"
		if f.Silent {
			timeout = "4s"
		}
		r := newOrgRun(t, org, isApp, output.path, "--okta-rate-share", "100%", "--timeout", timeout)
		run := func() error {
			r.run()
			return org.Close()
		}
		if f.Silent {
			// All at a time, after the others: that nothing else is slow.
			later = append(later, run)
		} else {
			runs.Go(run)
		}
		tests = append(tests, test{name, codes, output, r})
	}
	for _, f := range oktafault.All() {
		if f.Outcome != oktafault.Fails {
			continue
		}
		var codes []int
		for _, kind := range f.Kinds {
			codes = append(codes, exitCode(fault.New(kind, "", "")))
		}
		begin(f.Name, fixtures.OktaOptions{}, f, f.OAuth, codes...)
	}
	begin("a token without a role", fixtures.OktaOptions{Role: fixtures.OktaNoRole}, oktafault.Fault{}, false, 4)
	begin("an app without a role", fixtures.OktaOptions{Role: fixtures.OktaNoRole}, oktafault.Fault{}, true, 4)
	err := runs.Wait()
	for _, run := range later {
		waits.Go(run)
	}
	if err := errors.Join(err, waits.Wait()); err != nil {
		t.Fatal(err)
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if !slices.Contains(test.codes, test.code) {
				t.Errorf("exit code %d, want one of %v", test.code, test.codes)
			}
			if test.took > time.Minute { // far beyond its own time-outs
				t.Errorf("it took %v", test.took)
			}
			said := test.stderr.String()
			if strings.Count(said, "\n") != 1 || !strings.HasPrefix(said, "cohort: read people from "+test.org.URL+": ") || !strings.Contains(said, "; ") {
				t.Errorf("said %q, want one line with what was read, and what to do", said)
			}
			for _, secret := range append(test.secrets, "context deadline exceeded") {
				if strings.Contains(said, secret) {
					t.Errorf("said %q, with %q in it", said, secret)
				}
			}
			if test.stdout.Len() > 0 {
				t.Errorf("wrote %q", test.stdout.String())
			}
			test.output.untouched(t)
		})
	}
}

// TestTwentyThousandPeopleComeWholeThroughBadWeather exports a large org that
// refuses, breaks off and repeats as it likes: every byte is as from an org
// that behaves, with groups and without.
func TestTwentyThousandPeopleComeWholeThroughBadWeather(t *testing.T) {
	const people = 20_000
	users := oktafault.People(people)
	groups := oktafault.Groups(users)
	export := func(t *testing.T, columns string, f oktafault.Fault) []byte {
		t.Helper()
		org, err := oktafault.Serve(users, groups, fixtures.OktaOptions{RateLimit: 1 << 20}, f)
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := org.Close(); err != nil {
				t.Error(err)
			}
		}()
		output := filepath.Join(t.TempDir(), "people.csv")
		r := newOrgRun(t, org, false, output, "--columns", columns)
		if r.run(); r.code != 0 {
			t.Fatalf("exit code %d: %s", r.code, r.stderr.String())
		}
		if f.Name != "" && org.Struck() < people/200/5 {
			t.Errorf("only %d calls went wrong", org.Struck())
		}
		written, err := os.ReadFile(output)
		if err != nil {
			t.Fatal(err)
		}
		return written
	}
	for name, columns := range map[string]string{
		"with groups":    "email,name,manager_email,idp_status_raw,badgeNumber,groups",
		"without groups": "email,name,manager_email,idp_status_raw,department,city",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want, got := export(t, columns, oktafault.Fault{}), export(t, columns, oktafault.BadWeather())
			if lines := bytes.Count(want, []byte("\n")); lines != people+1 {
				t.Errorf("%d lines, want one for each of %d people and the header", lines, people)
			}
			if !bytes.Equal(want, got) {
				t.Errorf("%d bytes differ from %d", len(got), len(want))
			}
		})
	}
}
