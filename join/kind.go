package join

// Kind is the kind of a join, by SQL's names; the people are on the left.
type Kind string

// The kinds of join.
const (
	// Left gives every person.
	Left Kind = "left"
	// Inner gives people with an account.
	Inner Kind = "inner"
	// Right gives every account.
	Right Kind = "right"
	// Full gives every person and every account.
	Full Kind = "full"
	// LeftAnti gives people without an account.
	LeftAnti Kind = "left-anti"
	// RightAnti gives accounts without a person.
	RightAnti Kind = "right-anti"
)

// Kinds are all kinds of join.
func Kinds() []Kind { return []Kind{Left, Inner, Right, Full, LeftAnti, RightAnti} }

// hasPerson says whether a person has a row. The anti-joins leave out whom the
// ladder could not decide: they are lists to act upon.
func (k Kind) hasPerson(match Match) bool {
	switch k {
	case Left, Full:
		return true
	case Inner, Right:
		return match != NoMatch && match != Ambiguous
	case LeftAnti:
		return match == NoMatch
	default:
		return false
	}
}

// hasAccount says whether an account has a row of its own, without a person.
func (k Kind) hasAccount(account Account) bool {
	switch k {
	case Right, Full:
		return account != Matched
	case RightAnti:
		return account == Orphan || account == NoAddress
	default:
		return false
	}
}
