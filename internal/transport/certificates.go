package transport

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

// authorities are those of a file and further ones; nil, for the system's,
// without either.
func authorities(file string, further []byte) (*x509.CertPool, error) {
	if file == "" && len(further) == 0 {
		return nil, nil // nil is how crypto/tls spells the system's pool
	}
	pool := x509.NewCertPool()
	if len(further) > 0 && !pool.AppendCertsFromPEM(further) {
		return nil, fault.New(fault.Usage, "", "the further authorities hold no certificate")
	}
	if file == "" {
		return pool, nil
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fault.New(fault.Usage, "", "read the CA file: %w", err)
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fault.New(fault.Usage, `it has to hold "BEGIN CERTIFICATE" blocks (PEM)`,
			"read the CA file: no certificate in %s", file)
	}
	return pool, nil
}

// ownCertificates are none without files. The errors name the files, and
// nothing of what is in them.
func ownCertificates(certFile, keyFile string) ([]tls.Certificate, error) {
	const doing = "read the client certificate"
	switch {
	case certFile == "" && keyFile == "":
		return nil, nil
	case keyFile == "":
		return nil, fault.New(fault.Usage, "name the file of its key", "%s: the certificate has no key", doing)
	case certFile == "":
		return nil, fault.New(fault.Usage, "name the file of its certificate", "%s: the key has no certificate", doing)
	}
	if err := secretfile.Check(doing+": the key", keyFile); err != nil {
		return nil, err
	}
	pair, err := tls.LoadX509KeyPair(certFile, keyFile)
	if _, missing := errors.AsType[*fs.PathError](err); missing {
		return nil, fault.New(fault.Usage, "", "%s: %w", doing, err)
	}
	if err != nil {
		return nil, fault.New(fault.Usage, "both are PEM, the key without a passphrase, and belong together",
			"%s: %s", doing, strings.TrimPrefix(err.Error(), "tls: "))
	}
	if end := pair.Leaf.NotAfter; time.Now().After(end) {
		return nil, fault.New(fault.Usage, "it has to be renewed", "%s: it ended on %s", doing, end.UTC().Format(time.DateTime))
	}
	return []tls.Certificate{pair}, nil
}
