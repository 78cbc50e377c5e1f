package ldap_test

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"os"
	"path/filepath"
	"testing"

	"cohort/idp"
	"cohort/idp/ldap"
	"cohort/internal/fault"
	"cohort/internal/slapdtest"
	"cohort/internal/testca"
)

func TestAClientCertificateSignsIn(t *testing.T) {
	ca := testca.New(t)
	certificate := ca.Issue(t)
	server := slapdtest.Start(t, slapdtest.Config{
		LDIF: slapdtest.People(20), TLS: &certificate, ClientCA: ca.File, Anonymous: slapdtest.AnonymousSeesNothing,
	})
	reader, stranger := ca.Issue(t, testca.ForClient("reader")), testca.New(t).Issue(t, testca.ForClient("reader"))
	for _, test := range []struct {
		name     string
		url      string
		startTLS string
		client   testca.Certificate
		kind     fault.Kind
		says     string // of the failure
	}{
		{"over LDAPS", server.LDAPSURL, "", reader, 0, ""},
		{"over StartTLS", server.URL, "require", reader, 0, ""},
		{"without TLS", server.URL, "", reader, fault.Usage, "--ldap-starttls require"},
		{"of somebody without an account", server.LDAPSURL, "", ca.Issue(t, testca.ForClient("nobody")), fault.Credentials, "showed nobody; does the server take the certificate"},
		{"of a CA that the server does not know", server.LDAPSURL, "", stranger, fault.Source, server.LDAPSURL},
	} {
		t.Run(test.name, func(t *testing.T) {
			people, err := collect(t.Context(), t, connect(t, ldap.Config{
				URL: test.url + "/" + server.Base, StartTLS: test.startTLS, CAFile: ca.File,
				CertFile: test.client.CertFile, KeyFile: test.client.KeyFile,
			}), idp.Request{})
			if test.says != "" {
				wantFailure(t, err, test.kind, test.says)
				return
			}
			if err != nil || len(people) != 20 {
				t.Errorf("%d people and the error %v, want 20", len(people), err)
			}
		})
	}
}

func TestServersThatDemandACertificate(t *testing.T) {
	ca := testca.New(t)
	reader := ca.Issue(t, testca.ForClient("reader"))
	pem, err := os.ReadFile(ca.File)
	if err != nil {
		t.Fatal(err)
	}
	settings := ca.Issue(t).Config()
	settings.MaxVersion = tls.VersionTLS12 // with 1.3 a client learns of it later
	settings.ClientAuth, settings.ClientCAs = tls.RequireAndVerifyClientCert, x509.NewCertPool()
	if !settings.ClientCAs.AppendCertsFromPEM(pem) {
		t.Fatal("the CA's file holds no certificate")
	}
	shown := make(chan string, 1)
	address := listen(t, func(conn net.Conn) {
		server := tls.Server(conn, settings)
		if err := server.HandshakeContext(t.Context()); err == nil {
			shown <- server.ConnectionState().PeerCertificates[0].Subject.CommonName
		}
	})
	stranger := testca.New(t).Issue(t, testca.ForClient("reader"))
	tests := []struct {
		name   string
		client testca.Certificate
		kind   fault.Kind
		says   string
	}{
		{"and see none", testca.Certificate{}, fault.Source, "the server may want a client certificate (name it with --ldap-cert-file and --ldap-key-file)"},
		{"and see one of another CA", stranger, fault.Credentials, "the server does not take the certificate of --ldap-cert-file"},
	}
	config := ldap.Config{URL: "ldaps://" + address, CAFile: ca.File}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			config := config
			config.CertFile, config.KeyFile = test.client.CertFile, test.client.KeyFile
			_, err := collect(t.Context(), t, connect(t, config), idp.Request{})
			wantFailure(t, err, test.kind, "connecting to ldaps://"+address, test.says)
		})
	}
	config.CertFile, config.KeyFile = reader.CertFile, reader.KeyFile
	_, err = collect(t.Context(), t, connect(t, config), idp.Request{})
	wantFailure(t, err, fault.Source, "with the certificate of --ldap-cert-file")
	if got := <-shown; got != "reader" {
		t.Errorf("the certificate is %q's, want the reader's", got)
	}
}

func TestCertificateFilesAreChecked(t *testing.T) {
	ca := testca.New(t)
	good, other := ca.Issue(t, testca.ForClient("reader")), ca.Issue(t, testca.ForClient("other"))
	ended := ca.Issue(t, testca.ForClient("reader"), testca.Expired())
	tests := []struct {
		name, certificate, key string
		says                   string // of the failure
	}{
		{"a pair", good.CertFile, good.KeyFile, ""},
		{"another's key", good.CertFile, other.KeyFile, "--ldap-cert-file, --ldap-key-file: private key does not match"},
		{"the two exchanged", good.KeyFile, good.CertFile, "both are PEM"},
		{"a certificate that ended", ended.CertFile, ended.KeyFile, "--ldap-cert-file, --ldap-key-file: the certificate ended on 20"},
		{"a certificate that is not there", filepath.Join(t.TempDir(), "none.pem"), good.KeyFile, "--ldap-cert-file, --ldap-key-file: open "},
		{"a key that is not there", good.CertFile, filepath.Join(t.TempDir(), "none.key"), "--ldap-cert-file, --ldap-key-file: the key: the file cannot be read: "},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := ldap.New(ldap.Config{URL: "ldaps://h", CertFile: test.certificate, KeyFile: test.key})
			if test.says != "" {
				wantFailure(t, err, fault.Usage, test.says)
				return
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
}

func TestCommonNamesDoNotCount(t *testing.T) {
	ca := testca.New(t)
	settings := ca.Issue(t, testca.For()).Config()
	address := listen(t, func(conn net.Conn) { _ = tls.Server(conn, settings).HandshakeContext(t.Context()) })
	_, err := collect(t.Context(), t, connect(t, ldap.Config{URL: "ldaps://" + address, CAFile: ca.File}), idp.Request{})
	wantFailure(t, err, fault.Source, "only a common name (a server of one test)", "subjectAltName")
}

// With TLS 1.3 the client learns of it only after its part of the handshake.
func TestCertificatesRefusedAfterTheHandshake(t *testing.T) {
	ca := testca.New(t)
	settings := ca.Issue(t).Config()
	settings.MinVersion = tls.VersionTLS13
	settings.ClientAuth, settings.ClientCAs = tls.RequireAndVerifyClientCert, x509.NewCertPool()
	address := listen(t, func(conn net.Conn) {
		if err := tls.Server(conn, settings).HandshakeContext(t.Context()); err == nil {
			t.Error("the handshake succeeded")
		}
		// A connection that is closed over unread bytes takes its last words along.
		_, _ = conn.Read(make([]byte, 1024))
	})
	config := ldap.Config{URL: "ldaps://" + address, CAFile: ca.File}
	_, err := collect(t.Context(), t, connect(t, config), idp.Request{})
	wantFailure(t, err, fault.Credentials, "certificate required", "the server wants a client certificate")

	client := ca.Issue(t, testca.ForClient("reader"))
	config.CertFile, config.KeyFile = client.CertFile, client.KeyFile
	_, err = collect(t.Context(), t, connect(t, config), idp.Request{})
	wantFailure(t, err, fault.Credentials, "the server does not take the certificate of --ldap-cert-file")
}
