package ldap

import (
	"cohort/internal/certificates"
	"cohort/internal/fault"
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
	var err error
	c.roots, err = certificates.Pool("--ldap-ca-file", c.config.CAFile)
	return err
}

// checkCertificate reads the client's certificate and its key.
func (c *Connector) checkCertificate() (err error) {
	const what = "--ldap-cert-file, --ldap-key-file"
	if c.config.PlanOnly {
		return certificates.AreTwo(what, c.config.CertFile, c.config.KeyFile)
	}
	c.certificates, err = certificates.Pair(what, c.config.CertFile, c.config.KeyFile)
	return err
}
