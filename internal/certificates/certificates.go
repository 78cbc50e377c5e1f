// Package certificates reads the certificates that a user names in files: the
// authorities to trust, and the client's own with its key. All are PEM. Its
// errors are of the kind [fault.Usage], begin with what the file is for as its
// user knows it, such as "--ldap-ca-file", and say nothing of what is in a key.
package certificates

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io/fs"
	"os"
	"strings"
	"time"

	"cohort/internal/fault"
	"cohort/internal/secretfile"
)

// Pool holds the authorities of a file, and no others.
func Pool(what, file string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fault.New(fault.Usage, "", "%s: %w", what, err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fault.New(fault.Usage, "it begins with -----BEGIN CERTIFICATE-----",
			"%s: %s holds no certificate in PEM", what, file)
	}
	return pool, nil
}

// Pair is the client's certificate and its key, which are two files or none.
func Pair(what, certFile, keyFile string) ([]tls.Certificate, error) {
	if err := AreTwo(what, certFile, keyFile); err != nil || certFile == "" {
		return nil, err
	}
	if err := secretfile.Check(what+": the key", keyFile); err != nil {
		return nil, err
	}
	pair, err := tls.LoadX509KeyPair(certFile, keyFile)
	if _, missing := errors.AsType[*fs.PathError](err); missing {
		return nil, fault.New(fault.Usage, "", "%s: %w", what, err)
	}
	if err != nil {
		return nil, fault.New(fault.Usage, "both are PEM, the key without a passphrase, and belong together",
			"%s: %s", what, strings.TrimPrefix(err.Error(), "tls: "))
	}
	own, err := x509.ParseCertificate(pair.Certificate[0])
	if err != nil {
		return nil, fault.New(fault.Usage, "", "%s: %w", what, err)
	}
	if end := own.NotAfter; time.Now().After(end) {
		return nil, fault.New(fault.Usage, "it has to be renewed", "%s: the certificate ended on %s", what, end.UTC().Format(time.DateTime))
	}
	return []tls.Certificate{pair}, nil
}

// AreTwo refuses one file without the other. It opens neither.
func AreTwo(what, certFile, keyFile string) error {
	switch {
	case certFile != "" && keyFile == "":
		return fault.New(fault.Usage, "name the file of its key", "%s: the certificate has no key", what)
	case certFile == "" && keyFile != "":
		return fault.New(fault.Usage, "name the file of its certificate", "%s: the key has no certificate", what)
	default:
		return nil
	}
}
