package main

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"cohort/fixtures"
	"cohort/internal/slapdtest"
	"cohort/internal/testca"
)

// accounts is a Coder deployment with an account for each address.
func accounts(t *testing.T, addresses []string) *fixtures.Deployment {
	t.Helper()
	users := make([]fixtures.User, len(addresses))
	for i, address := range addresses {
		users[i] = fixtures.User{
			ID: uuid.NewSHA1(uuid.Nil, []byte(address)).String(), Username: fmt.Sprintf("user-%d", i), Email: address,
			Status: "active", LoginType: "oidc", CreatedAt: time.Unix(1_700_000_000, 0), UpdatedAt: time.Unix(1_700_000_000, 0),
		}
	}
	return serveDeployment(t, users, fixtures.CoderOptions{})
}

// TestTheLeastRightsOfTheDocumentationSuffice holds a directory with exactly
// these rights and this limit against one that shows everything.
func TestTheLeastRightsOfTheDocumentationSuffice(t *testing.T) {
	t.Parallel()
	const people = 150
	page, err := os.ReadFile("../../docs/permissions.md")
	if err != nil {
		t.Fatal(err)
	}
	var rules string
	for _, block := range blocksOf(string(page)) {
		if strings.HasPrefix(block.text, "access to ") {
			rules = block.text
		}
	}
	if rules == "" {
		t.Fatal("there are no rules for OpenLDAP")
	}
	export := func(config slapdtest.Config) string {
		config.LDIF = slapdtest.People(people)
		directory := slapdtest.Start(t, config)
		run := newProgram(t, []string{"COHORT_LDAP_PASSWORD=" + directory.Password}, "export", "--quiet", "--coder", "demo:",
			"--idp", directory.URL+"/ou=people,"+directory.Base, "--ldap-bind-dn", directory.BindDN)
		if code := run.exitCode(t, run.Run()); code != 0 {
			t.Fatalf("exit code %d: %s", code, run.stderr.String())
		}
		return run.stdout.String()
	}
	want := export(slapdtest.Config{})
	got := export(slapdtest.Config{Access: rules, SizeLimit: 10, PagedLimit: 10})
	if lines := strings.Count(want, "\n"); lines != people+1 {
		t.Errorf("%d lines, want %d", lines, people+1)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("with the least rights (-all +least):\n%s", diff)
	}
}

