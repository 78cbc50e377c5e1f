package ldap

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
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

func (c *Connector) tlsConfig(host string) *tls.Config {
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
func (c *Connector) explainTLS(server string, err error) error {
	doing := "encrypting the connection to " + server
	if isTimeout(err) {
		return err
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return fault.New(fault.Source, "an LDAP port without TLS is ldap://, with StartTLS",
			"%s: the server does not speak TLS there", doing)
	}
	return fault.New(fault.Source, c.certificateHint(err), "%s: %w", doing, err)
}

func (c *Connector) certificateHint(err error) string {
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		if c.config.CAFile != "" {
			return "no CA in --ldap-ca-file signed the server's certificate"
		}
		return "name the CA that signed the server's certificate with --ldap-ca-file"
	}
	if wrong, ok := errors.AsType[x509.HostnameError](err); ok {
		names := append([]string{}, wrong.Certificate.DNSNames...)
		for _, ip := range wrong.Certificate.IPAddresses {
			names = append(names, ip.String())
		}
		if len(names) == 0 {
			return "the certificate names no host"
		}
		return "name the host in --idp as the certificate does: " + strings.Join(names, ", ")
	}
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok && invalid.Reason == x509.Expired {
		return fmt.Sprintf("the certificate is good from %s until %s",
			invalid.Cert.NotBefore.UTC().Format(time.DateTime), invalid.Cert.NotAfter.UTC().Format(time.DateTime))
	}
	return "check that this port speaks TLS"
}
