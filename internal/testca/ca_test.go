package testca_test

import (
	"crypto/tls"
	"crypto/x509"
	"os"
	"testing"
	"time"

	"cohort/internal/testca"
)

func TestCertificatesVerifyAsTheirOptionsSay(t *testing.T) {
	ca := testca.New(t)
	pool := poolOf(t, ca.File)
	tests := []struct {
		name    string
		options []testca.Option
		pool    *x509.CertPool
		host    string
		ok      bool
	}{
		{"localhost by default", nil, pool, "localhost", true},
		{"127.0.0.1 by default", nil, pool, "127.0.0.1", true},
		{"::1 by default", nil, pool, "::1", true},
		{"no other name by default", nil, pool, "ldap.example.com", false},
		{"another name when asked", []testca.Option{testca.For("ldap.example.com")}, pool, "ldap.example.com", true},
		{"and then not localhost", []testca.Option{testca.For("ldap.example.com")}, pool, "localhost", false},
		{"expired", []testca.Option{testca.Expired()}, pool, "localhost", false},
		{"another CA", nil, poolOf(t, testca.New(t).File), "localhost", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			issued := ca.Issue(t, test.options...)
			pair, err := tls.LoadX509KeyPair(issued.CertFile, issued.KeyFile)
			if err != nil {
				t.Fatalf("loading the pair: %v", err)
			}
			leaf, err := x509.ParseCertificate(pair.Certificate[0])
			if err != nil {
				t.Fatalf("parsing the certificate: %v", err)
			}
			_, err = leaf.Verify(x509.VerifyOptions{Roots: test.pool, DNSName: test.host, CurrentTime: time.Now()})
			if (err == nil) != test.ok {
				t.Errorf("verifying for %s: %v, want success: %t", test.host, err, test.ok)
			}
		})
	}
}

func TestOnlyTheOwnerReadsTheFiles(t *testing.T) {
	ca := testca.New(t)
	issued := ca.Issue(t)
	for _, path := range []string{ca.File, issued.CertFile, issued.KeyFile} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != 0o600 {
			t.Errorf("%s has mode %o, want 600", path, got)
		}
	}
}

func poolOf(t *testing.T, file string) *x509.CertPool {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(data) {
		t.Fatalf("%s holds no certificate", file)
	}
	return pool
}