func TestTwentyThousandPeopleOfARealDirectory(t *testing.T) {
	const people, users = 20_000, 2_000
	directory := slapdtest.Start(t, slapdtest.Config{LDIF: slapdtest.People(people), SizeLimit: 500})

	// Every eleventh person has an account, spelled in another case; the last
	// accounts are nobody's.
	mails := directory.Values(t, "(objectClass=inetOrgPerson)", "uid")
	if len(mails) != people {
		t.Fatalf("ldapsearch finds %d people, want %d", len(mails), people)
	}
	wanted := make(map[string]bool)
	var addresses []string
	for i := 0; i < people && len(addresses) < users-50; i += 11 {
		address := fmt.Sprintf("person.%d@example.com", i)
		wanted[address] = true
		if i%2 == 0 {
			address = strings.ToUpper(address)
		}
		addresses = append(addresses, address)
	}
	matched := len(addresses)
	for i := range users - matched {
		addresses = append(addresses, fmt.Sprintf("nobody.%d@example.com", i))
	}
	deployment := accounts(t, addresses)

	folder := t.TempDir()
	settings := []string{"COHORT_LDAP_PASSWORD=" + directory.Password, "CODER_SESSION_TOKEN=" + deployment.Token}
	export := func(name string) []byte {
		run := newProgram(t, settings, "export", "--idp", directory.URL+"/"+directory.Base, "--ldap-bind-dn", directory.BindDN,
			"--coder", deployment.URL, "-o", filepath.Join(folder, name))
		if code := run.exitCode(t, run.Run()); code != 0 {
			t.Fatalf("exit code %d: %s", code, run.stderr.String())
		}
		for _, want := range []string{
			`(?m)^people +20,000 `, fmt.Sprintf(`(?m)^  with a Coder user +%s `, grouped(matched)), `(?m)^Coder users +2,000 `,
			fmt.Sprintf(`(?m)^  of nobody +%d$`, users-matched),
		} {
			if !regexp.MustCompile(want).MatchString(run.stderr.String()) {
				t.Errorf("the summary lacks %q:\n%s", want, run.stderr.String())
			}
		}
		content, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		return content
	}
	first := export("first.csv")
	if second := export("second.csv"); !slices.Equal(first, second) {
		t.Error("two exports of the same differ")
	}

	rows, err := csv.NewReader(strings.NewReader(string(first))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := make(map[string]int)
	for i, header := range rows[0] {
		column[header] = i
	}
	seen := make(map[string]bool)
	for _, row := range rows[1:] {
		username, address := row[column["username"]], strings.ToLower(row[column["email"]])
		if seen[username] {
			t.Errorf("%s is there twice", username)
		}
		seen[username] = true
		if got, want := row[column["coder_user"]], fmt.Sprint(wanted[address]); got != want {
			t.Errorf("%s: coder_user is %s, want %s", address, got, want)
		}
		var i int
		if _, err := fmt.Sscanf(username, "p%d", &i); err != nil {
			t.Fatal(err)
		}
		manager := ""
		if i > 0 {
			manager = fmt.Sprintf("Person.%d@example.com", (i-1)/10)
		}
		if got := row[column["manager_email"]]; got != manager {
			t.Errorf("%s: manager_email is %q, want %q", username, got, manager)
		}
	}
	for _, username := range mails {
		if !seen[username] {
			t.Errorf("%s is missing", username)
		}
	}
}

func TestWhatGoesWrongWithARealDirectory(t *testing.T) {
	ca, strangers := testca.New(t), testca.New(t)
	certificate := ca.Issue(t)
	open := slapdtest.Start(t, slapdtest.Config{LDIF: slapdtest.People(50), TLS: &certificate})
	closed := slapdtest.Start(t, slapdtest.Config{LDIF: slapdtest.People(50), Anonymous: slapdtest.AnonymousSeesNothing})
	mute := slapdtest.Start(t, slapdtest.Config{LDIF: slapdtest.People(50), HideMail: true})
	capped := slapdtest.Start(t, slapdtest.Config{LDIF: slapdtest.People(2000), PagedLimit: 1500, SizeLimit: 500})
	deployment := accounts(t, []string{"person.1@example.com", "person.2@example.com"})
	bound := []string{"--ldap-bind-dn", open.BindDN}

	for _, test := range []struct {
		name     string
		args     []string
		password string
		code     int
		said     string
	}{
		{
			name: "a wrong password", args: append(bound, "--idp", open.URL+"/"+open.Base), password: "hunter2",
			code: 4, said: `: the server answered invalid credentials \(49\).*COHORT_LDAP_PASSWORD`,
		},
		{
			name: "an untrusted certificate", args: append(bound, "--idp", open.LDAPSURL+"/"+open.Base, "--ldap-ca-file", strangers.File),
			password: open.Password, code: 5, said: `certificate.*--ldap-ca-file`,
		},
		{
			name:     "an untrusted certificate over StartTLS",
			args:     append(bound, "--idp", open.URL+"/"+open.Base, "--ldap-starttls", "require", "--ldap-ca-file", strangers.File),
			password: open.Password, code: 5, said: `certificate.*--ldap-ca-file`,
		},
		{
			name: "a base that does not exist", args: append(bound, "--idp", open.URL+"/ou=nowhere,"+open.Base),
			password: open.Password, code: 2, said: `ou=nowhere,dc=example,dc=com.*--ldap-base`,
		},
		{
			name: "an anonymous bind that sees nothing", args: []string{"--idp", closed.URL + "/" + closed.Base},
			code: 4, said: `--ldap-bind-dn`,
		},
		{
			name: "a reader who may not see addresses", args: append(bound, "--idp", mute.URL+"/"+mute.Base), password: mute.Password,
			code: 4, said: `gave 50 people, and none has an address; may the account read mail`,
		},
		{
			name: "a reader who may read 1,500 entries", args: append(bound, "--idp", capped.URL+"/"+capped.Base), password: capped.Password,
			code: 5, said: `after 1500 of them: the server answered size limit exceeded \(4\).*sizelimit \(OpenLDAP\)`,
		},
		{
			name: "a filter that finds nobody", args: append(bound, "--idp", open.URL+"/"+open.Base, "--ldap-filter", "(uid=nobody)"),
			password: open.Password, code: 1, said: `gave no people; check --ldap-base and --ldap-filter`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			output := earlierOutput(t)
			settings := []string{"CODER_SESSION_TOKEN=" + deployment.Token}
			if test.password != "" {
				settings = append(settings, "COHORT_LDAP_PASSWORD="+test.password)
			}
			run := newProgram(t, settings, append([]string{"export", "--coder", deployment.URL, "-o", output.path}, test.args...)...)
			if code := run.exitCode(t, run.Run()); code != test.code {
				t.Errorf("exit code %d, want %d", code, test.code)
			}
			said := run.oneLineSaid(t)
			if !regexp.MustCompile(test.said).MatchString(said) {
				t.Errorf("said %q, want %q", said, test.said)
			}
			if test.password != "" && strings.Contains(said, test.password) {
				t.Errorf("the password is in %q", said)
			}
			output.untouched(t)
		})
	}
}

func TestADirectoryThatIsKilledInTheMiddle(t *testing.T) {
	directory := slapdtest.Start(t, slapdtest.Config{LDIF: slapdtest.People(20_000)})
	deployment := accounts(t, []string{"person.1@example.com", "person.2@example.com"})
	output := earlierOutput(t)
	run := newProgram(t, []string{"COHORT_LDAP_PASSWORD=" + directory.Password, "CODER_SESSION_TOKEN=" + deployment.Token},
		"export", "--coder", deployment.URL, "-o", output.path,
		"--idp", directory.URL+"/"+directory.Base, "--ldap-bind-dn", directory.BindDN, "--ldap-page-size", "5")
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	// Small pages make the read last some seconds once it is connected.
	for deadline := time.Now().Add(20 * time.Second); directory.Connections(t) == 0; {
		if time.Now().After(deadline) {
			t.Fatal("the program never connected")
		}
	}
	directory.Kill()
	if code := run.exitCode(t, run.Wait()); code != 5 {
		t.Errorf("exit code %d, want 5", code)
	}
	if said := run.oneLineSaid(t); !strings.Contains(said, "connection") {
		t.Errorf("said %q, want that the connection was lost", said)
	}
	output.untouched(t)
}
