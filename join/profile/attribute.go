package profile

import (
	"cmp"
	"math"

	"cohort/idp"
)

// Attribute are the figures of one attribute.
type Attribute struct {
	Name string
	// Feeds are the fields that it may come to, by the connector's mapping.
	Feeds []idp.Field
	// Filled is how many people have a value that is not blank, Several how
	// many have more than one, and Most how many one person has at most.
	Filled, Several, Most int
	// Values is how many different values there are, each of several by
	// itself. Texts are different when their bytes are, but for blanks around
	// them. HasMore says that there are more than these.
	Values  int
	HasMore bool
	// Example is the beginning of one of the values: always the same one of
	// the same values, in whatever order people come.
	Example string
	// Withheld is why there is no example, where it is the attribute's fault.
	Withheld Reason

	people, total int
}

// Use is what an attribute is good for.
type Use string

// The uses, in the order in which [Profile.Attributes] gives them.
const (
	// Cohort divides people into groups.
	Cohort Use = "cohort"
	// Identifier tells people apart: with fewer than two people to a value, on
	// average, or more than [MostValues] values.
	Identifier Use = "identifier"
	// Constant is the same for everybody.
	Constant Use = "constant"
	// Rare is what fewer than 5 % of the people have.
	Rare Use = "rare"
)

// rareShare is the share of people below which an attribute is [Rare].
const rareShare = 0.05

// Use says what the attribute is good for. What is rare is nothing else; what
// everybody has with the same values is constant; what has fewer than two
// people to a value is an identifier; and the rest are cohorts. To have one
// value that others lack is to be in a group: such a flag is a cohort.
//
// Cohorts come in the order of the share of people who have them, divided by
// one more than the binary logarithm of how many groups they make, of which
// those without a value are one: well filled with few values before well
// filled with many, and before badly filled. The others come in the order of
// how many have them; and then all by their names.
func (a Attribute) Use() Use {
	switch {
	case a.Share() < rareShare:
		return Rare
	case a.Filled == a.people && a.total == a.Values*a.people:
		return Constant
	case a.HasMore || a.total < 2*a.Values:
		return Identifier
	default:
		return Cohort
	}
}

// Share is the share of people who have it, from 0 to 1.
func (a Attribute) Share() float64 { return float64(a.Filled) / float64(max(a.people, 1)) }

func (a Attribute) score() float64 {
	groups := a.Values
	if a.Filled < a.people {
		groups++
	}
	return a.Share() / (1 + math.Log2(float64(max(groups, 1))))
}

func compare(a, b Attribute) int {
	uses := map[Use]int{Cohort: 0, Identifier: 1, Constant: 2, Rare: 3}
	if order := cmp.Compare(uses[a.Use()], uses[b.Use()]); order != 0 {
		return order
	}
	if a.Use() == Cohort {
		if order := cmp.Compare(b.score(), a.score()); order != 0 {
			return order
		}
	}
	return cmp.Or(cmp.Compare(b.Filled, a.Filled), cmp.Compare(a.Name, b.Name))
}
