package join_test

import (
	"strings"
	"testing"

	"cohort/join"
)

func TestKeysOfAddresses(t *testing.T) {
	for _, test := range []struct {
		name, address, exact, normalized string
	}{
		{"case does not count", "Anna@Corp.EXAMPLE", "anna@corp.example", "anna@corp.example"},
		{"blanks at the ends do not count", " \tanna@corp.example\u00a0", "anna@corp.example", "anna@corp.example"},
		{"the empty address has the empty key", "  ", "", ""},
		{"an umlaut in NFD differs exactly and agrees normalized", "ju\u0308rgen@corp.example", "ju\u0308rgen@corp.example", "j\u00fcrgen@corp.example"},
		{"an IDN domain is written in ASCII when normalized", "x@KÖLN.example", "x@köln.example", "x@xn--kln-sna.example"},
		{"an IDN domain in ASCII stays", "x@XN--kln-sna.example", "x@xn--kln-sna.example", "x@xn--kln-sna.example"},
		{"a domain that IDNA rejects stays", "ä@a_b\u00ad\u0600.example", "ä@a_b\u00ad\u0600.example", "ä@a_b\u00ad\u0600.example"},
		{"the Kelvin sign is the letter k in lower case, as PostgreSQL has it", "\u212Aim@corp.example", "kim@corp.example", "kim@corp.example"},
		{"the long s is not an s", "me\u017Fsner@corp.example", "me\u017Fsner@corp.example", "me\u017Fsner@corp.example"},
		{"the dotless i is not an i", "\u0131lker@corp.example", "\u0131lker@corp.example", "\u0131lker@corp.example"},
		{"an @ in a quoted local part belongs to it", `"a@b"@KÖLN.example`, `"a@b"@köln.example`, `"a@b"@xn--kln-sna.example`},
		{"what has no @ keeps its form", "Jürgen", "jürgen", "jürgen"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := join.ExactKey(test.address); got != test.exact {
				t.Errorf("ExactKey(%q) = %q, want %q", test.address, got, test.exact)
			}
			if got := join.NormalizedKey(test.address); got != test.normalized {
				t.Errorf("NormalizedKey(%q) = %q, want %q", test.address, got, test.normalized)
			}
		})
	}
}

func TestDomainAliasesReplaceWholeDomains(t *testing.T) {
	domains := join.DomainAliases{"old.example": "new.example"}
	for address, want := range map[string]string{
		"A@Old.example":     "a@new.example",
		"a@sub.old.example": "a@sub.old.example",
		"a@new.example":     "a@new.example",
		"old.example":       "old.example",
	} {
		if got := domains.Key(address); got != want {
			t.Errorf("Key(%q) = %q, want %q", address, got, want)
		}
	}
}

func FuzzKeysAreStable(f *testing.F) {
	for _, seed := range []string{"Anna@Corp.example", "ju\u0308@KÖLN.example", "\u0130@x", "@", " @ ", "a@b@c", "\xff@\xfe", "x@xn--", "ß@ß.example"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, address string) {
		exact, normalized := join.ExactKey(address), join.NormalizedKey(address)
		if again := join.ExactKey(exact); again != exact {
			t.Errorf("ExactKey is not stable: %q, then %q", exact, again)
		}
		if other := join.NormalizedKey(exact); other != normalized {
			t.Errorf("equal exact keys %q have the normalized keys %q and %q", exact, normalized, other)
		}
		if exact != strings.TrimSpace(exact) {
			t.Errorf("ExactKey(%q) = %q has blanks at its ends", address, exact)
		}
		if (exact == "") != (normalized == "") {
			t.Errorf("exact %q and normalized %q disagree about being empty", exact, normalized)
		}
	})
}
