package idp_test

import (
	"testing"

	"cohort/idp"
)

func TestReadStatus(t *testing.T) {
	for _, test := range []struct {
		name, value string
		want        idp.Status
		known       bool
	}{
		{"status", "ACTIVE", idp.Active, true},
		{"status", "Password Expired", idp.Active, true},
		{"status", "LOCKED_OUT", idp.Active, true},
		{"status", "on leave", idp.Active, true},
		{"status", "DEPROVISIONED", idp.Disabled, true},
		{"status", " terminated ", idp.Disabled, true},
		{"status", "STAGED", idp.Unknown, true},
		{"status", "fine", idp.Unknown, false},
		{"status", "", idp.Unknown, false},
		{"accountEnabled", "True", idp.Active, true},
		{"Enabled", "0", idp.Disabled, true},
		{"isActive", "no", idp.Disabled, true},
		{"suspended", "true", idp.Disabled, true},
		{"Is Suspended", "FALSE", idp.Active, true},
		{"nsAccountLock", "TRUE", idp.Disabled, true},
		{"inactive", "yes", idp.Disabled, true},
		{"account_disabled", "n", idp.Active, true},
		{"userAccountControl", "512", idp.Active, true},
		{"userAccountControl", "514", idp.Disabled, true},
		{"userAccountControl", "x", idp.Unknown, false},
	} {
		if got, known := idp.ReadStatus(test.name, test.value); got != test.want || known != test.known {
			t.Errorf("%s=%s is %v, %t; want %v, %t", test.name, test.value, got, known, test.want, test.known)
		}
	}
}

func TestReadControl(t *testing.T) {
	for value, want := range map[string]idp.Status{"512": idp.Active, "66050": idp.Disabled, "": idp.Unknown, "0x202": idp.Unknown} {
		if got, known := idp.ReadControl(value); got != want || known != (want != idp.Unknown) {
			t.Errorf("%q is %v, %t; want %v", value, got, known, want)
		}
	}
}
