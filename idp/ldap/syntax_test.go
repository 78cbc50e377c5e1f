package ldap

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

func FuzzGUID(f *testing.F) {
	f.Add("\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10")
	f.Add("")
	f.Add("04030201-0605-0807-090a-0b0c0d0e0f10")
	f.Add("\xff\x00")
	shape := regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	f.Fuzz(func(t *testing.T, value string) {
		text := guidText(value)
		if len(value) != 16 {
			isKept(t, value, text)
			return
		}
		if !shape.MatchString(text) {
			t.Fatalf("%x became %q", value, text)
		}
		b, err := hex.DecodeString(strings.ReplaceAll(text, "-", ""))
		if err != nil {
			t.Fatal(err)
		}
		b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7] = b[3], b[2], b[1], b[0], b[5], b[4], b[7], b[6]
		if string(b) != value {
			t.Errorf("%x became %q, which is %x", value, text, b)
		}
	})
}

func FuzzSID(f *testing.F) {
	f.Add("\x01\x02\x00\x00\x00\x00\x00\x05\x20\x00\x00\x00\x20\x02\x00\x00")
	f.Add("\x01\x00\x00\x00\x00\x00\x00\x05")
	f.Add("\x01\x05\xff\xff\xff\xff\xff\xff")
	f.Add("")
	f.Add("S-1-5-32-544")
	f.Fuzz(func(t *testing.T, value string) {
		text := sidText(value)
		isOne := len(value) >= 8 && value[0] == 1 && len(value) == 8+4*int(value[1])
		if !isOne {
			isKept(t, value, text)
			return
		}
		numbers := strings.Split(text, "-")
		if len(numbers) != 3+int(value[1]) || numbers[0] != "S" || numbers[1] != "1" {
			t.Fatalf("%x became %q", value, text)
		}
		authority, err := strconv.ParseUint(numbers[2], 10, 48)
		if want := fmt.Sprintf("%x", value[2:8]); err != nil || fmt.Sprintf("%012x", authority) != want {
			t.Errorf("%x became %q", value, text)
		}
		for i, number := range numbers[3:] {
			b := value[8+4*i:]
			want := uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24
			if got, err := strconv.ParseUint(number, 10, 32); err != nil || got != want {
				t.Errorf("%x became %q", value, text)
			}
		}
	})
}

// isKept holds what has no shape of its own to text as it is, or base64.
func isKept(t *testing.T, value, text string) {
	t.Helper()
	if text == value && utf8.ValidString(text) && !strings.ContainsAny(text, "\x00\n") {
		return
	}
	if b, err := base64.StdEncoding.DecodeString(text); err != nil || string(b) != value {
		t.Errorf("%x became %q", value, text)
	}
}
