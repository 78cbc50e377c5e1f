package ldap

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"time"

	ber "github.com/go-asn1-ber/asn1-ber"
	ldap "github.com/go-ldap/ldap/v3"

	"cohort/internal/fault"
)

// startTLSName is the name of the StartTLS operation (RFC 4511, section 4.14.1).
const startTLSName = "1.3.6.1.4.1.1466.20037"

// largestStartTLSAnswer bounds an answer that has room for a result and a few
// words.
const largestStartTLSAnswer = 64 << 10

// tlsConfig verifies the server, always: there is no setting that would not.
func (c *Connector) tlsConfig(host string) *tls.Config {
	// The zone of an IPv6 address is this machine's own name for a network.
	host, _, _ = strings.Cut(host, "%")
	return &tls.Config{
		RootCAs:      c.roots,
		Certificates: c.certificates,
		ServerName:   host,
		MinVersion:   tls.VersionTLS12,
	}
}

// startTLS asks the server to speak TLS from its next byte on. It is done here
// and not by go-ldap, which flattens certificate errors into text and knows no
// time-out for the handshake. Nothing is read beyond the answer, so what a
// third party slips in behind it spoils the handshake and is never believed.
func startTLS(tcp net.Conn) error {
	const hint = "use ldaps://; or --ldap-starttls off, where it does no harm that others read along"
	request := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSequence, nil, "")
	request.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, 1, ""))
	operation := ber.Encode(ber.ClassApplication, ber.TypeConstructed, ldap.ApplicationExtendedRequest, nil, "")
	operation.AppendChild(ber.NewString(ber.ClassContext, ber.TypePrimitive, 0, startTLSName, ""))
	request.AppendChild(operation)
	if _, err := tcp.Write(request.Bytes()); err != nil {
		return fmt.Errorf("asking for StartTLS: %w", err)
	}
	answer, err := ber.ReadPacket(io.LimitReader(tcp, largestStartTLSAnswer))
	if err != nil {
		return fmt.Errorf("waiting for the answer to StartTLS: %w", err)
	}
	if len(answer.Children) < 2 || answer.Children[1].Tag != ldap.ApplicationExtendedResponse {
		return fault.New(fault.Source, hint, "asking for StartTLS: the answer is not LDAP")
	}
	if err := ldap.GetLDAPError(answer); err != nil {
		return fault.New(fault.Source, hint, "asking for StartTLS: %s", answered(err))
	}
	return nil
}

// explainTLS says what to do about a failed handshake.
func (c *Connector) explainTLS(err error) error {
	const doing = "encrypting the connection"
	if isTimeout(err) {
		return err
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return fault.New(fault.Source, "an LDAP port without TLS is ldap://, with StartTLS",
			"%s: the server does not speak TLS there", doing)
	}
	if kind, hint, ok := c.explainAlert(err); ok {
		return fault.New(kind, hint, "%s: %w", doing, err)
	}
	return fault.New(fault.Source, c.certificateHint(err), "%s: %w", doing, err)
}

// explainAlert says what to do when the server ends TLS with an alert (RFC
// 8446, section 6.2). With TLS 1.3 it may come as late as with the answer to
// the first request, since the client's certificate comes last.
func (c *Connector) explainAlert(err error) (kind fault.Kind, hint string, ok bool) {
	alert, ok := errors.AsType[*net.OpError](err)
	if !ok || alert.Op != "remote error" {
		return 0, "", false
	}
	const give = "name it with --ldap-cert-file and --ldap-key-file"
	// The type of the alert has no name outside of crypto/tls.
	text := alert.Err.Error()
	switch {
	case strings.Contains(text, "protocol version"):
		return fault.Source, oldTLSHint, true
	case strings.Contains(text, "certificate") && len(c.certificates) > 0:
		return fault.Credentials, "the server does not take the certificate of --ldap-cert-file: is its CA one that the server trusts", true
	case strings.Contains(text, "certificate"):
		return fault.Credentials, "the server wants a client certificate: " + give, true
	case strings.Contains(text, "handshake failure") && len(c.certificates) == 0:
		return fault.Source, "the server may want a client certificate (" + give + "), or have only ciphers that are out of date", true
	default:
		return fault.Source, "the server's log says why", true
	}
}

const oldTLSHint = "TLS 1.2 is the least; the server has to be brought up to date"

func (c *Connector) certificateHint(err error) string {
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		if c.config.CAFile != "" {
			return "no CA in --ldap-ca-file signed the server's certificate"
		}
		return "name the CA that signed the server's certificate with --ldap-ca-file"
	}
	if wrong, ok := errors.AsType[x509.HostnameError](err); ok {
		return nameHint(wrong.Certificate)
	}
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok && invalid.Reason == x509.Expired {
		return fmt.Sprintf("the certificate is good from %s until %s; is this machine's clock right",
			invalid.Cert.NotBefore.UTC().Format(time.DateTime), invalid.Cert.NotAfter.UTC().Format(time.DateTime))
	}
	if strings.Contains(err.Error(), "unsupported protocol version") {
		return oldTLSHint
	}
	return "check that this port speaks TLS"
}

// nameHint says which host the certificate would be good for. Only the
// alternative names count (RFC 9525, section 2).
func nameHint(certificate *x509.Certificate) string {
	names := slices.Clone(certificate.DNSNames)
	for _, ip := range certificate.IPAddresses {
		names = append(names, ip.String())
	}
	switch common := certificate.Subject.CommonName; {
	case len(names) > 0:
		return "name the host in --idp as the certificate does: " + strings.Join(names, ", ")
	case common != "":
		return fmt.Sprintf("the certificate has only a common name (%s), which does not count; it needs a subjectAltName", common)
	default:
		return "the certificate names no host; it needs a subjectAltName"
	}
}
