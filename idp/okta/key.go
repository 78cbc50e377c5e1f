package okta

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"strings"

	"github.com/go-jose/go-jose/v3"

	"cohort/internal/fault"
)

// signerOf reads the private key of a service app: RSA or EC, as PEM (PKCS#8,
// PKCS#1 or SEC 1) or as a JSON Web Key. Line feeds may be written as \n, as
// in environment files. The id wins over the JWK's own. The errors hold
// nothing of the key.
func signerOf(text, id string) (jose.Signer, error) {
	const form = "it is a PEM block (BEGIN PRIVATE KEY) or a JSON Web Key"
	key, ownID, err := privateKey(strings.TrimSpace(strings.ReplaceAll(text, `\n`, "\n")))
	if err != nil {
		return nil, fault.New(fault.Usage, form, "OKTA_CLIENT_PRIVATEKEY: %w", err)
	}
	algorithm, err := algorithmOf(key)
	if err != nil {
		return nil, fault.New(fault.Usage, "Okta takes RSA and EC keys", "OKTA_CLIENT_PRIVATEKEY: %w", err)
	}
	options := new(jose.SignerOptions).WithType("JWT")
	if id == "" {
		id = ownID
	}
	if id != "" {
		options = options.WithHeader("kid", id)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: key}, options)
	if err != nil {
		return nil, fault.New(fault.Usage, form, "OKTA_CLIENT_PRIVATEKEY: the key cannot sign")
	}
	return signer, nil
}

func privateKey(text string) (key crypto.PrivateKey, id string, err error) {
	if strings.HasPrefix(text, "{") {
		var jwk jose.JSONWebKey
		if json.Unmarshal([]byte(text), &jwk) != nil || !jwk.Valid() {
			return nil, "", errors.New("the JSON Web Key is not right")
		}
		if jwk.IsPublic() {
			return nil, "", errors.New("this is the public key")
		}
		return jwk.Key, jwk.KeyID, nil
	}
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, "", errors.New("there is no key in it")
	}
	switch block.Type {
	case "PRIVATE KEY":
		key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	case "RSA PRIVATE KEY":
		if block.Headers["DEK-Info"] != "" {
			return nil, "", errors.New("the key has a passphrase")
		}
		key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	case "EC PRIVATE KEY":
		key, err = x509.ParseECPrivateKey(block.Bytes)
	case "ENCRYPTED PRIVATE KEY":
		return nil, "", errors.New("the key has a passphrase")
	case "PUBLIC KEY", "RSA PUBLIC KEY":
		return nil, "", errors.New("this is the public key")
	default:
		return nil, "", errors.New("the PEM block is not a private key")
	}
	if err != nil {
		return nil, "", errors.New("the key is damaged")
	}
	return key, "", nil
}

// algorithmOf is the one of those that Okta knows
// (https://developer.okta.com/docs/api/openapi/okta-oauth/guides/client-auth/).
func algorithmOf(key crypto.PrivateKey) (jose.SignatureAlgorithm, error) {
	switch key := key.(type) {
	case *rsa.PrivateKey:
		if key.N.BitLen() < 2048 {
			return "", errors.New("an RSA key has to have 2048 bits or more")
		}
		return jose.RS256, nil
	case *ecdsa.PrivateKey:
		switch key.Params().BitSize {
		case 256:
			return jose.ES256, nil
		case 384:
			return jose.ES384, nil
		case 521:
			return jose.ES512, nil
		}
	}
	return "", errors.New("the key is of another kind")
}
