package ldap_test

import (
	"os"
	"path/filepath"
	"testing"

	"cohort/idp"
	"cohort/idp/ldap"
	"cohort/internal/fault"
)

// TestALDIFFileThatIsStillBeingWrittenIsRefused ends between two entries, where
// nothing else shows that more is to come.
func TestALDIFFileThatIsStillBeingWrittenIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "people.ldif")
	const anna = "dn: uid=anna,dc=example\nobjectClass: person\nmail: anna@corp.example\n\n"
	if err := os.WriteFile(path, []byte(anna), 0o600); err != nil {
		t.Fatal(err)
	}
	connector, err := ldap.NewLDIF(ldap.LDIFConfig{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	var failure error
	for _, err := range connector.People(t.Context(), idp.Request{}) {
		if failure = err; err != nil {
			break
		}
		if err := os.WriteFile(path, []byte(anna+"dn: uid=ben,dc=example\nobjectClass: person\n\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if fault.KindOf(failure) != fault.Source {
		t.Errorf("got %v, want an error of the source", failure)
	}
}
