package ldap

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

// checkTLS reads the CA; it alone is trusted then.
func (c *Connector) checkTLS() error {
	switch c.config.StartTLS {
	case "", startTLSOff:
	case startTLSRequire:
		if c.address.scheme == "ldaps" {
			return fault.New(fault.Usage, "use ldap:// with StartTLS, or ldaps:// without",
				"--ldap-starttls: an ldaps:// connection is encrypted from its start")
		}
		if c.address.scheme == "ldapi" {
			return fault.New(fault.Usage, "leave it out", "--ldap-starttls: an ldapi:// connection does not leave this machine")
		}
	default:
		return fault.New(fault.Usage, "it is require or off", "--ldap-starttls: an unknown value")
	}
	if c.config.CAFile == "" {
		return nil
	}
	data, err := os.ReadFile(c.config.CAFile)
	if err != nil {
		return fault.New(fault.Usage, "", "--ldap-ca-file: %w", err)
	}
	c.roots = x509.NewCertPool()
	if !c.roots.AppendCertsFromPEM(data) {
		return fault.New(fault.Usage, "it begins with -----BEGIN CERTIFICATE-----",
			"--ldap-ca-file: %s holds no certificate in PEM", c.config.CAFile)
	}
	return nil
}

// checkCertificate reads the client's certificate and its key.
func (c *Connector) checkCertificate() error {
	certificate, key := c.config.CertFile, c.config.KeyFile
	switch {
	case certificate == "" && key == "":
		return nil
	case certificate == "":
		return fault.New(fault.Usage, "name it with --ldap-cert-file", "--ldap-key-file: the key has no certificate")
	case key == "":
		return fault.New(fault.Usage, "name it with --ldap-key-file", "--ldap-cert-file: the certificate has no key")
	case c.config.PlanOnly:
		return nil
	}
	if err := secretfile.Check("--ldap-key-file", key); err != nil {
		return err
	}
	pair, err := tls.LoadX509KeyPair(certificate, key)
	if _, missing := errors.AsType[*fs.PathError](err); missing {
		return fault.New(fault.Usage, "", "--ldap-cert-file, --ldap-key-file: %w", err)
	}
	if err != nil {
		return fault.New(fault.Usage, "both are PEM, the key without a passphrase, and belong together",
			"--ldap-cert-file, --ldap-key-file: %s", strings.TrimPrefix(err.Error(), "tls: "))
	}
	if end := pair.Leaf.NotAfter; time.Now().After(end) {
		return fault.New(fault.Usage, "", "--ldap-cert-file: the certificate ended on %s", end.UTC().Format(time.DateTime))
	}
	c.certificates = []tls.Certificate{pair}
	return nil
}
