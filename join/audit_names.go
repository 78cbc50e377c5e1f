package join

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"cohort/coder"
	"cohort/idp"
)

// isAnother says whether an account carries clearly another name than that of
// the person at hand. Both have to have a first and a last name that can be
// compared; one word in common, in any order and spelling, also with the
// usernames or the addresses, makes them perhaps the same. Short forms are not
// known, so that this finds few, and rarely in vain.
func (a *auditor) isAnother(person int32, account *coder.User) bool {
	if ExactKey(account.Name) == "" || ExactKey(account.Name) == ExactKey(a.text(idp.Name)) {
		return false
	}
	name := words(account.Name)
	known := words(strings.Join([]string{a.text(idp.Name), a.text(idp.GivenName), a.text(idp.FamilyName)}, " "))
	if len(name) < 2 || len(known) < 2 || related(known, name) || !shareScript(known, name) || related(known, words(account.Username)) {
		return false
	}
	others := a.text(idp.Username)
	for address := range a.table.people.records[person].addresses(primaries | aliases | logins) {
		local, _, _ := cutDomain(address)
		others += " " + local
	}
	return !related(words(others), name)
}

// words are the different parts of a name that have letters, folded.
func words(name string) []string {
	parts := strings.FieldsFunc(fold(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	parts = slices.DeleteFunc(parts, func(part string) bool { return strings.IndexFunc(part, unicode.IsLetter) < 0 })
	slices.Sort(parts)
	return slices.Compact(parts)
}

// fold takes away what one name is spelled with and without: case, marks,
// apostrophes, and the second letter where languages write one as two (ü, ue).
func fold(name string) string {
	var b strings.Builder
	var before rune
	for _, r := range norm.NFKD.String(strings.ToLower(name)) {
		switch {
		case unicode.Is(unicode.Mn, r) || strings.ContainsRune("'\u2019\u00b4`", r):
			continue
		case r == 'e' && (before == 'a' || before == 'o' || before == 'u'):
			continue
		case r == 'ß':
			b.WriteByte('s')
			r = 's'
		case r == 'þ':
			b.WriteByte('t')
			r = 'h'
		case r == 'ø' || r == 'œ':
			r = 'o'
		case r == 'æ':
			r = 'a'
		case r == 'ł':
			r = 'l'
		case r == 'đ' || r == 'ð':
			r = 'd'
		case r == 'ı':
			r = 'i'
		}
		b.WriteRune(r)
		before = r
	}
	return b.String()
}

// related says whether two words may be of one person: equal, an initial and
// what it stands for, or one inside the other, as in jdoe and Alexander's Alex.
func related(some, others []string) bool {
	return slices.ContainsFunc(some, func(a string) bool {
		return slices.ContainsFunc(others, func(b string) bool {
			short, long := a, b
			if len(short) > len(long) {
				short, long = long, short
			}
			return short == long || isInitial(short) && strings.HasPrefix(long, short) || isTelling(short) && strings.Contains(long, short)
		})
	})
}

func isInitial(word string) bool { return utf8.RuneCountInString(word) == 1 }

// isTelling says whether a word is long enough to be no chance inside another.
func isTelling(word string) bool { return len(word) >= 3 }

// shareScript says whether some words of both are of one script; what the other
// spelling of 田中 is cannot be known.
func shareScript(some, others []string) bool {
	for _, script := range []*unicode.RangeTable{
		unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul,
		unicode.Hebrew, unicode.Arabic, unicode.Armenian, unicode.Georgian, unicode.Devanagari, unicode.Bengali, unicode.Tamil, unicode.Thai,
	} {
		of := func(word string) bool {
			return strings.ContainsFunc(word, func(r rune) bool { return unicode.Is(script, r) })
		}
		if slices.ContainsFunc(some, of) && slices.ContainsFunc(others, of) {
			return true
		}
	}
	return false
}
