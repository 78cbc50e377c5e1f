package transport

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
)

// Peer is the far end of a connection in the user's own terms.
type Peer struct {
	// Name is what to call it.
	Name string
	// Flag is where the user named it.
	Flag string
	// CASetting is where the user names authorities to trust.
	CASetting string
}

// Advice is what the user can do about a connection to the peer that was not
// made; empty where nothing is known.
func (p Peer) Advice(err error) string {
	var (
		authority  x509.UnknownAuthorityError
		hostname   x509.HostnameError
		invalid    x509.CertificateInvalidError
		notTLS     tls.RecordHeaderError
		dns        *net.DNSError
		cut        *CutError
		unanswered net.Error
	)
	switch {
	case errors.As(err, &authority):
		return "set " + p.CASetting + " to the certificates of the authority that signed it"
	case errors.As(err, &hostname):
		return "give " + p.Flag + " the name that the certificate is for"
	case errors.As(err, &invalid):
		return "the certificate has to be renewed, or this machine's clock is wrong"
	case errors.Is(err, http.ErrSchemeMismatch), errors.As(err, &notTLS):
		return "the server does not speak TLS on this port, check " + p.Flag
	case errors.As(err, &dns):
		return "check the host name in " + p.Flag + ", and the VPN if it needs one"
	case errors.As(err, &cut):
		return "try again"
	case errors.As(err, &unanswered):
		return "check that " + p.Name + " can be reached from here (VPN, firewall, HTTPS_PROXY)"
	}
	return ""
}
