package idp

import (
	"slices"
	"strconv"
	"strings"
)

// ReadStatus reads what a source has under a name such as "status",
// "accountEnabled" or "suspended": a word for a status, or yes or no to what
// the name says. known is false where it is neither; words that say nothing of
// whether somebody may sign in, such as "staged", are known and [Unknown].
func ReadStatus(name, value string) (status Status, known bool) {
	name, value = plainWord(name), plainWord(value)
	if name == "useraccountcontrol" {
		return ReadControl(value)
	}
	switch value {
	case "true", "yes", "y", "1":
		return answer(true, name)
	case "false", "no", "n", "0":
		return answer(false, name)
	// A lockout and an expired password come and go, and leave is no leaving.
	case "active", "enabled", "provisioned", "recovery", "passwordexpired", "lockedout", "onleave", "leaveofabsence", "employed", "current":
		return Active, true
	case "disabled", "inactive", "suspended", "deprovisioned", "deactivated", "deleted", "archived", "blocked", "terminated", "left", "former", "retired":
		return Disabled, true
	case "unknown", "staged", "pending", "invited":
		return Unknown, true
	default:
		return Unknown, false
	}
}

// ReadControl reads Active Directory's userAccountControl (MS-ADTS, section
// 2.2.16); known is false where it is no number.
func ReadControl(value string) (status Status, known bool) {
	const accountDisabled = 1 << 1
	flags, err := strconv.ParseInt(value, 10, 64)
	switch {
	case err != nil:
		return Unknown, false
	case flags&accountDisabled != 0:
		return Disabled, true
	default:
		return Active, true
	}
}

// answer is what yes or no means under a name: no to "suspended" is active. Of
// other names nobody knows, such as "locked" or "on leave".
func answer(yes bool, name string) (status Status, known bool) {
	endsIn := func(words ...string) bool {
		return slices.ContainsFunc(words, func(word string) bool { return strings.HasSuffix(name, word) })
	}
	switch {
	case endsIn("suspended", "disabled", "inactive", "archived", "blocked", "terminated", "deactivated", "deleted", "deprovisioned", "accountlock"):
		yes = !yes
	case !endsIn("active", "activated", "enabled", "status", "employed", "current", "provisioned"):
		return Unknown, false
	}
	if yes {
		return Active, true
	}
	return Disabled, true
}

// plainWord leaves out what spellings differ in.
func plainWord(text string) string {
	return strings.NewReplacer(" ", "", "_", "", "-", "").Replace(strings.ToLower(text))
}
