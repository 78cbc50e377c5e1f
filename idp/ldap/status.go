package ldap

import (
	"strconv"
	"strings"
	"time"

	"cohort/idp"
)

// sign is an attribute that says something of whether an account may be used.
type sign struct {
	name string
	slot int
	// judge says what a value comes to, and what of it is worth telling in
	// idp_status_raw, which may be nothing. Unknown leaves the status to the
	// other signs.
	judge func(m *mapping, name, value string) (idp.Status, string)
}

// Bits of userAccountControl and msDS-User-Account-Control-Computed (MS-ADTS,
// sections 2.2.16 and 3.1.1.4.5.17).
const (
	accountLockout       = 1 << 4
	passwordNeverExpires = 1 << 16
	passwordHasExpired   = 1 << 23
)

// lockedForGood marks a lock that an administrator set, where a date would be
// a lockout after wrong passwords (draft-behera-ldap-password-policy-10,
// section 5.3.3).
const lockedForGood = "000001010000Z"

// computedControl is userAccountControl as it is in effect now.
const computedControl = "msDS-User-Account-Control-Computed"

// signsOf are the signs to look for on a server. With remarks there are those
// that change no status besides: whether a lockout or the password keep
// somebody from signing in, who may be let in again without an administrator.
func signsOf(f flavour, remarks bool) []sign {
	signs := []sign{
		{name: "userAccountControl", judge: judgeControl},
		{name: "accountExpires", judge: judgeExpiry(parseFileTime)},
	}
	if remarks {
		signs = append(signs,
			sign{name: computedControl, judge: remarkComputed},
			sign{name: "lockoutTime", judge: remarkLockout},
			sign{name: "pwdLastSet", judge: remarkPasswordSet},
		)
	}
	if f == activeDirectory {
		return signs
	}
	// Any other server may stand in front of several, so that all are asked
	// for all of these.
	signs = append(signs,
		sign{name: "pwdAccountLockedTime", judge: judgeLock},
		sign{name: "nsAccountLock", judge: judgeSwitch},
		sign{name: "shadowExpire", judge: judgeExpiry(parseShadowDays)},
		sign{name: "krbPrincipalExpiration", judge: judgeExpiry(parseEndlessTime)},
	)
	if f == other {
		signs = append(signs,
			sign{name: "msDS-UserAccountDisabled", judge: judgeSwitch}, // AD LDS
			sign{name: "loginDisabled", judge: judgeSwitch},            // eDirectory
			sign{name: "ds-pwp-account-disabled", judge: judgeSwitch},  // PingDirectory, OpenDJ
		)
	}
	if remarks {
		signs = append(signs,
			sign{name: "accountUnlockTime", judge: remarkUnlock},
			sign{name: "pwdReset", judge: remarkReset},
			sign{name: "krbPasswordExpiration", judge: remarkPasswordExpiry},
			sign{name: "passwordExpirationTime", judge: remarkPasswordExpiry},
		)
	}
	return signs
}

// status is disabled where any sign says so, active where one says the
// contrary or the server would have told, else unknown.
func (m *mapping) status() idp.Status {
	status := idp.Unknown
	if m.origin.passwordPolicy {
		status = idp.Active
	}
	for _, s := range m.signs {
		value := first(m.values[s.slot])
		if value == "" {
			continue
		}
		switch judged, _ := s.judge(m, s.name, value); judged {
		case idp.Disabled:
			return idp.Disabled
		case idp.Active:
			status = idp.Active
		}
	}
	return status
}

// rawStatus gives each sign that says something as "name=value", and in
// parentheses what it means where that is anything but an active account:
//
//	userAccountControl=514 (disabled)
//	accountExpires=2024-05-01T00:00:00Z (expired)
//	lockoutTime=2024-05-01T07:30:00Z (locked)
//	pwdLastSet=0 (password must change)
func (m *mapping) rawStatus() []string {
	var raw []string
	for _, s := range m.signs {
		if value := first(m.values[s.slot]); value != "" {
			if _, text := s.judge(m, s.name, value); text != "" {
				raw = append(raw, text)
			}
		}
	}
	return raw
}

// shown is one sign of idp_status_raw.
func shown(name, value string, meanings ...string) string {
	text := name + "=" + value
	if len(meanings) > 0 {
		text += " (" + strings.Join(meanings, ", ") + ")"
	}
	return text
}

func judgeControl(_ *mapping, name, value string) (idp.Status, string) {
	status, _ := idp.ReadControl(value)
	if status == idp.Disabled {
		return status, shown(name, value, "disabled")
	}
	return status, shown(name, value)
}

