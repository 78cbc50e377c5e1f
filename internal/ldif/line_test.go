package ldif

import (
	"bytes"
	"testing"
)

func TestALineIsPlainOnlyWhereEveryReaderTakesItSo(t *testing.T) {
	for _, test := range []struct{ name, value, want string }{
		{"plain text", "Anna Ek", "cn: Anna Ek\n"},
		{"an inner colon", "a:b", "cn: a:b\n"},
		{"nothing", "", "cn:: \n"},
		{"a blank in front", " Anna", "cn:: IEFubmE=\n"},
		{"a blank at the end", "Anna ", "cn:: QW5uYSA=\n"},
		{"a colon in front", ":x", "cn:: Ong=\n"},
		{"a URL sign in front", "<x", "cn:: PHg=\n"},
		{"a line feed", "a\nb", "cn:: YQpi\n"},
		{"letters beyond ASCII", "Åsa", "cn:: w4VzYQ==\n"},
		{"bytes that are no text", "\xff", "cn:: /w==\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got bytes.Buffer
			WriteLine(&got, "cn", test.value)
			if got.String() != test.want {
				t.Errorf("got %q, want %q", got.String(), test.want)
			}
		})
	}
}
