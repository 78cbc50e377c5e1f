package ldap

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cohort/idp"
)

func TestStatus(t *testing.T) {
	const (
		past   = "133589952000000000" // 2024-05-01
		future = "157469184000000000" // 2100-01-01
		never  = "9223372036854775807"
	)
	type strings = []string
	tests := []struct {
		name   string
		entry  []string
		policy bool // the server knows password policies
		want   idp.Status
		raw    []string
	}{
		{"no sign", nil, false, idp.Unknown, nil},
		{"no sign where the server would give one", nil, true, idp.Active, nil},
		{"an account of Active Directory", strings{"userAccountControl: 512"}, false, idp.Active, strings{"userAccountControl=512"}},
		{"a disabled one", strings{"userAccountControl: 514"}, false, idp.Disabled, strings{"userAccountControl=514 (disabled)"}},
		{"a disabled one with further flags", strings{"userAccountControl: 66050"}, false, idp.Disabled, strings{"userAccountControl=66050 (disabled)"}},
		{"flags with the highest bit", strings{"userAccountControl: -2147483648"}, false, idp.Active, strings{"userAccountControl=-2147483648"}},
		{"flags that are no number", strings{"userAccountControl: x"}, false, idp.Unknown, strings{"userAccountControl=x"}},
		{"an expired account", strings{"userAccountControl: 512", "accountExpires: " + past}, false, idp.Disabled,
			strings{"userAccountControl=512", "accountExpires=2024-05-01T00:00:00Z (expired)"}},
		{"one that will expire", strings{"userAccountControl: 512", "accountExpires: " + future}, false, idp.Active,
			strings{"userAccountControl=512", "accountExpires=2100-01-01T00:00:00Z"}},
		{"one that never expires", strings{"userAccountControl: 512", "accountExpires: " + never}, false, idp.Active, strings{"userAccountControl=512"}},
		{"one that never expired", strings{"userAccountControl: 512", "accountExpires: 0"}, false, idp.Active, strings{"userAccountControl=512"}},
		{"a date that is none", strings{"userAccountControl: 512", "accountExpires: soon"}, false, idp.Active,
			strings{"userAccountControl=512", "accountExpires=soon"}},
		{"a date without the flags", strings{"accountExpires: " + future}, false, idp.Unknown, strings{"accountExpires=2100-01-01T00:00:00Z"}},
		{"a lockout after wrong passwords", strings{"userAccountControl: 512", "lockoutTime: " + past}, false, idp.Active,
			strings{"userAccountControl=512", "lockoutTime=2024-05-01T00:00:00Z (locked)"}},
		{"a lockout that is over", strings{"userAccountControl: 512", "lockoutTime: " + past, "msDS-User-Account-Control-Computed: 0"}, false, idp.Active,
			strings{"userAccountControl=512"}},
		{"a lockout that the server confirms", strings{"lockoutTime: " + past, "msDS-User-Account-Control-Computed: 16"}, false, idp.Unknown,
			strings{"msDS-User-Account-Control-Computed=16 (locked)", "lockoutTime=2024-05-01T00:00:00Z (locked)"}},
		{"no lockout", strings{"userAccountControl: 512", "lockoutTime: 0"}, false, idp.Active, strings{"userAccountControl=512"}},
		{"a password that must change", strings{"userAccountControl: 512", "pwdLastSet: 0"}, false, idp.Active,
			strings{"userAccountControl=512", "pwdLastSet=0 (password must change)"}},
		{"a password that never expires", strings{"userAccountControl: 66048", "pwdLastSet: 0"}, false, idp.Active, strings{"userAccountControl=66048"}},
		{"a password that was set", strings{"userAccountControl: 512", "pwdLastSet: " + past}, false, idp.Active, strings{"userAccountControl=512"}},
		{"an expired password", strings{"userAccountControl: 512", "msDS-User-Account-Control-Computed: 8388608"}, false, idp.Active,
			strings{"userAccountControl=512", "msDS-User-Account-Control-Computed=8388608 (password expired)"}},
		{"locked by an administrator", strings{"pwdAccountLockedTime: 000001010000Z"}, true, idp.Disabled, strings{"pwdAccountLockedTime=000001010000Z (disabled)"}},
		{"locked out by OpenLDAP", strings{"pwdAccountLockedTime: 20240102030405Z"}, true, idp.Active,
			strings{"pwdAccountLockedTime=2024-01-02T03:04:05Z (locked)"}},
		{"a reset password", strings{"pwdReset: TRUE"}, true, idp.Active, strings{"pwdReset=TRUE (password must change)"}},
		{"switched off in 389 DS", strings{"nsAccountLock: TRUE"}, true, idp.Disabled, strings{"nsAccountLock=TRUE (disabled)"}},
		{"switched on in 389 DS", strings{"nsAccountLock: false"}, false, idp.Active, strings{"nsAccountLock=false"}},
		{"locked out by 389 DS", strings{"accountUnlockTime: 21000101000000Z"}, true, idp.Active, strings{"accountUnlockTime=2100-01-01T00:00:00Z (locked)"}},
		{"locked out without an end", strings{"accountUnlockTime: 19700101000000Z"}, true, idp.Active, strings{"accountUnlockTime=1970-01-01T00:00:00Z (locked)"}},
		{"a lockout of yesterday", strings{"accountUnlockTime: 20240501000000Z"}, true, idp.Active, nil},
		{"an expired password of 389 DS", strings{"passwordExpirationTime: 20240501000000Z"}, true, idp.Active,
			strings{"passwordExpirationTime=2024-05-01T00:00:00Z (password expired)"}},
		{"a new password of 389 DS", strings{"passwordExpirationTime: 19700101000000Z"}, true, idp.Active,
			strings{"passwordExpirationTime=1970-01-01T00:00:00Z (password must change)"}},
		{"a password that will expire", strings{"krbPasswordExpiration: 21000101000000Z"}, true, idp.Active, nil},
		{"an expired principal", strings{"krbPrincipalExpiration: 20240501000000Z"}, true, idp.Disabled,
			strings{"krbPrincipalExpiration=2024-05-01T00:00:00Z (expired)"}},
		{"a principal that will expire", strings{"krbPrincipalExpiration: 21000101000000Z"}, true, idp.Active, strings{"krbPrincipalExpiration=2100-01-01T00:00:00Z"}},
		{"an expired shadow account", strings{"shadowExpire: 19844"}, false, idp.Disabled, strings{"shadowExpire=2024-05-01T00:00:00Z (expired)"}},
		{"one that expires at this moment", strings{"shadowExpire: 20454"}, false, idp.Disabled, strings{"shadowExpire=2026-01-01T00:00:00Z (expired)"}},
		{"one that will expire tomorrow", strings{"shadowExpire: 20455"}, false, idp.Unknown, strings{"shadowExpire=2026-01-02T00:00:00Z"}},
		{"one that never does", strings{"shadowExpire: -1"}, false, idp.Unknown, nil},
		{"one with nothing filled in", strings{"shadowExpire: 0"}, false, idp.Unknown, nil},
		{"one beyond all calendars", strings{"shadowExpire: 99999999"}, false, idp.Unknown, strings{"shadowExpire=99999999"}},
		{"switched off in AD LDS", strings{"msDS-UserAccountDisabled: TRUE"}, false, idp.Disabled, strings{"msDS-UserAccountDisabled=TRUE (disabled)"}},
		{"one sign of two", strings{"userAccountControl: 512", "nsAccountLock: true"}, false, idp.Disabled,
			strings{"userAccountControl=512", "nsAccountLock=true (disabled)"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			from := origin{passwordPolicy: test.policy, now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
			for _, fields := range [][]idp.Field{{idp.StatusRaw}, nil} {
				p, err := mappingOf(idp.Request{Fields: fields}, from).person(entryOf(test.entry...))
				if err != nil {
					t.Fatal(err)
				}
				if p.Status != test.want {
					t.Errorf("status with the fields %v is %s, want %s", fields, p.Status, test.want)
				}
				if fields == nil {
					continue
				}
				if diff := cmp.Diff(idp.TextOrList(test.raw...), p.Fields[0]); diff != "" {
					t.Errorf("raw status (-want +got):\n%s", diff)
				}
			}
		})
	}
}

func TestRemarksAreAskedForOnlyWhereTheyShow(t *testing.T) {
	for f := other; f <= freeIPA; f++ {
		with, without := signsOf(f, true), signsOf(f, false)
		if len(with) <= len(without) {
			t.Errorf("%s: %d signs with remarks, %d without", f, len(with), len(without))
		}
	}
}
