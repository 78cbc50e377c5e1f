// Package idp says what the program knows of people and how it reads them from
// an identity provider. Each folder below is one connector, and [Open] chooses
// among them; idptest is the suite that every connector passes.
package idp

// Person is one record of an identity provider, reduced to what a [Request]
// asked for. Whoever receives it owns it, but for Fields and Attributes where
// [Request] has Reuse.
type Person struct {
	// ID is the source's own stable identifier in its customary text form,
	// such as an entryUUID: the field idp_id. It is never empty.
	ID string
	// Placed says that the source has no identifiers: ID is where the record
	// stands in it, such as "line 12", which is for messages alone.
	Placed bool
	// Status says whether the person may sign in: the field idp_status.
	Status Status

	// Primary is the address the person is known by, as the source spells it:
	// the field email. It is empty when the source has none.
	Primary string
	// Aliases are further addresses of the same mailbox.
	Aliases []string
	// Logins are sign-in names that look like an address.
	Logins []string

	// Ref is the name by which other people's Manager means this person, in a
	// form of which equal names have equal bytes. Ref and Manager are filled
	// only when the request has [ManagerEmail].
	Ref string
	// Manager is the Ref of the person's manager.
	Manager string

	// Fields holds the values of Request.Fields, in that order.
	Fields []Value
	// Attributes holds the values of Request.Attributes, in that order.
	Attributes []Value
	// All holds, with Request.All only, what the source has of the person
	// under names of its own, in any order and each name once. Asked for by
	// such a name, an attribute has the same value.
	All []Attribute
}

// Attribute is what a source has of a person under a name of its own.
type Attribute struct {
	// Name is spelled as the source does, and the same for everybody.
	Name string
	// Value is never absent.
	Value Value
	// Binary says that the value is bytes in base64.
	Binary bool
	// Feeds are the fields that the attribute may come to, by the connector's
	// mapping: person fields, [Aliases] and [Logins]. They are the same for
	// everybody, and nobody changes them.
	Feeds []Field
}

// Status says whether a person may sign in at the identity provider.
type Status uint8

// The values of idp_status.
const (
	// Unknown is the status where a source does not tell; the join treats it
	// as active.
	Unknown Status = iota
	// Active people may sign in; a lockout after mistyped passwords and an
	// expired password do not change that.
	Active
	// Disabled people were switched off by an administrator, or have left.
	Disabled
)

// String gives the status as it stands in idp_status.
func (s Status) String() string {
	switch s {
	case Active:
		return "active"
	case Disabled:
		return "disabled"
	default:
		return "unknown"
	}
}
