package certificates_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cohort/internal/certificates"
	"cohort/internal/fault"
	"cohort/internal/testca"
)

func TestAPairIsTwoFilesOrNone(t *testing.T) {
	own := testca.New(t).Issue(t, testca.ForClient("reader"))
	pair, err := certificates.Pair("--cert", own.CertFile, own.KeyFile)
	if err != nil || len(pair) != 1 || pair[0].Leaf.Subject.CommonName != "reader" {
		t.Errorf("got %d certificates and the error %v, want the reader's", len(pair), err)
	}
	if pair, err = certificates.Pair("--cert", "", ""); err != nil || pair != nil {
		t.Errorf("got %d certificates and the error %v, want none", len(pair), err)
	}
	for _, two := range []struct{ cert, key, says string }{
		{own.CertFile + ".missing", "", "--cert: the certificate has no key; name the file of its key"},
		{"", own.KeyFile + ".missing", "--cert: the key has no certificate; name the file of its certificate"},
	} {
		if err := certificates.AreTwo("--cert", two.cert, two.key); fault.KindOf(err) != fault.Usage || err.Error() != two.says {
			t.Errorf("got error %v, want one of usage: %s", err, two.says)
		}
	}
}

func TestAnUnusablePairIsAUsageError(t *testing.T) {
	ca := testca.New(t)
	own, other, ended := ca.Issue(t), ca.Issue(t), ca.Issue(t, testca.Expired())
	shared := filepath.Join(t.TempDir(), "key.pem")
	key, err := os.ReadFile(own.KeyFile)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(shared, key, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(shared, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, cert, key, says string }{
		{"no key", own.CertFile, "", "the certificate has no key"},
		{"a key that is not there", own.CertFile, own.KeyFile + ".missing", "no such file"},
		{"a certificate that is not there", own.CertFile + ".missing", own.KeyFile, "no such file"},
		{"another's key", own.CertFile, other.KeyFile, "belong together"},
		{"files swapped", own.KeyFile, own.CertFile, "belong together"},
		{"a key for everybody", own.CertFile, shared, "readable by everybody"},
		{"a certificate that has ended", ended.CertFile, ended.KeyFile, "the certificate ended on "},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := certificates.Pair("--cert", test.cert, test.key)
			if fault.KindOf(err) != fault.Usage || !strings.HasPrefix(err.Error(), "--cert: ") || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error %v; want one of usage with %q", err, test.says)
			}
			if strings.Contains(test.says, "no such file") && !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("error %v; want the file's in its chain", err)
			}
		})
	}
}

func TestAPoolHasAuthorities(t *testing.T) {
	ca := testca.New(t)
	pool, err := certificates.Pool("--ca", ca.File)
	if err != nil || pool == nil {
		t.Errorf("pool %v, error %v", pool, err)
	}
	for file, says := range map[string]string{
		ca.File + ".missing": "no such file",
		ca.Issue(t).KeyFile:  "holds no certificate in PEM; it begins with -----BEGIN CERTIFICATE-----",
	} {
		_, err := certificates.Pool("--ca", file)
		if fault.KindOf(err) != fault.Usage || !strings.HasPrefix(err.Error(), "--ca: ") || !strings.Contains(err.Error(), says) {
			t.Errorf("error %v; want one of usage with %q", err, says)
		}
	}
}
