package join

// Match is what the ladder found for a person: the column match.
type Match uint8

// The outcomes for a person. Those from ByEmail to ByDomain are the rungs of
// the ladder, in their order.
const (
	NoMatch Match = iota
	ByEmail
	ByAlias
	ByLogin
	ByNormalized
	ByDomain
	Ambiguous
)

// String gives the match as it stands in the column.
func (m Match) String() string {
	return [...]string{"none", "email", "alias", "login", "normalized", "domain", "ambiguous"}[m]
}

// Rungs are the matches that find an account, in the order of the ladder.
func Rungs() []Match { return []Match{ByEmail, ByAlias, ByLogin, ByNormalized, ByDomain} }

// Account is what the ladder found for a Coder user.
type Account uint8

// The outcomes for a Coder user.
const (
	// Orphan is an account without a person.
	Orphan Account = iota
	// Matched is a person's account.
	Matched
	// Second is a further account of a person who is matched to another one.
	Second
	// AmbiguousAccount has an address that several people or accounts share.
	AmbiguousAccount
	// NoAddress is an account without an e-mail, such as a service account.
	NoAddress
)

// none stands for no person, or no user, where an index is expected.
const none = -1

// matching is what the ladder decided. What concerns people is parallel to the
// population's records, what concerns users to the users.
type matching struct {
	match []Match
	user  []int32 // a person's account, or none

	account []Account
	person  []int32  // whose account it is, first or second, or none
	address []string // the person's address by which it was matched

	// disputes are the keys of which nobody can say who has them, in no order.
	disputes []meeting
}

func newMatching(people, users int) matching {
	return matching{
		match:   make([]Match, people),
		user:    nobody(people),
		account: make([]Account, users),
		person:  nobody(users),
		address: make([]string, users),
	}
}

func nobody(n int) []int32 {
	all := make([]int32, n)
	for i := range all {
		all[i] = none
	}
	return all
}