func judgeSwitch(_ *mapping, name, value string) (idp.Status, string) {
	if strings.EqualFold(value, "true") {
		return idp.Disabled, shown(name, value, "disabled")
	}
	return idp.Active, shown(name, value)
}

func judgeLock(_ *mapping, name, value string) (idp.Status, string) {
	if value == lockedForGood {
		return idp.Disabled, shown(name, value, "disabled")
	}
	return idp.Active, shown(name, generalizedTimeText(value), "locked")
}

// judgeExpiry holds an account for disabled from the time on that it expires
// at. A time to come says nothing: the account may be off all the same.
func judgeExpiry(parse func(value string) (t time.Time, never, ok bool)) func(*mapping, string, string) (idp.Status, string) {
	return func(m *mapping, name, value string) (idp.Status, string) {
		t, never, ok := parse(value)
		switch {
		case !ok:
			return idp.Unknown, shown(name, value)
		case never:
			return idp.Unknown, ""
		case t.After(m.origin.now):
			return idp.Unknown, shown(name, timeText(t))
		default:
			return idp.Disabled, shown(name, timeText(t), "expired")
		}
	}
}

// parseShadowDays reads shadowExpire (RFC 2307): days since 1970, from whose
// beginning in UTC on the account has expired. Negative numbers mean never;
// shadow(5) leaves open whether 0 does, and it is what is written for nothing.
func parseShadowDays(value string) (t time.Time, never, ok bool) {
	const (
		day  = 24 * 60 * 60
		last = 2_932_896 // 9999-12-31
	)
	days, err := strconv.ParseInt(value, 10, 64)
	if err != nil || days > last {
		return time.Time{}, false, false
	}
	return time.Unix(days*day, 0), days <= 0, true
}

// parseEndlessTime is parseGeneralizedTime, which knows no "never".
func parseEndlessTime(value string) (t time.Time, never, ok bool) {
	t, ok = parseGeneralizedTime(value)
	return t, false, ok
}

func remarkComputed(_ *mapping, name, value string) (idp.Status, string) {
	flags, err := strconv.ParseInt(value, 10, 64)
	if err != nil {
		return idp.Unknown, ""
	}
	var meanings []string
	if flags&accountLockout != 0 {
		meanings = append(meanings, "locked")
	}
	if flags&passwordHasExpired != 0 {
		meanings = append(meanings, "password expired")
	}
	if len(meanings) == 0 {
		return idp.Unknown, ""
	}
	return idp.Unknown, shown(name, value, meanings...)
}

// remarkLockout leaves out a lockout that is over, which the server forgets
// only when its owner signs in.
func remarkLockout(m *mapping, name, value string) (idp.Status, string) {
	if computed, err := strconv.ParseInt(m.valueOf(computedControl), 10, 64); err == nil && computed&accountLockout == 0 {
		return idp.Unknown, ""
	}
	if _, never, ok := parseFileTime(value); !ok || never {
		return idp.Unknown, ""
	}
	return idp.Unknown, shown(name, fileTimeText(value), "locked")
}

func remarkPasswordSet(m *mapping, name, value string) (idp.Status, string) {
	control, err := strconv.ParseInt(m.valueOf("userAccountControl"), 10, 64)
	if value != "0" || err == nil && control&passwordNeverExpires != 0 {
		return idp.Unknown, ""
	}
	return idp.Unknown, shown(name, value, "password must change")
}

// remarkUnlock reads when a lockout ends, in 389 Directory Server; the
// beginning of 1970 stands for no end.
func remarkUnlock(m *mapping, name, value string) (idp.Status, string) {
	t, ok := parseGeneralizedTime(value)
	if !ok || !t.After(m.origin.now) && t.Unix() != 0 {
		return idp.Unknown, ""
	}
	return idp.Unknown, shown(name, timeText(t), "locked")
}

func remarkReset(_ *mapping, name, value string) (idp.Status, string) {
	if !strings.EqualFold(value, "true") {
		return idp.Unknown, ""
	}
	return idp.Unknown, shown(name, value, "password must change")
}

// remarkPasswordExpiry knows that a server marks a new password so by the
// beginning of 1970.
func remarkPasswordExpiry(m *mapping, name, value string) (idp.Status, string) {
	t, ok := parseGeneralizedTime(value)
	switch {
	case !ok || t.After(m.origin.now):
		return idp.Unknown, ""
	case t.Unix() == 0:
		return idp.Unknown, shown(name, timeText(t), "password must change")
	default:
		return idp.Unknown, shown(name, timeText(t), "password expired")
	}
}

// valueOf is the first value of an attribute that is among the wanted.
func (m *mapping) valueOf(name string) string {
	slot, ok := m.slots[canonical(name)]
	if !ok {
		return ""
	}
	return first(m.values[slot])
}
