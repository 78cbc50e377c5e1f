package okta

import "cohort/idp"

// Statuses of an account, as Okta spells them
// (https://developer.okta.com/docs/reference/user-lifecycle/).
const (
	staged          = "STAGED"
	provisioned     = "PROVISIONED"
	active          = "ACTIVE"
	recovery        = "RECOVERY"
	passwordExpired = "PASSWORD_EXPIRED"
	lockedOut       = "LOCKED_OUT"
	suspended       = "SUSPENDED"
	deprovisioned   = "DEPROVISIONED"
)

// Statuses are all of them, in the order of an account's life.
func Statuses() []string {
	return []string{staged, provisioned, active, recovery, passwordExpired, lockedOut, suspended, deprovisioned}
}

// statusOf says whether a person may sign in. What its owner can undo alone
// (finish the registration, choose a new password, unlock the account) does
// not make an account disabled:
//
//	ACTIVE            active
//	PASSWORD_EXPIRED  active    has to choose a new password
//	RECOVERY          active    is choosing a new password
//	LOCKED_OUT        active    mistyped the password too often
//	PROVISIONED       active    was let in and has not finished the registration
//	STAGED            unknown   nobody has let the person in yet, and nobody has locked the person out
//	SUSPENDED         disabled  by an administrator, for a time
//	DEPROVISIONED     disabled  by an administrator, or has left
//
// A status that is not among these is unknown.
func statusOf(raw string) idp.Status {
	switch raw {
	case active, passwordExpired, recovery, lockedOut, provisioned:
		return idp.Active
	case suspended, deprovisioned:
		return idp.Disabled
	default:
		return idp.Unknown
	}
}
