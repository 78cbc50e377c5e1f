package main

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"cohort/fixtures"
)

// samplePeople are those of the sample company.
func samplePeople(t *testing.T) []fixtures.Person {
	t.Helper()
	people, err := fixtures.People()
	if err != nil {
		t.Fatal(err)
	}
	return people
}

// sampleUsers are those of the sample company's deployment.
func sampleUsers(t *testing.T) []fixtures.User {
	t.Helper()
	users, err := fixtures.Users()
	if err != nil {
		t.Fatal(err)
	}
	return users
}

// serveDirectory serves people until the end of the test.
func serveDirectory(t *testing.T, people []fixtures.Person, o fixtures.LDAPOptions) *fixtures.Directory {
	t.Helper()
	directory, err := fixtures.ServeLDAP(fixtures.LDAP(people), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeServer(t, directory) })
	return directory
}

// serveDeployment serves users until the end of the test.
func serveDeployment(t *testing.T, users []fixtures.User, o fixtures.CoderOptions) *fixtures.Deployment {
	t.Helper()
	deployment, err := fixtures.ServeCoder(users, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeServer(t, deployment) })
	return deployment
}

// serveOrg serves users, with the groups that the sample company's would have,
// until the end of the test, and gives the file of the org's CA.
func serveOrg(t *testing.T, users []fixtures.OktaUser, o fixtures.OktaOptions) (org *fixtures.Org, caFile string) {
	t.Helper()
	org, err := fixtures.ServeOkta(users, fixtures.OktaGroups(users), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeServer(t, org) })
	caFile = filepath.Join(t.TempDir(), "okta-ca.pem")
	if err := os.WriteFile(caFile, org.CA, 0o600); err != nil {
		t.Fatal(err)
	}
	return org, caFile
}

func closeServer(t *testing.T, server io.Closer) {
	t.Helper()
	if err := server.Close(); err != nil {
		t.Error(err)
	}
}
