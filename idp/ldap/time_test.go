package ldap

import (
	"strconv"
	"testing"
	"time"
)

func TestFileTimes(t *testing.T) {
	tests := []struct{ name, value, want string }{
		{"a time", "133589952000000000", "2024-05-01T00:00:00Z"},
		{"a fraction of a second", "133589952001234567", "2024-05-01T00:00:00.1234567Z"},
		{"the first unit", "1", "1601-01-01T00:00:00.0000001Z"},
		{"before 1970", "116444735990000000", "1969-12-31T23:59:59Z"},
		{"the last year", "2650467743999999999", "9999-12-31T23:59:59.9999999Z"},
		{"0 is never", "0", ""},
		{"the largest is never", "9223372036854775807", ""},
		{"beyond all calendars", "2650467744000000000", "2650467744000000000"},
		{"beyond all numbers", "9223372036854775808", "9223372036854775808"},
		{"an interval", "-864000000000", "-864000000000"},
		{"a sign", "+5", "+5"},
		{"no number", "never", "never"},
		{"nothing", "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := fileTimeText(test.value); got != test.want {
				t.Errorf("%q became %q, want %q", test.value, got, test.want)
			}
		})
	}
}

func TestGeneralizedTimes(t *testing.T) {
	tests := []struct{ name, value, want string }{
		{"a time", "20240501123456Z", "2024-05-01T12:34:56Z"},
		{"Active Directory's", "20240501123456.0Z", "2024-05-01T12:34:56Z"},
		{"OpenLDAP's", "20240501123456.789012Z", "2024-05-01T12:34:56.789012Z"},
		{"a comma", "20240501123456,5Z", "2024-05-01T12:34:56.5Z"},
		{"without seconds", "202405011234Z", "2024-05-01T12:34:00Z"},
		{"without minutes", "2024050112Z", "2024-05-01T12:00:00Z"},
		{"a fraction of a minute", "202405011234.5Z", "2024-05-01T12:34:30Z"},
		{"a fraction of an hour", "2024050112.25Z", "2024-05-01T12:15:00Z"},
		{"a fraction that is as good as one", "2024050112.9999999999999Z", "2024-05-01T12:59:59.9999964Z"},
		{"an offset to the east", "20240501003000+0130", "2024-04-30T23:00:00Z"},
		{"an offset to the west", "20240501123456-05", "2024-05-01T17:34:56Z"},
		{"a leap second", "20161231235960Z", "2017-01-01T00:00:00Z"},
		{"a leap day", "20240229000000Z", "2024-02-29T00:00:00Z"},
		{"the lock of an administrator", "000001010000Z", "000001010000Z"},
		{"no leap day", "20230229000000Z", "20230229000000Z"},
		{"no such month", "20241301000000Z", "20241301000000Z"},
		{"no such hour", "2024050124Z", "2024050124Z"},
		{"no such minute", "202405011260Z", "202405011260Z"},
		{"no zone", "20240501123456", "20240501123456"},
		{"a zone in small letters", "20240501123456z", "20240501123456z"},
		{"no digits in a fraction", "20240501123456.Z", "20240501123456.Z"},
		{"half an offset", "20240501123456+1", "20240501123456+1"},
		{"more after the zone", "20240501123456ZZ", "20240501123456ZZ"},
		{"a UTC time", "240501123456Z", "240501123456Z"},
		{"a year before the first", "00000101000000+0100", "00000101000000+0100"},
		{"a year after the last", "99991231235959-0100", "99991231235959-0100"},
		{"a date", "2024-05-01", "2024-05-01"},
		{"nothing", "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := generalizedTimeText(test.value); got != test.want {
				t.Errorf("%q became %q, want %q", test.value, got, test.want)
			}
		})
	}
}

func FuzzFileTime(f *testing.F) {
	for _, seed := range []string{"0", "1", "133589952001234567", "9223372036854775807", "-1", "", "x", "1e9"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		text := fileTimeText(value)
		if text == value || text == "" {
			return
		}
		got, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			t.Fatalf("%q became %q: %v", value, text, err)
		}
		const epoch = -11_644_473_600
		back := strconv.FormatInt((got.Unix()-epoch)*10_000_000+int64(got.Nanosecond()/100), 10)
		if want, err := strconv.ParseUint(value, 10, 64); err != nil || back != strconv.FormatUint(want, 10) {
			t.Errorf("%q became %q, which is %s", value, text, back)
		}
	})
}

func FuzzGeneralizedTime(f *testing.F) {
	for _, seed := range []string{
		"20240501123456Z", "20240501123456.789012Z", "2024050112.25Z", "20240501003000+0130", "20161231235960Z",
		"000001010000Z", "", "20240501", "20240501123456,5-1130",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		text := generalizedTimeText(value)
		if text == value {
			return
		}
		got, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			t.Fatalf("%q became %q: %v", value, text, err)
		}
		back, ok := parseGeneralizedTime(got.Format("20060102150405.000000000Z"))
		if !ok || !back.Equal(got) {
			t.Errorf("%q became %q, and then %s, %t", value, text, back, ok)
		}
	})
}
