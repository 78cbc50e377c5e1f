package main

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"cohort/fixtures"
	"cohort/internal/ldapfault"
	"cohort/internal/testca"
)

// exitCodeOf is the exit code for a fault, by the result that the directory
// gives: its credentials are refused, its base is not there, else it ended
// early.
func exitCodeOf(misbehaviour ldapfault.Fault) int {
	switch misbehaviour.Code {
	case 8, 49, 50: // RFC 4511, appendix A
		return 4
	case 32:
		return 2
	default:
		return 5
	}
}

// TestADirectoryThatMisbehaves runs the program against each fault that no read
// can heal.
func TestADirectoryThatMisbehaves(t *testing.T) {
	t.Parallel()
	ca := testca.New(t)
	var people []fixtures.Person
	for i := range 2 * ldapfault.Entries {
		name := fmt.Sprintf("p%03d", i)
		people = append(people, fixtures.Person{
			Number: fmt.Sprint(1000 + i), Username: name, Name: name, FamilyName: name, Mail: name + "@corp.example",
		})
	}
	directory := serveDirectory(t, people, fixtures.LDAPOptions{TLS: ca.Issue(t).Config()})
	ldapfault.Each(t, ldapfault.MustFails(), func(t *testing.T, misbehaviour ldapfault.Fault) {
		server := ldapfault.Start(t, directory.URL, misbehaviour)
		output := earlierOutput(t)
		args := []string{
			"export", "--idp", server.URL + "/" + directory.BaseDN, "--ldap-bind-dn", directory.BindDN, "--ldap-ca-file", ca.File,
			"--ldap-page-size", "25", "--coder", "demo:", "--timeout", "1500ms", "-o", output.path,
		}
		if misbehaviour.StartTLS {
			args = append(args, "--ldap-starttls", "require")
		}
		run := newProgram(t, []string{"COHORT_LDAP_PASSWORD=" + directory.Password}, args...)
		started := time.Now()
		if code, want := run.exitCode(t, run.Run()), exitCodeOf(misbehaviour); code != want {
			t.Errorf("exit code %d, want %d", code, want)
		}
		// The program's own time-outs are of a second and a half, and some of ten.
		if took := time.Since(started); took > 30*time.Second {
			t.Errorf("it took %v", took)
		}
		lines := strings.Split(strings.TrimSuffix(run.stderr.String(), "\n"), "\n")
		for _, line := range lines[:len(lines)-1] {
			if !strings.HasPrefix(line, "cohort: warning: the connection to the directory was lost") {
				t.Errorf("said %q before the error", line)
			}
		}
		said := lines[len(lines)-1]
		if !strings.HasPrefix(said, "cohort: read people from "+server.URL) || !strings.Contains(said, misbehaviour.Says) {
			t.Errorf("said %q, want the server's %q in it", said, misbehaviour.Says)
		}
		if strings.Contains(said, directory.Password) || strings.Contains(said, context.DeadlineExceeded.Error()) {
			t.Errorf("said %q", said)
		}
		if run.stdout.Len() > 0 {
			t.Errorf("wrote %q", run.stdout.String())
		}
		output.untouched(t)
	})
}
