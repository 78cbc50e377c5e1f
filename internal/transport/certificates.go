package transport

import (
	"crypto/x509"

	"cohort/internal/certificates"
	"cohort/internal/fault"
)

// authorities are those of a file and further ones; nil, for the system's,
// without either.
func authorities(file string, further []byte) (pool *x509.CertPool, err error) {
	if file != "" {
		if pool, err = certificates.Pool("read the CA file", file); err != nil {
			return nil, err
		}
	}
	if len(further) == 0 {
		return pool, nil // nil is how crypto/tls spells the system's pool
	}
	if pool == nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(further) {
		return nil, fault.New(fault.Usage, "", "the further authorities hold no certificate")
	}
	return pool, nil
}
