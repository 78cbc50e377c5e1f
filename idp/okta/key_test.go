package okta

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v3"

	"cohort/internal/fault"
)

func rsaKey(t testing.TB, bits int) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func pkcs8(t testing.TB, key any) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return block("PRIVATE KEY", der)
}

func block(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

func jwk(t testing.TB, key any, id string) string {
	t.Helper()
	text, err := json.Marshal(jose.JSONWebKey{Key: key, KeyID: id, Use: "sig"})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestAKeyInEveryForm(t *testing.T) {
	key := rsaKey(t, 2048)
	curve, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	sec1, err := x509.MarshalECPrivateKey(curve)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, text, id, wantID string
		algorithm              jose.SignatureAlgorithm
		public                 crypto.PublicKey
	}{
		{"PKCS#8", pkcs8(t, key), "k1", "k1", jose.RS256, key.Public()},
		{"PKCS#1", block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key)), "", "", jose.RS256, key.Public()},
		{"blanks around it", "\n  " + pkcs8(t, key) + "\n\n", "", "", jose.RS256, key.Public()},
		{"line feeds as in an environment file", strings.ReplaceAll(pkcs8(t, key), "\n", `\n`), "", "", jose.RS256, key.Public()},
		{"an EC key in PKCS#8", pkcs8(t, curve), "k2", "k2", jose.ES384, curve.Public()},
		{"an EC key in SEC 1", block("EC PRIVATE KEY", sec1), "", "", jose.ES384, curve.Public()},
		{"a JWK with its own id", jwk(t, key, "own"), "", "own", jose.RS256, key.Public()},
		{"a JWK by another id", jwk(t, key, "own"), "other", "other", jose.RS256, key.Public()},
		{"an EC key as JWK", jwk(t, curve, ""), "", "", jose.ES384, curve.Public()},
	} {
		t.Run(test.name, func(t *testing.T) {
			signer, err := signerOf(test.text, test.id)
			if err != nil {
				t.Fatal(err)
			}
			signed, err := signer.Sign([]byte("claims"))
			if err != nil {
				t.Fatal(err)
			}
			text, err := signed.CompactSerialize()
			if err != nil {
				t.Fatal(err)
			}
			read, err := jose.ParseSigned(text)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := read.Verify(test.public); string(got) != "claims" || err != nil {
				t.Errorf("signed is %q, error %v", got, err)
			}
			if header := read.Signatures[0].Header; header.KeyID != test.wantID || header.Algorithm != string(test.algorithm) {
				t.Errorf("the header has the id %q and %s; want %q and %s", header.KeyID, header.Algorithm, test.wantID, test.algorithm)
			}
		})
	}
}

func TestWhatIsNoKeyIsAUsageError(t *testing.T) {
	key := rsaKey(t, 2048)
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	locked := "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,0011\n\nc2VjcmV0\n-----END RSA PRIVATE KEY-----\n"
	whole := pkcs8(t, key)
	for _, test := range []struct{ name, text, says string }{
		{"the path of a file", "/home/me/secret.pem", "no key in it"},
		{"half a PEM", whole[:len(whole)/2], "no key in it"},
		{"a PEM of rubbish", block("PRIVATE KEY", []byte("secret")), "damaged"},
		{"a PKCS#1 key called PKCS#8", block("PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key)), "damaged"},
		{"a key with a passphrase", locked, "passphrase"},
		{"a PKCS#8 key with a passphrase", block("ENCRYPTED PRIVATE KEY", []byte("secret")), "passphrase"},
		{"the public key", block("PUBLIC KEY", public), "public key"},
		{"a certificate", block("CERTIFICATE", []byte("secret")), "not a private key"},
		{"the public JWK", jwk(t, key.Public(), ""), "public key"},
		{"a JWK of rubbish", `{"kty":"RSA","n":"secret"}`, "not right"},
		{"no JSON", `{secret`, "not right"},
		{"a symmetric JWK", jwk(t, []byte("secret of thirty-two bytes, at least"), ""), "not right"},
		{"a short RSA key", jwk(t, rsaKey(t, 1024), ""), "2048 bits"},
		{"an Edwards key", pkcs8(t, edwards), "another kind"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := signerOf(test.text, "")
			if fault.KindOf(err) != fault.Usage || !strings.Contains(err.Error(), test.says) || !strings.Contains(err.Error(), "OKTA_CLIENT_PRIVATEKEY") {
				t.Fatalf("error %v; want one of usage with %q", err, test.says)
			}
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("the error repeats what may be a secret: %v", err)
			}
		})
	}
}

func FuzzKey(f *testing.F) {
	// A curve's key, since one of RSA takes a hundred times as long to check.
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	sec1, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(pkcs8(f, key), "kid")
	f.Add(block("EC PRIVATE KEY", sec1), "")
	f.Add(jwk(f, key, "own"), "")
	f.Add(`{"kty":"RSA","n":"AA","e":"AQAB","d":"AA","p":"AA","q":"AA"}`, "")
	f.Fuzz(func(t *testing.T, text, id string) {
		signer, err := signerOf(text, id)
		if err != nil {
			if fault.KindOf(err) != fault.Usage || strings.Contains(err.Error(), "\n") {
				t.Errorf("the error is %q", err)
			}
			return
		}
		if _, err := signer.Sign([]byte("claims")); err != nil {
			t.Errorf("a key that was taken does not sign: %v", err)
		}
	})
}
