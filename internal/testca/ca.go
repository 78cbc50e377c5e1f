// Package testca is a certificate authority for one test: it lives in the
// test's temporary folder and nothing else trusts it.
package testca

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// CA signs certificates for servers of one test.
type CA struct {
	// File is the CA's own certificate as PEM, mode 0600.
	File string

	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// Certificate is a server's certificate and its key.
type Certificate struct {
	// CertFile and KeyFile are PEM, mode 0600.
	CertFile, KeyFile string
	// TLS is the same pair, for a server inside the test.
	TLS tls.Certificate
}

// Config is what a server inside the test gives to crypto/tls.
func (c Certificate) Config() *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{c.TLS}, MinVersion: tls.VersionTLS12}
}

// Option changes what [CA.Issue] writes into a certificate.
type Option func(*x509.Certificate)

// For replaces the names: host names and IP addresses, as in a URL.
func For(names ...string) Option {
	return func(template *x509.Certificate) {
		template.DNSNames, template.IPAddresses = nil, nil
		for _, name := range names {
			if ip := net.ParseIP(name); ip != nil {
				template.IPAddresses = append(template.IPAddresses, ip)
				continue
			}
			template.DNSNames = append(template.DNSNames, name)
		}
	}
}

// ForClient makes a certificate by which a client called name signs in.
func ForClient(name string) Option {
	return func(template *x509.Certificate) {
		template.Subject = pkix.Name{CommonName: name}
		template.DNSNames, template.IPAddresses = nil, nil
		template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	}
}

// Expired makes a certificate that ended an hour ago.
func Expired() Option {
	return func(template *x509.Certificate) {
		template.NotBefore = time.Now().Add(-2 * time.Hour)
		template.NotAfter = time.Now().Add(-time.Hour)
	}
}

// New makes a CA that ends with the test.
func New(t testing.TB) *CA {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: "a CA of one test"},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(24 * time.Hour),
		KeyUsage:              x509.KeyUsageCertSign,
		IsCA:                  true,
		BasicConstraintsValid: true,
	}
	ca := &CA{key: newKey(t)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &ca.key.PublicKey, ca.key)
	if err != nil {
		t.Fatalf("signing the CA's own certificate: %v", err)
	}
	if ca.certificate, err = x509.ParseCertificate(der); err != nil {
		t.Fatalf("reading the CA's own certificate: %v", err)
	}
	ca.File = filepath.Join(t.TempDir(), "ca.pem")
	writePEM(t, ca.File, "CERTIFICATE", der)
	return ca
}

// Issue signs a server's certificate, by default one for localhost, 127.0.0.1
// and ::1 that is valid today.
func (ca *CA) Issue(t testing.TB, options ...Option) Certificate {
	t.Helper()
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		t.Fatalf("choosing a serial number: %v", err)
	}
	template := &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: "a server of one test"},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(24 * time.Hour),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	For("localhost", "127.0.0.1", "::1")(template)
	for _, option := range options {
		option(template)
	}
	key := newKey(t)
	der, err := x509.CreateCertificate(rand.Reader, template, ca.certificate, &key.PublicKey, ca.key)
	if err != nil {
		t.Fatalf("signing a certificate: %v", err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatalf("encoding a key: %v", err)
	}
	folder := t.TempDir()
	issued := Certificate{
		CertFile: filepath.Join(folder, "cert.pem"),
		KeyFile:  filepath.Join(folder, "key.pem"),
		TLS:      tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key},
	}
	writePEM(t, issued.CertFile, "CERTIFICATE", der)
	writePEM(t, issued.KeyFile, "PRIVATE KEY", keyDER)
	return issued
}

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatalf("making a key: %v", err)
	}
	return key
}

func writePEM(t testing.TB, path, kind string, der []byte) {
	t.Helper()
	block := pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
	if err := os.WriteFile(path, block, 0o600); err != nil {
		t.Fatalf("writing %s: %v", path, err)
	}
}
